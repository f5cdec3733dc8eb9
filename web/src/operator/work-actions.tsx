import { useState } from 'react';
import type { Operation } from '../client/operation.ts';
import { request } from '../client/request.ts';
import type { OrderStatus } from '../client/schema.ts';
import { refusalOf, useAction } from '../client/use-action.ts';
import { useWords } from '../language/language.ts';
import { AskDialog } from '../layout/ask-dialog.tsx';
import { Trouble } from '../layout/notice.tsx';
import {
  CompleteOrder,
  PackOrder,
  ReleaseOrder,
  ReworkOrder,
  ShipOrder,
  TakeOrder,
  type WorkCard,
} from './operations.ts';
import { words } from './words.ts';

type Step = 'take' | 'complete' | 'release' | 'pack' | 'ship' | 'rework';
type Simple = Exclude<Step, 'ship' | 'rework'>;
type Move = Operation<{ result: { __typename: string } }, { id: string }>;

const OPERATIONS: Record<Simple, Move> = {
  take: TakeOrder,
  complete: CompleteOrder,
  release: ReleaseOrder,
  pack: PackOrder,
};

/** What may be done next, the usual step first. Only the operator who has it goes on with an order. */
function stepsOf(status: OrderStatus, mine: boolean): readonly Step[] {
  if (status === 'MANUFACTURING_APPROVED' || status === 'REWORK') return ['take'];
  if (!mine) return [];
  if (status === 'MANUFACTURING_STARTED') return ['complete', 'release'];
  if (status === 'MANUFACTURING_COMPLETED') return ['pack', 'rework'];
  if (status === 'PACKAGING') return ['ship', 'rework'];
  return [];
}

/** The buttons of one order of the floor. `done` is told what was done; also after a refusal, since the row is then old. */
export function WorkActions({
  work,
  mine,
  done,
}: {
  work: WorkCard;
  mine: boolean;
  done: (step: Step, granted: boolean) => void;
}) {
  const say = useWords(words);
  const [asking, setAsking] = useState<'ship' | 'rework' | null>(null);
  const move = useAction(async (step: Simple) => {
    const refused = refusalOf(await request(OPERATIONS[step], { id: work.id }));
    done(step, refused === null);
    return refused;
  });
  const ship = useAction(async (trackingNumber: string) => {
    const refused = refusalOf(await request(ShipOrder, { id: work.id, trackingNumber }));
    done('ship', refused === null);
    return refused;
  });
  const rework = useAction(async (reason: string) => {
    const refused = refusalOf(await request(ReworkOrder, { id: work.id, reason }));
    done('rework', refused === null);
    return refused;
  });
  const press = (step: Step) => {
    if (step === 'ship' || step === 'rework') setAsking(step);
    else void move.run(step);
  };
  const { number } = work.order;
  return (
    <div className="stack tight">
      <div className="buttons">
        {stepsOf(work.status, mine).map((step, index) => (
          <button
            key={step}
            type="button"
            className={`button small ${index === 0 ? 'primary' : ''}`}
            disabled={move.busy}
            aria-label={`${say[step]}: ${number}`}
            onClick={() => press(step)}
          >
            {say[step]}
          </button>
        ))}
      </div>
      <Trouble what={move.refusal} />
      {asking === 'ship' && (
        <AskDialog
          title={say.shipTitle(number)}
          label={say.tracking}
          confirm={say.ship}
          required
          action={ship}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'rework' && (
        <AskDialog
          title={say.reworkTitle(number)}
          label={say.reason}
          confirm={say.rework}
          danger
          required
          action={rework}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  );
}

export type { Step };
