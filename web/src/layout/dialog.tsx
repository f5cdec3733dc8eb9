import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useWords } from '../language/language.ts';
import { words } from './words.ts';

/** A modal dialog of the browser's own: it keeps the focus, closes with Escape and gives the focus back. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const say = useWords(words);
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={heading}
      onClose={onClose}
      onCancel={onClose}
      onPointerDown={(event) => event.target === element.current && isOutside(event) && onClose()}
    >
      <div className="stack">
        <div className="row apart">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="button plain small" onClick={onClose} aria-label={say.close}>
            <span aria-hidden="true">✕</span>
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

/** The backdrop belongs to the dialog element; a press on it lies outside the element's box. */
function isOutside(event: React.PointerEvent<HTMLDialogElement>): boolean {
  const box = event.currentTarget.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}
