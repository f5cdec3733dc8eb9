import { useCallback, useEffect, useState } from 'react';
import { request } from '../client/request.ts';
import { refusalOf, useAction } from '../client/use-action.ts';
import { useCoalesced } from '../client/use-coalesced.ts';
import { useQuery } from '../client/use-query.ts';
import { useSubscription } from '../client/use-subscription.ts';
import { useGraphLanguage, useWords } from '../language/language.ts';
import { AskDialog } from '../layout/ask-dialog.tsx';
import { Live } from '../layout/live.tsx';
import { Notice, Trouble } from '../layout/notice.tsx';
import { words as pageWords } from '../layout/words.ts';
import { KeptModel } from '../model-view/kept-model.tsx';
import { ModelView } from '../model-view/model-view.tsx';
import { History } from '../order/history.tsx';
import { CancelOrder, OrderById, type OrderDetail, OrderMoved } from '../order/operations.ts';
import { OrderFacts } from '../order/order-facts.tsx';
import { isOpen, mayAskToCancel } from '../order/status.ts';
import { StatusBadge } from '../order/status-badge.tsx';
import { Steps } from '../order/steps.tsx';
import { wallsOfOrder } from '../order/walls-of-order.ts';
import { words as orderWords } from '../order/words.ts';
import { freshModel } from './fresh-orders.ts';
import { LivePrice } from './live-price.tsx';
import { words } from './words.ts';

/** One order of one's own: its model, its price on the way, what can be done, everything that happened. */
export function OrderView({ id }: { id: string }) {
  const say = useWords(orderWords);
  const page = useWords(pageWords);
  const { data, failure, loading, reload } = useQuery(OrderById, { id, language: useGraphLanguage() });
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

  return (
    <div className="stack">
      <div className="row apart">
        <a href="#/">← {say.back}</a>
        <Live />
      </div>
      <Trouble what={failure} retry={reload} />
      {order === null && loading && <p role="status">{page.loading}</p>}
      {data !== null && order === null && <Notice tone="warn">{say.noSuchOrder}</Notice>}
      {order && <Order order={order} refresh={refresh} />}
    </div>
  );
}

function Order({ order, refresh }: { order: OrderDetail; refresh: () => void }) {
  const say = useWords(orderWords);
  const model = freshModel(order.id);
  const walls = wallsOfOrder(order.id, order.price);
  return (
    <>
      <header className="row">
        <h1>
          {say.number} {order.number}
        </h1>
        <StatusBadge status={order.status} />
      </header>
      <div className="card">
        <Steps status={order.status} reached={order.history.map((move) => move.to)} />
      </div>
      <div className="order-grid">
        <section className="card stack model">
          {model ? (
            <ModelView model={model} alloy={order.alloy} walls={walls} />
          ) : (
            order.model.downloadUrl && (
              <KeptModel
                url={order.model.downloadUrl}
                filename={order.model.filename}
                alloy={order.alloy}
                walls={walls}
              />
            )
          )}
          <OrderFacts order={order} />
        </section>
        <div className="stack pricing">
          <LivePrice order={order} refresh={refresh} />
          <Cancel order={order} refresh={refresh} />
        </div>
        <div className="moves">
          <History moves={order.history} stays={order.timeline} />
        </div>
      </div>
    </>
  );
}

function Cancel({ order, refresh }: { order: OrderDetail; refresh: () => void }) {
  const say = useWords(words);
  const [open, setOpen] = useState(false);
  const action = useAction(
    useCallback(
      async (reason: string) => {
        const refused = refusalOf(await request(CancelOrder, { id: order.id, reason: reason || null }));
        refresh();
        return refused;
      },
      [order.id, refresh],
    ),
  );
  // an order that has gone too far meanwhile needs no dialog any more
  const possible = mayAskToCancel(order.status);
  useEffect(() => {
    if (!possible) setOpen(false);
  }, [possible]);
  if (!possible) return null;
  return (
    <div className="buttons">
      <button type="button" className="button small danger" onClick={() => setOpen(true)}>
        {say.cancel}
      </button>
      {open && (
        <AskDialog
          title={say.cancelTitle}
          label={say.reason}
          confirm={say.cancelConfirm}
          danger
          action={action}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}
