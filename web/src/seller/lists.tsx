import type { OrderStatus } from '../client/schema.ts';
import { type ListState, useList } from '../client/use-list.ts';
import { useLanguage, useWords } from '../language/language.ts';
import { date } from '../language/time.ts';
import { orderLink } from '../layout/hash.ts';
import { Trouble } from '../layout/notice.tsx';
import { words as pageWords } from '../layout/words.ts';
import { money } from '../money/money.ts';
import type { OrderCard } from '../order/operations.ts';
import { words as orderWords } from '../order/words.ts';
import { ApprovalQueue, OrdersWithStatus } from './operations.ts';
import { words } from './words.ts';

export type ListName = 'approval' | 'shipped' | 'held';

interface Row {
  order: OrderCard & {
    account: { name: string };
    price: { totalMinor: number; currency: string } | null;
  };
  /** Undefined where nobody asks. */
  accepted?: boolean;
}

const NO_VARIABLES = {};
const BY_STATUS: Record<Exclude<ListName, 'approval'>, { status: OrderStatus[] }> = {
  shipped: { status: ['SHIPPED'] },
  held: { status: ['ON_HOLD'] },
};

/** Priced orders, those whose price is accepted first, as the platform sorts them. */
export function useApprovals() {
  return useList(ApprovalQueue, NO_VARIABLES, (data) => data.approvalQueue);
}

export function useOrdersIn(name: Exclude<ListName, 'approval'> | null) {
  return useList(OrdersWithStatus, name === null ? null : BY_STATUS[name], (data) => data.orders);
}

export function OrderRows({
  rows,
  list,
  empty,
  chosen,
}: {
  rows: Row[] | null;
  list: Pick<ListState<never>, 'failure' | 'loading' | 'hasMore' | 'more' | 'reload'>;
  empty: string;
  chosen: string | null;
}) {
  const say = useWords(words);
  const names = useWords(orderWords);
  const page = useWords(pageWords);
  const language = useLanguage();
  return (
    <div className="stack">
      <Trouble what={list.failure} retry={list.reload} />
      {rows === null && list.loading && <p role="status">{page.loading}</p>}
      {rows?.length === 0 && <p className="quiet">{empty}</p>}
      {rows && rows.length > 0 && (
        <ul className="rows">
          {rows.map(({ order, accepted }) => (
            <li key={order.id}>
              <a href={orderLink(order.id)} aria-current={order.id === chosen || undefined}>
                <span className="row apart">
                  <strong>{order.number}</strong>
                  <span className="number">
                    {order.price ? money(language, order.price.totalMinor, order.price.currency) : '—'}
                  </span>
                </span>
                <span className="row apart small">
                  <span className="quiet">
                    {order.account.name} · {names.pieces(order.quantity)} · {date(language, order.createdAt)}
                  </span>
                  {accepted !== undefined && (
                    <span className={`badge ${accepted ? 'good' : ''}`}>
                      {accepted ? say.accepted : say.waits}
                    </span>
                  )}
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {list.hasMore && (
        <button type="button" className="button" disabled={list.loading} onClick={list.more}>
          {page.more}
        </button>
      )}
    </div>
  );
}
