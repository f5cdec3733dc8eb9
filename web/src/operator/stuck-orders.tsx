import type { ListState } from '../client/use-list.ts';
import { useLanguage, useWords } from '../language/language.ts';
import { span } from '../language/time.ts';
import { Trouble } from '../layout/notice.tsx';
import { words as pageWords } from '../layout/words.ts';
import { StatusBadge } from '../order/status-badge.tsx';
import type { StuckCard } from './operations.ts';
import { words } from './stuck-words.ts';

/** Orders that stand in their status for longer than they may: for what they wait, and what is done about it. */
export function StuckOrders({ list }: { list: ListState<StuckCard> }) {
  const say = useWords(words);
  const page = useWords(pageWords);
  const language = useLanguage();
  if (list.items?.length === 0 && list.failure === null) return null;
  return (
    <section className="card stack" aria-label={say.heading}>
      <h2>{say.heading}</h2>
      <p className="quiet small">{say.hint}</p>
      <Trouble what={list.failure} retry={list.reload} />
      {list.items && list.items.length > 0 && (
        <div className="scroll">
          <table className="work cards">
            <caption className="hidden-visually">{say.heading}</caption>
            <thead>
              <tr>
                <th scope="col">{say.order}</th>
                <th scope="col">{say.status}</th>
                <th scope="col">{say.over}</th>
                <th scope="col">{say.waitsFor}</th>
                <th scope="col">{say.action}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map((stuck) => {
                const { hop, reason, system, who } = stuck.waitingFor;
                return (
                  <tr key={stuck.order.id} data-hop={hop}>
                    <th scope="row" className="number">
                      {stuck.order.number}
                      <div className="small quiet">{stuck.channel}</div>
                    </th>
                    <td data-label={say.status}>
                      <StatusBadge status={stuck.status} />
                    </td>
                    <td data-label={say.over}>
                      {span(language, stuck.overSeconds, 1)}
                      <div className="small quiet">{say.limit(span(language, stuck.limitSeconds, 1))}</div>
                    </td>
                    <td data-label={say.waitsFor} className="wide">
                      {say[reason]}
                      <div className="small quiet">
                        {say[hop]} · {who ?? system}
                      </div>
                    </td>
                    <td data-label={say.action}>
                      {stuck.lastAction ? say[stuck.lastAction] : say[`todo_${hop}`]}
                      {stuck.retries > 0 && <div className="small quiet">{say.times(stuck.retries)}</div>}
                    </td>
                  </tr>
                );
              })}
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
