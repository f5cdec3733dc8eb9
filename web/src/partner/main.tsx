import { useWords } from '../language/language.ts';
import { Page, show } from '../layout/page.tsx';
import { NeedsRole } from '../session/needs-role.tsx';
import { BudgetGauge } from './budget-gauge.tsx';
import { Key } from './key.tsx';
import { Orders } from './orders.tsx';
import { TryQuery } from './try-query.tsx';
import { words } from './words.ts';
import './partner.css';

const PARTNERS = ['partner'] as const;

/** What another jeweller needs to use the graph: key, budget, first query. */
function Partner() {
  const say = useWords(words);
  return (
    <Page name="partner" title={say.title}>
      <div className="intro">
        <h1>{say.heading}</h1>
        <p>{say.intro}</p>
      </div>
      <NeedsRole roles={PARTNERS}>
        <div className="stack">
          <div className="two">
            <BudgetGauge />
            <Key />
          </div>
          <TryQuery />
          <Orders />
        </div>
      </NeedsRole>
    </Page>
  );
}

show(<Partner />);
