import { type ReactNode, useState } from 'react';
import { useWords } from '../language/language.ts';
import { Notice } from '../layout/notice.tsx';
import type { TokenRole } from './claims.ts';
import { useSession } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { useViewer } from './viewer.tsx';
import { words } from './words.ts';

/** Shows its content to the roles that can use it, and tells everybody else how to become one of them. */
export function NeedsRole({ roles, children }: { roles: readonly TokenRole[]; children: ReactNode }) {
  const say = useWords(words);
  const { claims, ended } = useSession();
  const viewer = useViewer();
  const [open, setOpen] = useState(false);
  if (claims !== null && roles.includes(claims.role)) return children;
  const wanted = roles.map((role) => say[role].toLowerCase()).join(', ');
  return (
    <div className="card stack narrow">
      <SessionEnded />
      <p>
        {say.needed(wanted)}{' '}
        {claims === null ? say.invitation : say.instead(viewer?.name ?? claims.sub, say[claims.role])}
      </p>
      <div className="buttons">
        <button type="button" className="button primary" onClick={() => setOpen(true)}>
          {claims === null || ended ? say.signIn : say.other}
        </button>
      </div>
      {open && <SignIn wanted={roles} onClose={() => setOpen(false)} />}
    </div>
  );
}

/** Says so when the token ran out or was refused. */
export function SessionEnded() {
  const say = useWords(words);
  const { ended } = useSession();
  if (ended === null) return null;
  return <Notice tone="warn">{ended === 'EXPIRED' ? say.ended : say.refused}</Notice>;
}
