import { useState } from 'react';
import { useLanguage, useWords } from '../language/language.ts';
import { dateTime } from '../language/time.ts';
import { CopyButton } from '../layout/copy-button.tsx';
import { useSession } from '../session/session.ts';
import { words } from './words.ts';

/** The key of this session, masked until it is asked for. */
export function Key() {
  const say = useWords(words);
  const language = useLanguage();
  const { token, claims } = useSession();
  const [shown, setShown] = useState(false);
  if (token === null) return null;
  return (
    <section className="card stack" aria-label={say.key}>
      <h2>{say.key}</h2>
      <p className="quiet small">{say.keyHint}</p>
      <output className="key mono">{shown ? token : masked(token)}</output>
      <div className="buttons">
        <button
          type="button"
          className="button small"
          aria-pressed={shown}
          onClick={() => setShown((before) => !before)}
        >
          {shown ? say.hide : say.show}
        </button>
        <CopyButton text={token} label={say.copy} done={say.copied} failed={say.copyFailed} />
      </div>
      {claims?.exp && (
        <p className="quiet small">
          {say.validUntil(dateTime(language, new Date(claims.exp * 1_000).toISOString()))}
        </p>
      )}
    </section>
  );
}

/** Enough of it to tell two keys apart, not enough to use one: the signature's last characters only. */
function masked(token: string): string {
  return `••••••••••••••••••••••••${token.slice(-4)}`;
}
