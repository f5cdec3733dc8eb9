import type { OrderStatus } from '../client/schema.ts';
import { useLanguage, useWords } from '../language/language.ts';
import { number, span } from '../language/time.ts';
import { words as orderWords } from '../order/words.ts';
import type { DashboardState } from './operations.ts';
import { words } from './words.ts';

/** Numbers of the floor, as of the last event. */
export function Dashboard({ state }: { state: DashboardState }) {
  const say = useWords(words);
  const language = useLanguage();
  const count = (...statuses: OrderStatus[]) =>
    state.ordersByStatus
      .filter((entry) => statuses.includes(entry.status))
      .reduce((sum, entry) => sum + entry.count, 0);
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  const seconds = (value: number | null) => (value === null ? '—' : span(language, value));
  return (
    <section className="stack" aria-label={say.dashboard}>
      <div className="tiles">
        <Tile name={say.waiting} value={number(language, count('MANUFACTURING_APPROVED', 'REWORK'))} />
        <Tile
          name={say.making}
          value={number(language, count('MANUFACTURING_STARTED', 'MANUFACTURING_COMPLETED'))}
        />
        <Tile name={say.packing} value={number(language, count('PACKAGING'))} />
        <Tile
          name={say.atRisk}
          value={number(language, state.atRisk)}
          hint={say.atRiskHint}
          tone={state.atRisk > 0 ? 'warn' : undefined}
        />
        {state.lateRisk !== null && (
          <Tile
            name={say.lateRisk}
            value={number(language, state.lateRisk)}
            hint={say.lateRiskHint}
            tone={state.lateRisk > 0 ? 'warn' : undefined}
          />
        )}
        <Tile
          name={say.oldest}
          value={
            state.oldestWaitingSeconds === null ? say.none : span(language, state.oldestWaitingSeconds, 1)
          }
          hint={state.oldestWaiting?.order.number}
        />
        <Tile
          name={say.pricing}
          value={seconds(state.pricingP50Seconds)}
          hint={`${say.p95} ${seconds(state.pricingP95Seconds)}`}
        />
      </div>
      <div className="two">
        <ByStatus counts={state.ordersByStatus} />
        <Queues queues={state.queues} />
      </div>
      <p className="quiet small">
        <time dateTime={state.asOf}>{say.asOf(clock.format(new Date(state.asOf)))}</time>
      </p>
    </section>
  );
}

function Tile({ name, value, hint, tone }: { name: string; value: string; hint?: string; tone?: 'warn' }) {
  return (
    <div className={`card tile ${tone ?? ''}`}>
      <div className="quiet small">{name}</div>
      <div className="figure number">{value}</div>
      {hint && <div className="quiet small">{hint}</div>}
    </div>
  );
}

function ByStatus({ counts }: { counts: DashboardState['ordersByStatus'] }) {
  const say = useWords(words);
  const names = useWords(orderWords);
  const language = useLanguage();
  const most = Math.max(1, ...counts.map((entry) => entry.count));
  return (
    <div className="card stack tight">
      <h2 className="lesser">{say.byStatus}</h2>
      <ul className="bars">
        {counts.map((entry) => (
          <li key={entry.status}>
            <span>{names[entry.status]}</span>
            <meter min={0} max={most} value={entry.count} aria-hidden="true" />
            <span className="number">{number(language, entry.count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Queues({ queues }: { queues: DashboardState['queues'] }) {
  const say = useWords(words);
  const language = useLanguage();
  return (
    <div className="card stack tight">
      <h2 className="lesser">{say.queues}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{say.queue}</th>
            <th scope="col" className="amount">
              {say.inQueue}
            </th>
            <th scope="col" className="amount">
              {say.inProgress}
            </th>
            <th scope="col" className="amount">
              {say.oldestInQueue}
            </th>
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <tr key={queue.name}>
              <th scope="row">{queue.name}</th>
              <td className="amount">{number(language, queue.waiting)}</td>
              <td className="amount">{number(language, queue.inProgress)}</td>
              <td className="amount">
                {queue.oldestSeconds === null ? '—' : span(language, queue.oldestSeconds)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
