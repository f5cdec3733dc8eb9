import { useState } from 'react';
import { useCoalesced } from '../client/use-coalesced.ts';
import { useSubscription } from '../client/use-subscription.ts';
import { useWords } from '../language/language.ts';
import { orderIn, useHash } from '../layout/hash.ts';
import { Live } from '../layout/live.tsx';
import { Page, show } from '../layout/page.tsx';
import { Tabs } from '../layout/tabs.tsx';
import { NeedsRole } from '../session/needs-role.tsx';
import { type ListName, OrderRows, useApprovals, useOrdersIn } from './lists.tsx';
import { FloorMoved, PriceAccepted } from './operations.ts';
import { OrderView } from './order-view.tsx';
import { words } from './words.ts';
import './seller.css';

const SELLERS = ['seller', 'admin'] as const;
const NO_VARIABLES = {};

/** Orders that wait for a seller, and everything to decide on them. */
function Seller() {
  const say = useWords(words);
  return (
    <Page name="seller" title={say.title}>
      <div className="intro">
        <h1>{say.heading}</h1>
      </div>
      <NeedsRole roles={SELLERS}>
        <Desk />
      </NeedsRole>
    </Page>
  );
}

function Desk() {
  const say = useWords(words);
  const chosen = orderIn(useHash());
  const [name, setName] = useState<ListName>('approval');
  const [changed, setChanged] = useState(0);
  const approvals = useApprovals();
  const others = useOrdersIn(name === 'approval' ? null : name);
  const reload = useCoalesced(() => {
    if (name === 'approval') approvals.reload();
    else others.reload();
    setChanged((count) => count + 1);
  }, 1_000);
  useSubscription(FloorMoved, NO_VARIABLES, reload, reload);
  useSubscription(PriceAccepted, NO_VARIABLES, reload);

  const empty = { approval: say.noneApproval, shipped: say.noneShipped, held: say.noneHeld }[name];
  const rows =
    name === 'approval'
      ? (approvals.items?.map(({ order, priceAcceptedAt }) => ({
          order,
          accepted: priceAcceptedAt !== null,
        })) ?? null)
      : (others.items?.map((order) => ({ order })) ?? null);
  return (
    <div className="desk">
      <div className="card stack">
        <Live />
        <Tabs
          label={say.lists}
          tabs={(['approval', 'shipped', 'held'] as const).map((tab) => ({ name: tab, title: say[tab] }))}
          chosen={name}
          onChoose={setName}
        >
          <OrderRows
            rows={rows}
            list={name === 'approval' ? approvals : others}
            empty={empty}
            chosen={chosen}
          />
        </Tabs>
      </div>
      {chosen === null ? (
        <p className="quiet">{say.choose}</p>
      ) : (
        <OrderView key={chosen} id={chosen} changed={changed} moved={reload} />
      )}
    </div>
  );
}

show(<Seller />);
