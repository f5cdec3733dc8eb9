import { useEffect, useId, useState } from 'react';
import { useWords } from '../language/language.ts';
import { Dialog } from '../layout/dialog.tsx';
import { Notice } from '../layout/notice.tsx';
import type { TokenRole } from './claims.ts';
import { demoPeople, type Person } from './people.ts';
import { signIn } from './session.ts';
import { words } from './words.ts';

/**
 * Signs in by a token, or, on a developer's machine, by choosing one of the demo's people: those whom the page is for
 * come first.
 */
export function SignIn({ wanted = [], onClose }: { wanted?: readonly TokenRole[]; onClose: () => void }) {
  const say = useWords(words);
  const [people, setPeople] = useState<Person[]>([]);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<ReturnType<typeof signIn>>(null);
  const field = useId();
  const hint = useId();

  useEffect(() => {
    const abort = new AbortController();
    // None when it fails: the list is a convenience, a token always works.
    demoPeople(abort.signal).then(setPeople, () => setPeople([]));
    return () => abort.abort();
  }, []);

  const enter = (token: string) => {
    const refused = signIn(token);
    setProblem(refused);
    if (refused === null) onClose();
  };

  return (
    <Dialog title={say.title} onClose={onClose}>
      {people.length > 0 && (
        <section className="stack tight" aria-label={say.people}>
          <h3>{say.people}</h3>
          <p className="quiet small">{say.peopleHint}</p>
          <div className="people">
            {[...people].sort(byRole(wanted)).map((person) => (
              <button key={`${person.role} ${person.sub}`} type="button" onClick={() => enter(person.token)}>
                <span>{person.name}</span>
                <span className="badge">{say[person.role]}</span>
              </button>
            ))}
          </div>
        </section>
      )}
      <form
        className="stack tight"
        onSubmit={(event) => {
          event.preventDefault();
          enter(text);
        }}
      >
        <div className="field">
          <label htmlFor={field}>{say.token}</label>
          <textarea
            id={field}
            className="mono"
            rows={3}
            required
            spellCheck={false}
            autoComplete="off"
            aria-describedby={hint}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <span id={hint} className="quiet small mono">
            {say.tokenHint}
          </span>
        </div>
        {problem !== null && (
          <Notice tone="bad">{problem === 'EXPIRED' ? say.tokenExpired : say.notAToken}</Notice>
        )}
        <div className="buttons">
          <button type="submit" className="button primary">
            {say.signIn}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function byRole(wanted: readonly TokenRole[]): (a: Person, b: Person) => number {
  return (a, b) => Number(wanted.includes(b.role)) - Number(wanted.includes(a.role));
}
