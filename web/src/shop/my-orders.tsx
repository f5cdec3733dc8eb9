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
import { MyOrdersMoved, MyOrders as MyOrdersOperation } from './operations.ts';
import { words } from './words.ts';

const NO_VARIABLES = {};

/** One's own orders, newest first; each move of any of them shows at once. */
export function MyOrders() {
  const say = useWords(words);
  const order = useWords(orderWords);
  const page = useWords(pageWords);
  const language = useLanguage();
  const list = useList(MyOrdersOperation, NO_VARIABLES, (data) => data.orders);
  const refresh = useCoalesced(list.reload, 500);
  useSubscription(MyOrdersMoved, NO_VARIABLES, refresh, refresh);
  return (
    <section className="card stack" aria-label={say.myOrders}>
      <div className="row apart">
        <div>
          <h2>{say.myOrders}</h2>
          <p className="quiet small">{say.mineHint}</p>
        </div>
        <Live />
      </div>
      <Trouble what={list.failure} retry={list.reload} />
      {list.items === null && list.loading && <p role="status">{page.loading}</p>}
      {list.items?.length === 0 && <p className="quiet">{say.nothingYet}</p>}
      {list.items && list.items.length > 0 && (
        <div className="scroll">
          <table className="cards">
            <thead>
              <tr>
                <th scope="col">{order.number}</th>
                <th scope="col">{order.model}</th>
                <th scope="col">{order.status}</th>
                <th scope="col" className="amount">
                  {order.price}
                </th>
                <th scope="col">{say.date}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map((item) => (
                <tr key={item.id}>
                  <td>
                    <a href={orderLink(item.id)}>{item.number}</a>
                  </td>
                  <td className="filename">{item.model.filename}</td>
                  <td>
                    <StatusBadge status={item.status} />
                  </td>
                  <td className="amount">
                    {item.price ? money(language, item.price.totalMinor, item.price.currency) : '—'}
                  </td>
                  <td className="quiet">{date(language, item.createdAt)}</td>
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
