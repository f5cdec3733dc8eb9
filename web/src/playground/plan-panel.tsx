import { Button, type GraphiQLPlugin, useGraphiQL } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { useWords } from '../language/language.ts';
import { useSession } from '../session/session.ts';
import { askPlan, type PlanState, usePlan, watchPlans } from './query-plan.ts';
import { words } from './words.ts';

/** A pane beside the editor: how the gateway asks its subgraphs for what was run last. */
export function planPlugin(title: string): GraphiQLPlugin {
  return { title, icon: PlanIcon, content: PlanPanel };
}

function PlanIcon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <circle cx="4" cy="10" r="2.25" />
      <circle cx="16" cy="4" r="2.25" />
      <circle cx="16" cy="16" r="2.25" />
      <path d="M6.25 10H9.5c1.5 0 1.5-6 4.25-6M9.5 10c1.5 0 1.5 6 4.25 6" />
    </svg>
  );
}

function PlanPanel() {
  const say = useWords(words);
  const state = usePlan();
  const { token } = useSession();
  const [form, setForm] = useState<'text' | 'json'>('text');
  const queryEditor = useGraphiQL((graphiql) => graphiql.queryEditor);
  const variableEditor = useGraphiQL((graphiql) => graphiql.variableEditor);
  const operationName = useGraphiQL((graphiql) => graphiql.operationName);
  useEffect(watchPlans, []);

  const ask = () => {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const variables = parsed(variableEditor?.getValue() ?? '');
    void askPlan({ query: queryEditor?.getValue() ?? '', operationName, variables }, headers);
  };
  return (
    <section className="plan" aria-label={say.plan}>
      <header>
        <h2>{say.plan}</h2>
        <Button type="button" onClick={ask}>
          {say.planOnly}
        </Button>
      </header>
      <Plan state={state} form={form} />
      {state.kind === 'PLAN' && (
        <footer>
          <span>{say.plannedBy(state.planner)}</span>
          {(['text', 'json'] as const).map((each) => (
            <Button key={each} type="button" aria-pressed={form === each} onClick={() => setForm(each)}>
              {each === 'text' ? say.planText : 'JSON'}
            </Button>
          ))}
        </footer>
      )}
    </section>
  );
}

function Plan({ state, form }: { state: PlanState; form: 'text' | 'json' }) {
  const say = useWords(words);
  switch (state.kind) {
    case 'NONE':
      return <p>{say.planHint}</p>;
    case 'ASKING':
      return <p role="status">{say.planAsking}</p>;
    case 'WITHHELD':
      return <p role="status">{say.planWithheld}</p>;
    case 'REFUSED':
      return <p role="alert">{state.reason}</p>;
    case 'PLAN':
      return (
        // It scrolls in both directions: who has only a keyboard scrolls it, too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        <pre tabIndex={0}>{form === 'text' ? state.text : state.json}</pre>
      );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // empty, or not JSON yet: the gateway says which variable it misses
  }
}
