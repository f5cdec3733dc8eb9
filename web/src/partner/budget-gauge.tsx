import { useEffect, useState } from 'react';
import { availableNow, type KnownBudget, setBudget, useBudget } from '../client/budget.ts';
import { useQuery } from '../client/use-query.ts';
import { useLanguage, useWords } from '../language/language.ts';
import { number } from '../language/time.ts';
import { Trouble } from '../layout/notice.tsx';
import { CurrentBudget } from './operations.ts';
import { words } from './words.ts';

const NO_VARIABLES = {};

/** The points that are left, going down with every answer and refilling in between. */
export function BudgetGauge() {
  const say = useWords(words);
  const language = useLanguage();
  const { data, failure, reload } = useQuery(CurrentBudget, NO_VARIABLES);
  const budget = useBudget();
  // Answers carry the state themselves; this is for a platform that is asked before it has answered anything.
  useEffect(() => {
    if (data?.budget && budget === null) setBudget(data.budget);
  }, [data, budget]);
  return (
    <section className="card stack" aria-label={say.budget}>
      <h2>{say.budget}</h2>
      <Trouble what={failure} retry={reload} />
      {budget ? (
        <>
          <Gauge budget={budget} />
          <p className="quiet small">{say.budgetHint(number(language, budget.restoreRate))}</p>
        </>
      ) : (
        data !== null && <p className="quiet">{say.noBudget}</p>
      )}
    </section>
  );
}

function Gauge({ budget }: { budget: KnownBudget }) {
  const say = useWords(words);
  const language = useLanguage();
  const available = Math.floor(useRefill(budget));
  const text = say.available(number(language, available), number(language, budget.maximumAvailable));
  const share = available / budget.maximumAvailable;
  return (
    <div className="gauge">
      <p className="figure number">{text}</p>
      <meter
        min={0}
        max={budget.maximumAvailable}
        value={available}
        aria-label={say.budget}
        data-low={share < 0.2 || undefined}
      />
    </div>
  );
}

/** What is available at this frame; no frames are asked for once the bucket is full. */
function useRefill(budget: KnownBudget): number {
  const [available, setAvailable] = useState(() => availableNow(budget));
  useEffect(() => {
    let frame = 0;
    const look = () => {
      const now = availableNow(budget);
      setAvailable(now);
      if (now < budget.maximumAvailable) frame = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [budget]);
  return available;
}
