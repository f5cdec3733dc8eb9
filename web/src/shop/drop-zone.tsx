import { type ReactNode, useId, useRef, useState } from 'react';
import { useWords } from '../language/language.ts';
import { ACCEPTED } from '../model-view/read-model.ts';
import { words } from './words.ts';

const ACCEPT = ACCEPTED.map((extension) => `.${extension}`).join(',');

/** Takes one file by dropping or choosing; shows what it was given instead of its invitation. */
export function DropZone({
  filename,
  disabled,
  onFile,
  children,
}: {
  filename: string | null;
  disabled: boolean;
  onFile: (file: File) => void;
  /** The file, once there is one. */
  children: ReactNode;
}) {
  const say = useWords(words);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const field = useId();
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file && !disabled) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has the labelled file field as its keyboard way
    <div
      className={`drop ${over ? 'over' : ''} ${filename === null ? 'empty' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      {filename === null ? (
        <p>
          <strong>{say.drop}</strong>
          <br />
          <span className="quiet small">{say.formats}</span>
        </p>
      ) : (
        children
      )}
      <div className="row">
        <input
          ref={input}
          id={field}
          className="hidden-visually"
          type="file"
          accept={ACCEPT}
          disabled={disabled}
          onChange={(event) => {
            take(event.target.files);
            event.target.value = ''; // the same file, changed on disk, can be chosen again
          }}
        />
        <label className="button" htmlFor={field} data-disabled={disabled}>
          {filename === null ? say.choose : say.another}
        </label>
        {filename !== null && <span className="quiet small">{filename}</span>}
      </div>
    </div>
  );
}
