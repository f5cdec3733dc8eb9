import { useLanguage, useWords } from '../language/language.ts';
import { date, dateTime } from '../language/time.ts';
import { labelOf, useCatalogue } from './catalogue.ts';
import type { OrderDetail } from './operations.ts';
import { Fact } from './price.tsx';
import { isOpen } from './status.ts';
import { words } from './words.ts';

/** What was ordered, and when it was promised. */
export function OrderFacts({ order, children }: { order: OrderDetail; children?: React.ReactNode }) {
  const say = useWords(words);
  const language = useLanguage();
  const { data } = useCatalogue();
  const late =
    order.promisedAt !== null &&
    isOpen(order.status) &&
    order.status !== 'SHIPPED' &&
    Date.parse(order.promisedAt) < Date.now();
  return (
    <dl className="facts">
      <Fact name={say.model} value={order.model.filename} />
      <Fact name={say.alloy} value={labelOf(data?.catalogue.alloys, order.alloy)} />
      <Fact name={say.finish} value={labelOf(data?.catalogue.finishes, order.finish)} />
      <Fact name={say.quantity} value={say.pieces(order.quantity)} />
      <Fact name={say.placed} value={dateTime(language, order.createdAt)} />
      {order.promisedAt !== null && (
        <Fact
          name={say.promised}
          value={
            <>
              {date(language, order.promisedAt)} {late && <span className="badge bad">{say.overdue}</span>}
            </>
          }
        />
      )}
      {order.delivery && (
        <Fact
          name={say.expected}
          value={
            <>
              {date(language, order.delivery.arrivesAt)}{' '}
              {order.delivery.late && !late && <span className="badge warn">{say.willBeLate}</span>}
            </>
          }
        />
      )}
      {order.trackingNumber !== null && <Fact name={say.tracking} value={order.trackingNumber} />}
      {children}
    </dl>
  );
}
