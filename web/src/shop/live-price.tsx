import { useCallback, useEffect, useRef, useState } from 'react';
import { request } from '../client/request.ts';
import { refusalOf, useAction } from '../client/use-action.ts';
import { useQuery } from '../client/use-query.ts';
import { useSubscription } from '../client/use-subscription.ts';
import { useWhileVisible } from '../client/use-while-visible.ts';
import { useGraphLanguage, useLanguage, useWords } from '../language/language.ts';
import { dateTime, span } from '../language/time.ts';
import { AskDialog } from '../layout/ask-dialog.tsx';
import { Notice, Trouble } from '../layout/notice.tsx';
import { Estimate } from '../order/estimate.tsx';
import { type OrderDetail, QueuePlace } from '../order/operations.ts';
import { Price } from '../order/price.tsx';
import { takeSubmission } from './fresh-orders.ts';
import {
  AcceptPrice,
  PriceOnItsWay,
  type PriceOnItsWayData,
  RejectPrice,
  SubmitOrder,
} from './operations.ts';
import { words } from './words.ts';

type Pushed = PriceOnItsWayData['orderPrice'];

/** Statuses in which the price may still come or change; before and after them nothing needs to be listened to. */
const ON_ITS_WAY = ['INITIATED', 'FILE_UPLOADED', 'SUBMITTED', 'PRICE_FAILED'];

/** The price of an order as it comes: queue, measuring, the price itself or why there is none, and the answer to it. */
export function LivePrice({ order, refresh }: { order: OrderDetail; refresh: () => void }) {
  const say = useWords(words);
  const language = useGraphLanguage();
  const [last, setLast] = useState<Pushed | null>(null);
  const submit = useAction(
    useCallback(async () => {
      const refused = refusalOf(await request(SubmitOrder, { id: order.id }));
      refresh();
      return refused;
    }, [order.id, refresh]),
  );
  const onItsWay = ON_ITS_WAY.includes(order.status);
  // The order may say that its price is there before the message does, which then nobody waits for any more.
  const pushed = onItsWay ? last : null;
  const failure = useSubscription(
    PriceOnItsWay,
    onItsWay ? { orderId: order.id, language } : null,
    ({ orderPrice }) => {
      setLast((before) => (before !== null && before.revision > orderPrice.revision ? before : orderPrice));
      if (orderPrice.order.version > order.version) refresh();
    },
  );

  const { run } = submit;
  useEffect(() => {
    if (takeSubmission(order.id)) void run();
  }, [order.id, run]);

  const own = order.pricing;
  const stage = pushed?.stage ?? own.stage;
  const place = useQueuePlace(order.id, stage, pushed ? pushed.order.pricing : own);
  const price = pushed?.price ?? order.price;
  return (
    <section className="card stack" aria-label={say.pricing}>
      <h2>{say.pricing}</h2>
      {(onItsWay || order.status === 'PRICE_CALCULATED') && (
        <Stage
          stage={submit.busy && stage === 'NOT_SUBMITTED' ? 'SUBMITTING' : stage}
          progress={pushed?.progress ?? own.progress}
          place={place}
          waitsForFile={order.status === 'INITIATED'}
        />
      )}
      <Trouble what={failure} />
      <Trouble what={submit.refusal} />
      {stage === 'FAILED' && (
        <Notice tone="bad">{pushed?.order.pricing.reason ?? own.reason ?? say.noReason}</Notice>
      )}
      {(order.status === 'FILE_UPLOADED' || order.status === 'PRICE_FAILED') && (
        <div className="buttons">
          <button type="button" className="button primary" disabled={submit.busy} onClick={() => void run()}>
            {order.status === 'PRICE_FAILED' ? say.tryAgain : say.getPrice}
          </button>
          {order.status === 'PRICE_FAILED' && (
            <a className="button" href="#/">
              {say.newModel}
            </a>
          )}
        </div>
      )}
      {stage !== 'FAILED' &&
        price &&
        (price.estimate ? (
          <Estimate price={{ ...price, estimate: price.estimate }} />
        ) : (
          <Price price={price} />
        ))}
      <Answer order={order} refresh={refresh} />
    </section>
  );
}

