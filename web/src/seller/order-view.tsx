import { useEffect, useState } from 'react';
import type { Operation } from '../client/operation.ts';
import { request } from '../client/request.ts';
import { type Action, refusalOf, useAction } from '../client/use-action.ts';
import { useCoalesced } from '../client/use-coalesced.ts';
import { useQuery } from '../client/use-query.ts';
import { useSubscription } from '../client/use-subscription.ts';
import { useGraphLanguage, useLanguage, useWords } from '../language/language.ts';
import { dateTime } from '../language/time.ts';
import { AskDialog } from '../layout/ask-dialog.tsx';
import { Notice, Trouble } from '../layout/notice.tsx';
import { words as pageWords } from '../layout/words.ts';
import { KeptModel } from '../model-view/kept-model.tsx';
import { History } from '../order/history.tsx';
import { CancelOrder, OrderMoved } from '../order/operations.ts';
import { OrderFacts } from '../order/order-facts.tsx';
import { Fact, Price } from '../order/price.tsx';
import { isOpen, mayAskToCancel } from '../order/status.ts';
import { StatusBadge } from '../order/status-badge.tsx';
import { wallsOfOrder } from '../order/walls-of-order.ts';
import { words as orderWords } from '../order/words.ts';
import {
  ApproveOrder,
  CloseOrder,
  HoldOrder,
  ResumeOrder,
  SellerOrder,
  type SellerOrderData,
} from './operations.ts';
import { words } from './words.ts';

type Order = NonNullable<SellerOrderData['order']>;

/** Everything a seller needs to decide on one order, and the decision. `moved` is told after each. */
export function OrderView({ id, changed, moved }: { id: string; changed: number; moved: () => void }) {
  const page = useWords(pageWords);
  const names = useWords(orderWords);
  const { data, failure, loading, reload } = useQuery(SellerOrder, { id, language: useGraphLanguage() });
  const refresh = useCoalesced(reload, 300);
  const order = data?.order ?? null;
  useSubscription(
    OrderMoved,
    order !== null && isOpen(order.status) ? { orderId: id } : null,
    ({ orderStatus }) => {
      if (order === null || orderStatus.version > order.version) refresh();
    },
    refresh,
  );
  // The customer's acceptance is no move: the queue says when something about it may have changed.
  useEffect(refresh, [changed]);
  if (order === null)
    return (
      <div className="card stack">
        <Trouble what={failure} retry={reload} />
        {loading && <p role="status">{page.loading}</p>}
        {data !== null && <Notice tone="warn">{names.noSuchOrder}</Notice>}
      </div>
    );
  return (
    <Detail
      order={order}
      done={() => {
        refresh();
        moved();
      }}
    />
  );
}

function Detail({ order, done }: { order: Order; done: () => void }) {
  const say = useWords(words);
  const names = useWords(orderWords);
  return (
    <div className="stack">
      <section className="card stack" aria-label={say.decide}>
        <div className="row apart">
          <h2>
            {names.number} {order.number}
          </h2>
          <StatusBadge status={order.status} />
        </div>
        <OrderFacts order={order}>
          <Fact
            name={say.customer}
            value={`${order.account.name} (${order.account.kind === 'PARTNER' ? 'B2B' : 'B2C'})`}
          />
        </OrderFacts>
        <Decision key={order.id} order={order} done={done} />
      </section>
      {order.model.downloadUrl && (
        <section className="card">
          <KeptModel
            key={order.model.id}
            url={order.model.downloadUrl}
            filename={order.model.filename}
            alloy={order.alloy}
            walls={wallsOfOrder(order.id, order.price)}
          />
        </section>
      )}
      <section className="card stack" aria-label={names.price}>
        <h2>{names.price}</h2>
        {order.price ? <Price price={order.price} /> : <p className="quiet">{say.noPrice}</p>}
      </section>
      <History moves={order.history} stays={order.timeline} />
    </div>
  );
}

type Move = Operation<{ result: { __typename: string } }, { id: string }>;
type ReasonedMove = Operation<{ result: { __typename: string } }, { id: string; reason?: string | null }>;

function useMove(operation: Move, id: string, done: () => void): Action<[]> {
  return useAction(async () => {
    const refused = refusalOf(await request(operation, { id }));
    done();
    return refused;
  });
}

function useReasonedMove(operation: ReasonedMove, id: string, done: () => void): Action<[string]> {
  return useAction(async (reason: string) => {
    const refused = refusalOf(await request(operation, { id, reason: reason || null }));
    done();
    return refused;
  });
}

function Decision({ order, done }: { order: Order; done: () => void }) {
  const say = useWords(words);
  const language = useLanguage();
  const [asking, setAsking] = useState<'hold' | 'cancel' | null>(null);
  const approve = useMove(ApproveOrder, order.id, done);
  const close = useMove(CloseOrder, order.id, done);
  const resume = useMove(ResumeOrder, order.id, done);
  const hold = useReasonedMove(HoldOrder, order.id, done);
  const cancel = useReasonedMove(CancelOrder, order.id, done);

  const { status } = order;
  const acceptedAt = order.approval?.priceAcceptedAt ?? null;
  const priced = status === 'PRICE_CALCULATED';
  const mayHold =
    isOpen(status) && !['ON_HOLD', 'SHIPPED', 'PRICE_FAILED', 'PRICE_REJECTED'].includes(status);
  const nothing =
    !priced && status !== 'SHIPPED' && status !== 'ON_HOLD' && !mayHold && !mayAskToCancel(status);
  return (
    <div className="stack tight">
      {priced && acceptedAt !== null && (
        <Notice tone="good">{say.acceptedOn(dateTime(language, acceptedAt))}</Notice>
      )}
      {nothing && <p className="quiet">{say.nothing}</p>}
      <Trouble what={approve.refusal ?? close.refusal ?? resume.refusal} />
      <div className="buttons">
        {priced && (
          <button
            type="button"
            className="button primary"
            disabled={acceptedAt === null || approve.busy}
            aria-describedby={acceptedAt === null ? 'why-not' : undefined}
            onClick={() => void approve.run()}
          >
            {say.approve}
          </button>
        )}
        {status === 'SHIPPED' && (
          <button
            type="button"
            className="button primary"
            disabled={close.busy}
            onClick={() => void close.run()}
          >
            {say.close}
          </button>
        )}
        {status === 'ON_HOLD' && (
          <button
            type="button"
            className="button primary"
            disabled={resume.busy}
            onClick={() => void resume.run()}
          >
            {say.resume}
          </button>
        )}
        {mayHold && (
          <button type="button" className="button" onClick={() => setAsking('hold')}>
            {say.hold}
          </button>
        )}
        {mayAskToCancel(status) && (
          <button type="button" className="button danger" onClick={() => setAsking('cancel')}>
            {say.cancel}
          </button>
        )}
      </div>
      {priced && acceptedAt === null && (
        <p id="why-not" className="quiet small">
          {say.notAccepted}
        </p>
      )}
      {asking !== null && (
        <AskDialog
          title={asking === 'hold' ? say.holdTitle : say.cancelTitle}
          label={say.reason}
          confirm={asking === 'hold' ? say.hold : say.cancelConfirm}
          danger={asking === 'cancel'}
          action={asking === 'hold' ? hold : cancel}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  );
}
