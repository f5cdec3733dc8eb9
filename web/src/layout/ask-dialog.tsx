import { useId, useState } from 'react';
import type { Action } from '../client/use-action.ts';
import { useWords } from '../language/language.ts';
import { Dialog } from './dialog.tsx';
import { Trouble } from './notice.tsx';
import { words } from './words.ts';

/** Asks for one line of text before something is done: a reason, a tracking number. Stays open when it is refused. */
export function AskDialog({
  title,
  label,
  confirm,
  danger = false,
  required = false,
  action,
  onClose,
}: {
  title: string;
  label: string;
  confirm: string;
  danger?: boolean;
  required?: boolean;
  action: Action<[string]>;
  onClose: () => void;
}) {
  const say = useWords(words);
  const [text, setText] = useState('');
  const field = useId();
  const close = () => {
    action.clear();
    onClose();
  };
  return (
    <Dialog title={title} onClose={close}>
      <form
        className="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          if (await action.run(text.trim())) onClose();
        }}
      >
        <div className="field">
          <label htmlFor={field}>{label}</label>
          <input
            id={field}
            value={text}
            maxLength={300}
            required={required}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <Trouble what={action.refusal} />
        <div className="buttons">
          <button
            type="submit"
            className={`button ${danger ? 'danger' : 'primary'}`}
            disabled={action.busy || (required && text.trim() === '')}
          >
            {confirm}
          </button>
          <button type="button" className="button plain" onClick={close}>
            {say.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
