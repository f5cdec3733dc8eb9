import { useCoalesced } from '../client/use-coalesced.ts';
import { useList } from '../client/use-list.ts';
import { useSubscription } from '../client/use-subscription.ts';
import { useLanguage, useWords } from '../language/language.ts';
import { date } from '../language/time.ts';
import { orderLink } from '../layout/hash.ts';
import { Live } from '../layout/live.tsx';
import { Trouble } from '../layout/notice.tsx';
import { words as pageWords } from '../layout/words.ts';
import { money } from '../money/money.ts';
import { StatusBadge } from '../order/status-badge.tsx';
import { words as orderWords } from '../order/words.ts';
import { PartnerOrders, PartnerOrdersMoved } from './operations.ts';
import { words } from './words.ts';

const NO_VARIABLES = {};

/** The partner's orders as they move. Refreshed at most every two seconds: the list costs points. */
export function Orders() {
  const say = useWords(words);
  const names = useWords(orderWords);
  const page = useWords(pageWords);
  const language = useLanguage();
  const list = useList(PartnerOrders, NO_VARIABLES, (data) => data.orders);
  const refresh = useCoalesced(list.reload, 2_000);
  useSubscription(PartnerOrdersMoved, NO_VARIABLES, refresh, refresh);
  return (
    <section className="card stack" aria-label={say.orders}>
      <div className="row apart">
        <h2>{say.orders}</h2>
        <Live />
      </div>
      <Trouble what={list.failure} retry={list.reload} />
      {list.items === null && list.loading && <p role="status">{page.loading}</p>}
      {list.items?.length === 0 && <p className="quiet">{say.noOrders}</p>}
      {list.items && list.items.length > 0 && (
        <div className="scroll">
          <table className="cards">
            <thead>
              <tr>
                <th scope="col">{names.number}</th>
                <th scope="col">{names.model}</th>
                <th scope="col">{names.status}</th>
                <th scope="col" className="amount">
                  {names.total}
                </th>
                <th scope="col">{say.placed}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map((order) => (
                <tr key={order.id}>
                  <td>
                    <a href={`/shop${orderLink(order.id)}`}>{order.number}</a>
                  </td>
                  <td className="filename">{order.model.filename}</td>
                  <td>
                    <StatusBadge status={order.status} />
                  </td>
                  <td className="amount">
                    {order.price ? money(language, order.price.totalMinor, order.price.currency) : '—'}
                  </td>
                  <td className="quiet">{date(language, order.createdAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasMore && (
        <button type="button" className="button" disabled={list.loading} onClick={list.more}>
          {page.more}
        </button>
      )}
    </section>
  );
}
