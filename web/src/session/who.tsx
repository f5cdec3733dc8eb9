import { useState } from 'react';
import { useWords } from '../language/language.ts';
import { signOut, useSession } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { useViewer } from './viewer.tsx';
import { words } from './words.ts';

/** Who is signed in, in the page's header; signing in and out. */
export function Who() {
  const say = useWords(words);
  const { claims } = useSession();
  const viewer = useViewer();
  const [open, setOpen] = useState(false);
  return (
    <div className="who">
      {claims === null ? (
        <button type="button" className="button small primary" onClick={() => setOpen(true)}>
          {say.signIn}
        </button>
      ) : (
        <>
          <span className="name">
            <span>{viewer?.name ?? claims.sub}</span>
            <small>{say[claims.role]}</small>
          </span>
          <button type="button" className="button small" onClick={signOut}>
            {say.signOut}
          </button>
        </>
      )}
      {open && <SignIn onClose={() => setOpen(false)} />}
    </div>
  );
}
