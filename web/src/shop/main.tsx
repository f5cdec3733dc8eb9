import { useWords } from '../language/language.ts';
import { orderIn, useHash } from '../layout/hash.ts';
import { Page, show } from '../layout/page.tsx';
import { NeedsRole, SessionEnded } from '../session/needs-role.tsx';
import { useSession } from '../session/session.ts';
import { Composer } from './composer.tsx';
import { MyOrders } from './my-orders.tsx';
import { OrderView } from './order-view.tsx';
import { words } from './words.ts';
import './shop.css';

const CUSTOMERS = ['customer', 'partner'] as const;

/** Where a model is sent, its price watched, and an order followed. */
function Shop() {
  const say = useWords(words);
  const { claims } = useSession();
  const order = orderIn(useHash());
  const mayOrder = claims === null || claims.role === 'customer' || claims.role === 'partner';
  return (
    <Page name="shop" title={say.title}>
      {order !== null ? (
        <NeedsRole roles={CUSTOMERS}>
          <OrderView key={order} id={order} />
        </NeedsRole>
      ) : (
        <div className="stack">
          <div className="intro">
            <h1>{say.heading}</h1>
            <p>{say.intro}</p>
          </div>
          <SessionEnded />
          {mayOrder ? <Composer /> : <NeedsRole roles={CUSTOMERS}>{null}</NeedsRole>}
          {claims !== null && mayOrder && <MyOrders />}
        </div>
      )}
    </Page>
  );
}

show(<Shop />);
