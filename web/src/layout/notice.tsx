import type { ReactNode } from 'react';
import { endOfSession, Failure } from '../client/failure.ts';
import type { Refusal } from '../client/use-action.ts';
import { useLanguage, useWords } from '../language/language.ts';
import { refusalText } from './refusals.ts';
import { words } from './words.ts';

export type Tone = 'plain' | 'good' | 'warn' | 'bad';

export function Notice({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <div className={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <div>{children}</div>
    </div>
  );
}

/** Why something was refused or failed, in words for people, with a way to try again where that may help. */
export function Trouble({ what, retry }: { what: Refusal | Failure | null; retry?: () => void }) {
  const say = useWords(words);
  const language = useLanguage();
  if (what === null) return null;
  return (
    <div className="notice bad" role="alert">
      <div>{what instanceof Failure ? failureText(what, say) : refusalText(language, what)}</div>
      {retry && (
        <button type="button" className="button small" onClick={retry}>
          {say.retry}
        </button>
      )}
    </div>
  );
}

export function failureText(failure: Failure, say: (typeof words)['en']): string {
  if (endOfSession(failure.code) !== null) return say.failedSignedOut;
  if (failure.code === 'NETWORK') return say.failedNetwork;
  if (failure.code === 'TIMEOUT') return say.failedTimeout;
  if (failure.code === 'FORBIDDEN') return say.failedForbidden;
  if (failure.code === 'THROTTLED') return say.failedThrottled(waitSeconds(failure));
  return say.failed(failure.message);
}

/** How long a throttled caller should wait, rounded up; 0 when the answer does not say. */
export function waitSeconds(failure: Failure): number {
  const { waitMs } = failure.extensions;
  return typeof waitMs === 'number' ? Math.ceil(waitMs / 1_000) : 0;
}
