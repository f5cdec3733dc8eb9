import { useLanguage, useWords } from '../language/language.ts';
import { date } from '../language/time.ts';
import { labelOf, useCatalogue } from '../order/catalogue.ts';
import { StatusBadge } from '../order/status-badge.tsx';
import { words as orderWords } from '../order/words.ts';
import { useViewer } from '../session/viewer.tsx';
import type { WorkCard } from './operations.ts';
import { words } from './words.ts';
import { type Step, WorkActions } from './work-actions.tsx';

const DAY_MS = 86_400_000;

/** Orders of the floor with what can be done next. */
export function WorkTable({
  label,
  work,
  done,
}: {
  label: string;
  work: WorkCard[];
  done: (work: WorkCard, step: Step, granted: boolean) => void;
}) {
  const say = useWords(words);
  const names = useWords(orderWords);
  const viewer = useViewer();
  const { data } = useCatalogue();
  return (
    <div className="scroll">
      <table className="work cards">
        <caption className="hidden-visually">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{say.order}</th>
            <th scope="col">{say.piece}</th>
            <th scope="col">{names.status}</th>
            <th scope="col">{say.who}</th>
            <th scope="col">{say.due}</th>
            <th scope="col">{say.actions}</th>
          </tr>
        </thead>
        <tbody>
          {work.map((item) => {
            const mine = viewer !== null && item.operator?.id === viewer.id;
            return (
              <tr key={item.id} data-mine={mine || undefined}>
                <th scope="row" className="number">
                  {item.order.number}
                  <div className="small quiet">{item.order.channel}</div>
                </th>
                <td className="wide">
                  <div>
                    {labelOf(data?.catalogue.alloys, item.order.alloy)},{' '}
                    {labelOf(data?.catalogue.finishes, item.order.finish)}
                  </div>
                  <div className="small quiet filename">
                    {names.pieces(item.order.quantity)} ·{' '}
                    {item.order.model.downloadUrl ? (
                      <a href={item.order.model.downloadUrl} download={item.order.model.filename}>
                        {item.order.model.filename}
                      </a>
                    ) : (
                      item.order.model.filename
                    )}
                  </div>
                </td>
                <td>
                  <StatusBadge status={item.status} />
                </td>
                <td>{mine ? <strong>{say.me}</strong> : (item.operator?.name ?? say.nobody)}</td>
                <td>
                  <Due promisedAt={item.promisedAt} shipped={item.shippedAt !== null} />
                </td>
                <td className="wide">
                  <WorkActions work={item} mine={mine} done={(step, granted) => done(item, step, granted)} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Due({ promisedAt, shipped }: { promisedAt: string | null; shipped: boolean }) {
  const say = useWords(words);
  const language = useLanguage();
  if (promisedAt === null) return '—';
  const days = Math.floor((Date.now() - Date.parse(promisedAt)) / DAY_MS);
  return (
    <>
      {date(language, promisedAt)}
      {!shipped && days >= 1 && (
        <div>
          <span className="badge bad">{say.late(days)}</span>
        </div>
      )}
    </>
  );
}
