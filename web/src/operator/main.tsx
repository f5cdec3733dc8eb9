import { useId, useState } from 'react';
import type { OrderStatus } from '../client/schema.ts';
import { useCoalesced } from '../client/use-coalesced.ts';
import { useList } from '../client/use-list.ts';
import { useSubscription } from '../client/use-subscription.ts';
import { useWords } from '../language/language.ts';
import { Live } from '../layout/live.tsx';
import { Trouble } from '../layout/notice.tsx';
import { Page, show } from '../layout/page.tsx';
import { words as pageWords } from '../layout/words.ts';
import { words as orderWords } from '../order/words.ts';
import { NeedsRole } from '../session/needs-role.tsx';
import { Dashboard } from './dashboard.tsx';
import {
  type DashboardState,
  LiveDashboard,
  MyWork,
  StuckOrders as StuckList,
  type WorkCard,
  WorkQueue,
} from './operations.ts';
import { StuckOrders } from './stuck-orders.tsx';
import { words } from './words.ts';
import { WorkTable } from './work-table.tsx';
import './operator.css';

const OPERATORS = ['operator', 'admin'] as const;
const NO_VARIABLES = {};
const STATUSES = [
  'MANUFACTURING_APPROVED',
  'MANUFACTURING_STARTED',
  'MANUFACTURING_COMPLETED',
  'PACKAGING',
  'REWORK',
  'SHIPPED',
] as const satisfies OrderStatus[];

/** The floor, live: what waits, what one has in hand, and the next step of each. */
function OperatorPage() {
  const say = useWords(words);
  return (
    <Page name="operator" title={say.title}>
      <NeedsRole roles={OPERATORS}>
        <Floor />
      </NeedsRole>
    </Page>
  );
}

function Floor() {
  const say = useWords(words);
  const page = useWords(pageWords);
  const [state, setState] = useState<DashboardState | null>(null);
  const [status, setStatus] = useState<OrderStatus | null>(null);
  const [told, setTold] = useState('');
  const queue = useList(WorkQueue, { status }, (data) => data.workQueue);
  const mine = useList(MyWork, NO_VARIABLES, (data) => data.myWork);
  const stuck = useList(StuckList, NO_VARIABLES, (data) => data.stuckOrders);
  const refresh = useCoalesced(() => {
    queue.reload();
    mine.reload();
    stuck.reload();
  }, 700);
  // each change of the floor arrives as a new overview: the lists follow it
  const failure = useSubscription(
    LiveDashboard,
    NO_VARIABLES,
    ({ dashboard }) => {
      setState(dashboard);
      refresh();
    },
    refresh,
  );
  const done = (work: WorkCard, step: string, granted: boolean) => {
    refresh();
    if (granted && step === 'take') setTold(say.taken(work.order.number));
  };
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{say.heading}</h1>
        <Live />
      </div>
      <p className="hidden-visually" aria-live="polite">
        {told}
      </p>
      <Trouble what={failure} />
      {state ? <Dashboard state={state} /> : failure === null && <p role="status">{page.loading}</p>}
      <StuckOrders list={stuck} />
      <section className="card stack" aria-label={say.mine}>
        <h2>{say.mine}</h2>
        <Trouble what={mine.failure} retry={mine.reload} />
        {mine.items?.length === 0 && <p className="quiet">{say.noneMine}</p>}
        {mine.items && mine.items.length > 0 && (
          <WorkTable label={say.mine} work={mine.items.toSorted(byPromise)} done={done} />
        )}
        {mine.hasMore && (
          <button type="button" className="button" disabled={mine.loading} onClick={mine.more}>
            {page.more}
          </button>
        )}
      </section>
      <section className="card stack" aria-label={say.work}>
        <div className="row apart">
          <h2>{say.work}</h2>
          <StatusFilter status={status} onChange={setStatus} />
        </div>
        <Trouble what={queue.failure} retry={queue.reload} />
        {queue.items === null && queue.loading && <p role="status">{page.loading}</p>}
        {queue.items?.length === 0 && <p className="quiet">{say.noWork}</p>}
        {queue.items && queue.items.length > 0 && (
          <WorkTable label={say.work} work={queue.items} done={done} />
        )}
        {queue.hasMore && (
          <button type="button" className="button" disabled={queue.loading} onClick={queue.more}>
            {page.more}
          </button>
        )}
      </section>
    </div>
  );
}

/** The one that was promised first on top. */
function byPromise(a: WorkCard, b: WorkCard): number {
  return (a.promisedAt ?? '9').localeCompare(b.promisedAt ?? '9');
}

function StatusFilter({
  status,
  onChange,
}: {
  status: OrderStatus | null;
  onChange: (status: OrderStatus | null) => void;
}) {
  const say = useWords(words);
  const names = useWords(orderWords);
  const field = useId();
  return (
    <div className="field filter">
      <label htmlFor={field}>{say.filter}</label>
      <select
        id={field}
        value={status ?? ''}
        onChange={(event) => onChange(STATUSES.find((known) => known === event.target.value) ?? null)}
      >
        <option value="">{say.all}</option>
        {STATUSES.map((known) => (
          <option key={known} value={known}>
            {names[known]}
          </option>
        ))}
      </select>
    </div>
  );
}

show(<OperatorPage />);
