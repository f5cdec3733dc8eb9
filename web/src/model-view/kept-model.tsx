import { useEffect, useState } from 'react';
import { useWords } from '../language/language.ts';
import { Notice } from '../layout/notice.tsx';
import { ModelError } from './mesh.ts';
import { ModelView } from './model-view.tsx';
import { fetchModel, type ShownModel } from './open-model.ts';
import type { WallsSource } from './walls-of-model.ts';
import { words } from './words.ts';

/** A model that the platform keeps: to download, and to look at when asked for, since it may be large. */
export function KeptModel({
  url,
  filename,
  alloy,
  walls = null,
}: {
  url: string;
  filename: string;
  alloy: string;
  walls?: WallsSource | null;
}) {
  const say = useWords(words);
  const [wanted, setWanted] = useState(false);
  const [model, setModel] = useState<ShownModel | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  // `url` is signed anew with every answer: what is shown stays, and a newer address is used when asked again
  useEffect(() => {
    if (!wanted) return;
    const abort = new AbortController();
    fetchModel(url, filename, abort.signal).then(setModel, (error: unknown) => {
      if (abort.signal.aborted) return;
      setProblem(error instanceof ModelError ? say[error.problem] : say.unavailable);
      setWanted(false);
    });
    return () => abort.abort();
  }, [wanted, filename]);

  return (
    <div className="stack tight">
      {model && <ModelView model={model} alloy={alloy} walls={walls} />}
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <div className="buttons">
        {model === null && (
          <button
            type="button"
            className="button small"
            disabled={wanted}
            onClick={() => {
              setProblem(null);
              setWanted(true);
            }}
          >
            {wanted ? say.reading : say.show}
          </button>
        )}
        <a className="button small" href={url} download={filename}>
          {say.download}
        </a>
      </div>
    </div>
  );
}