type Place = Pick<OrderDetail['pricing'], 'queuePosition' | 'etaSeconds'>;

const PLACE_EVERY_MS = 3_000;

/** Where an order waits. Others leave the queue without a word to this one, so it asks while somebody looks. */
function useQueuePlace(id: string, stage: Pushed['stage'], told: Place): Place {
  const { data, reload } = useQuery(QueuePlace, stage === 'QUEUED' ? { id } : null);
  useWhileVisible(() => stage === 'QUEUED' && reload(), PLACE_EVERY_MS);
  const asked = data?.order?.pricing;
  return asked?.stage === 'QUEUED' ? asked : told;
}

function Stage({
  stage,
  progress,
  place: { queuePosition, etaSeconds },
  waitsForFile,
}: {
  stage: Pushed['stage'] | 'SUBMITTING';
  progress: number;
  place: Place;
  waitsForFile: boolean;
}) {
  const say = useWords(words);
  const language = useLanguage();
  const percent = Math.round(progress * 100);
  const moving = stage === 'CALCULATING' || stage === 'ESTIMATED';
  const text = {
    NOT_SUBMITTED: waitsForFile ? say.waitingForFile : say.notSubmitted,
    SUBMITTING: say.submitting,
    QUEUED: [
      queuePosition === null ? say.queued : say.queuePosition(queuePosition),
      etaSeconds !== null && say.soon(span(language, etaSeconds, 1)),
    ]
      .filter(Boolean)
      .join(', '),
    ESTIMATED: say.calculating(percent),
    CALCULATING: say.calculating(percent),
    CALCULATED: say.calculated,
    FAILED: say.failed,
  }[stage];
  const announced = useAnnounced(text, moving ? Math.floor(percent / 25) : 0, stage);
  const shownPercent = moving ? percent : undefined;
  return (
    <div className="stack tight" data-stage={stage}>
      <p className="stage number">{text}</p>
      {(moving || stage === 'QUEUED' || stage === 'SUBMITTING') && (
        <progress aria-label={text} max={100} value={shownPercent} />
      )}
      <p className="hidden-visually" aria-live="polite">
        {announced}
      </p>
    </div>
  );
}

/** What a screen reader is told: every new stage, and every quarter of the way, not every percent. */
function useAnnounced(text: string, quarter: number, stage: string): string {
  const key = `${stage} ${quarter}`;
  const last = useRef({ key: '', text: '' });
  if (last.current.key !== key) last.current = { key, text };
  return last.current.text;
}

function Answer({ order, refresh }: { order: OrderDetail; refresh: () => void }) {
  const say = useWords(words);
  const language = useLanguage();
  const [declining, setDeclining] = useState(false);
  const accept = useAction(
    useCallback(async () => {
      const refused = refusalOf(await request(AcceptPrice, { id: order.id }));
      refresh();
      return refused;
    }, [order.id, refresh]),
  );
  const reject = useAction(
    useCallback(
      async (reason: string) => {
        const refused = refusalOf(await request(RejectPrice, { id: order.id, reason: reason || null }));
        refresh();
        return refused;
      },
      [order.id, refresh],
    ),
  );
  const { approval } = order;
  if (approval?.priceRejectedAt)
    return <Notice tone="warn">{say.rejected(dateTime(language, approval.priceRejectedAt))}</Notice>;
  if (approval?.priceAcceptedAt)
    return order.status === 'PRICE_CALCULATED' ? (
      <Notice tone="good">{say.accepted(dateTime(language, approval.priceAcceptedAt))}</Notice>
    ) : null;
  if (order.status !== 'PRICE_CALCULATED') return null;
  return (
    <>
      <Trouble what={accept.refusal} />
      <div className="buttons">
        <button
          type="button"
          className="button primary"
          disabled={accept.busy}
          onClick={() => void accept.run()}
        >
          {say.accept}
        </button>
        <button type="button" className="button" onClick={() => setDeclining(true)}>
          {say.reject}
        </button>
      </div>
      {declining && (
        <AskDialog
          title={say.rejectTitle}
          label={say.reason}
          confirm={say.reject}
          danger
          action={reject}
          onClose={() => setDeclining(false)}
        />
      )}
    </>
  );
}
