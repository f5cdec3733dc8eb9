import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession } from '../session/session.ts';
import { asFailure, type Failure } from './failure.ts';
import type { Operation } from './operation.ts';
import { request } from './request.ts';

export interface Connection<Item> {
  nodes: Item[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export interface ListState<Item> {
  /** Null until the first answer; then everything that was asked for, in order. */
  items: Item[] | null;
  failure: Failure | null;
  loading: boolean;
  hasMore: boolean;
  more: () => void;
  /** Asks again for every page that is shown. */
  reload: () => void;
}

const PAGE = 20;
const MOST_PAGES = 50;

interface Loaded<Item> {
  key: string | null;
  pages: Connection<Item>[];
  /** The answer was null: the list is not for this person. */
  answered: boolean;
  failure: Failure | null;
}

/** A keyset-paginated list that grows by "more" and can be refreshed in place. Null variables ask nothing. */
export function useList<
  Data,
  Variables extends { first: number; after?: string | null },
  Item extends { id: string } | { order: { id: string } },
>(
  operation: Operation<Data, Variables>,
  variables: Omit<Variables, 'first' | 'after'> | null,
  pick: (data: Data) => Connection<Item> | null,
): ListState<Item> {
  const { token } = useSession();
  const key = variables === null ? null : JSON.stringify([operation.name, variables, token]);
  const [state, setState] = useState<Loaded<Item>>({ key: null, pages: [], answered: false, failure: null });
  const [loading, setLoading] = useState(false);
  const wanted = useRef(1);
  const underWay = useRef<{ key: string; again: boolean; abort: AbortController } | null>(null);
  const latest = useRef({ key, variables, pick });
  latest.current = { key, variables, pick };

  const load = useCallback(async () => {
    const { key: asked, variables: fixed, pick: choose } = latest.current;
    if (asked === null || fixed === null) return;
    if (underWay.current?.key === asked) {
      underWay.current.again = true;
      return;
    }
    underWay.current?.abort.abort();
    const mine = { key: asked, again: false, abort: new AbortController() };
    underWay.current = mine;
    setLoading(true);
    const pages: Connection<Item>[] = [];
    let failure: Failure | null = null;
    try {
      let after: string | null = null;
      while (pages.length < wanted.current) {
        const values = { ...fixed, first: PAGE, after } as unknown as Variables;
        const page = choose(await request(operation, values, { signal: mine.abort.signal }));
        if (page === null) break;
        pages.push(page);
        after = page.pageInfo.endCursor;
        if (!page.pageInfo.hasNextPage || after === null) break;
      }
    } catch (error) {
      if (mine.abort.signal.aborted) return;
      failure = asFailure(error);
    }
    if (underWay.current !== mine) return;
    underWay.current = null;
    setState((before) =>
      failure !== null && before.key === asked
        ? { ...before, failure }
        : { key: asked, pages, answered: failure === null, failure },
    );
    if (mine.again) void load();
    else setLoading(false);
  }, [operation]);

  useEffect(() => {
    if (key === null) return;
    wanted.current = 1;
    void load();
    return () => {
      underWay.current?.abort.abort();
      underWay.current = null;
    };
  }, [key, load]);

  const more = useCallback(() => {
    wanted.current = Math.min(MOST_PAGES, wanted.current + 1);
    void load();
  }, [load]);
  const reload = useCallback(() => void load(), [load]);

  const shown = state.key === key && key !== null;
  const last = state.pages.at(-1);
  return {
    items: shown && state.answered ? once(state.pages.flatMap((page) => page.nodes)) : null,
    failure: shown ? state.failure : null,
    loading,
    hasMore: shown && state.pages.length < MOST_PAGES && last?.pageInfo.hasNextPage === true,
    more,
    reload,
  };
}

/** An item that moved between two pages while they were read would be there twice. */
function once<Item extends { id: string } | { order: { id: string } }>(items: Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const id = 'id' in item ? item.id : item.order.id;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}
