import { useId, useState } from 'react';
import { asFailure, type Failure } from '../client/failure.ts';
import { useLanguage, useWords } from '../language/language.ts';
import { number } from '../language/time.ts';
import { CopyButton } from '../layout/copy-button.tsx';
import { Notice, Trouble } from '../layout/notice.tsx';
import { Fact } from '../order/price.tsx';
import { type Asked, ask, dryRun } from './ask.ts';
import { curl } from './curl.ts';
import { EXAMPLES } from './examples.ts';
import { words } from './words.ts';

type Outcome =
  | { kind: 'answer' | 'dry-run'; asked: Asked }
  | { kind: 'no-dry-run' }
  | { kind: 'bad-variables' };

/** A small editor for a first query, what it costs, and the same for a terminal. */
export function TryQuery() {
  const say = useWords(words);
  const [example, setExample] = useState<string>(EXAMPLES[0].name);
  const [query, setQuery] = useState(EXAMPLES[0].query);
  const [variables, setVariables] = useState(EXAMPLES[0].variables);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const [exampleId, queryId, variablesId] = [useId(), useId(), useId()];
  const parsed = parseVariables(variables);

  const perform = async (work: (values: object) => Promise<Outcome>) => {
    if (busy) return;
    if (parsed === null) return setOutcome({ kind: 'bad-variables' });
    setBusy(true);
    setFailure(null);
    try {
      setOutcome(await work(parsed));
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setBusy(false);
    }
  };
  const run = () => perform(async (values) => ({ kind: 'answer', asked: await ask(query, values) }));
  const price = () =>
    perform(async (values) => {
      const asked = await dryRun(query, values);
      return asked === null ? { kind: 'no-dry-run' } : { kind: 'dry-run', asked };
    });
  const choose = (name: string) => {
    const found = EXAMPLES.find((one) => one.name === name) ?? EXAMPLES[0];
    setExample(found.name);
    setQuery(found.query);
    setVariables(found.variables);
    setOutcome(null);
  };
  const command = curl(location.origin, query, parsed ?? {});

  return (
    <section className="card stack" aria-label={say.try}>
      <h2>{say.try}</h2>
      <form
        className="try"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void run();
        }}
      >
        <div className="stack">
          <div className="field">
            <label htmlFor={exampleId}>{say.example}</label>
            <select id={exampleId} value={example} onChange={(event) => choose(event.target.value)}>
              {EXAMPLES.map((one) => (
                <option key={one.name} value={one.name}>
                  {say[one.name]}
                </option>
              ))}
            </select>
          </div>
          <div className="field">
            <label htmlFor={queryId}>{say.query}</label>
            <textarea
              id={queryId}
              className="mono"
              rows={16}
              spellCheck={false}
              autoComplete="off"
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
          </div>
          <div className="field">
            <label htmlFor={variablesId}>{say.variables}</label>
            <textarea
              id={variablesId}
              className="mono"
              rows={3}
              spellCheck={false}
              autoComplete="off"
              value={variables}
              onChange={(event) => setVariables(event.target.value)}
            />
          </div>
          <div className="buttons">
            <button type="submit" className="button primary" disabled={busy}>
              {say.run}
            </button>
            <button type="button" className="button" disabled={busy} onClick={() => void price()}>
              {say.price}
            </button>
            <span className="quiet small">{say.runHint}</span>
          </div>
        </div>
        <div className="stack" aria-live="polite">
          <h3>{say.result}</h3>
          <Trouble what={failure} />
          <Result outcome={outcome} />
        </div>
      </form>
      <div className="stack tight">
        <div className="row apart">
          <h3>{say.curl}</h3>
          <span className="row">
            <CopyButton text={command} label={say.copy} done={say.copied} failed={say.copyFailed} />
          </span>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <pre className="code" tabIndex={0}>
          {command}
        </pre>
      </div>
    </section>
  );
}

function Result({ outcome }: { outcome: Outcome | null }) {
  const say = useWords(words);
  const language = useLanguage();
  if (outcome === null) return <p className="quiet">{say.noResult}</p>;
  if (outcome.kind === 'bad-variables') return <Notice tone="bad">{say.badVariables}</Notice>;
  if (outcome.kind === 'no-dry-run') return <Notice tone="warn">{say.noDryRun}</Notice>;
  const { answer, cost, milliseconds, code, waitSeconds } = outcome.asked;
  const points = (value: number) => number(language, value, 1);
  const dry = outcome.kind === 'dry-run' && cost !== null && code === null;
  return (
    <>
      {code === 'THROTTLED' && (
        <Notice tone="warn">
          <p>{say.throttled(Math.max(1, waitSeconds))}</p>
          <p className="small">{say.throttledWhy}</p>
        </Notice>
      )}
      {code === 'MAX_COST_EXCEEDED' && <Notice tone="warn">{say.tooBig}</Notice>}
      {dry && <Notice tone="good">{say.wouldCost(points(cost.requestedQueryCost))}</Notice>}
      {cost && !dry && (
        <dl className="facts">
          <Fact name={say.requested} value={points(cost.requestedQueryCost)} />
          {cost.actualQueryCost !== null && (
            <>
              <Fact name={say.actual} value={points(cost.actualQueryCost)} />
              <Fact name={say.refunded} value={points(cost.requestedQueryCost - cost.actualQueryCost)} />
            </>
          )}
        </dl>
      )}
      {!dry && (
        <>
          <p className="quiet small number">{say.answeredIn(number(language, milliseconds))}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
          <pre className="code result" tabIndex={0}>
            {JSON.stringify(answer, null, 2)}
          </pre>
        </>
      )}
    </>
  );
}

/** An empty field is no variables; anything but an object is a mistake. */
function parseVariables(text: string): object | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
