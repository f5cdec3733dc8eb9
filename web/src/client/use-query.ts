import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession } from '../session/session.ts';
import { asFailure, type Failure } from './failure.ts';
import type { Operation } from './operation.ts';
import { request } from './request.ts';

export interface QueryState<Data> {
  /** The newest answer; the one before stays while a new one is under way. */
  data: Data | null;
  failure: Failure | null;
  loading: boolean;
  /** Asks again; calls while one is under way become one more. */
  reload: () => void;
}

/** Asks when it is first shown, and again when the variables or the person change; null variables ask nothing. */
export function useQuery<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables | null,
): QueryState<Data> {
  const { token } = useSession();
  const key = variables === null ? null : JSON.stringify([operation.name, variables, token]);
  const [state, setState] = useState<{ key: string | null; data: Data | null; failure: Failure | null }>({
    key: null,
    data: null,
    failure: null,
  });
  const [loading, setLoading] = useState(false);
  const underWay = useRef<{ key: string; again: boolean; abort: AbortController } | null>(null);
  const latest = useRef({ key, variables });
  latest.current = { key, variables };

  const ask = useCallback(async () => {
    const { key: asked, variables: values } = latest.current;
    if (asked === null || values === null) return;
    if (underWay.current?.key === asked) {
      underWay.current.again = true;
      return;
    }
    underWay.current?.abort.abort();
    const mine = { key: asked, again: false, abort: new AbortController() };
    underWay.current = mine;
    setLoading(true);
    let outcome: { data: Data | null; failure: Failure | null };
    try {
      outcome = { data: await request(operation, values, { signal: mine.abort.signal }), failure: null };
    } catch (error) {
      if (mine.abort.signal.aborted) return;
      outcome = { data: null, failure: asFailure(error) };
    }
    if (underWay.current !== mine) return;
    underWay.current = null;
    setState((before) => ({
      key: asked,
      // a failed reload does not take away what was there
      data: outcome.data ?? (before.key === asked ? before.data : null),
      failure: outcome.failure,
    }));
    if (mine.again) void ask();
    else setLoading(false);
  }, [operation]);

  useEffect(() => {
    if (key === null) return;
    void ask();
    return () => {
      underWay.current?.abort.abort();
      underWay.current = null;
    };
  }, [key, ask]);

  const reload = useCallback(() => void ask(), [ask]);
  const shown = state.key === key && key !== null;
  return { data: shown ? state.data : null, failure: shown ? state.failure : null, loading, reload };
}
