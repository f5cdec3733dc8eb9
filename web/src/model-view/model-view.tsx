import { useEffect, useRef, useState } from 'react';
import { useLanguage, useWords } from '../language/language.ts';
import { number } from '../language/time.ts';
import { Notice } from '../layout/notice.tsx';
import { sizeOf } from './mesh.ts';
import { metalColour } from './metal-colour.ts';
import type { ShownModel } from './open-model.ts';
import type { ModelScene } from './scene.ts';
import { useWalls } from './use-walls.ts';
import { useWallText, WallLegend } from './wall-legend.tsx';
import type { WallsSource } from './walls-of-model.ts';
import { words } from './words.ts';
import './model-view.css';

const USUAL_MM = { least: 1.5, most: 150 }; // a stud to a tiara

/** A model to turn and look at from all sides, in the colour of its metal, with its size. */
export function ModelView({
  model,
  alloy,
  walls = null,
}: {
  model: ShownModel;
  alloy: string;
  /** Its walls, once it was measured. */
  walls?: WallsSource | null;
}) {
  const say = useWords(words);
  const language = useLanguage();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [scene, setScene] = useState<ModelScene | null>(null);
  const [broken, setBroken] = useState(false);
  const { wanted, painted, problem, toggle } = useWalls(model, walls);
  const wallText = useWallText(walls);

  useEffect(() => {
    const element = canvas.current;
    let made: ModelScene | undefined;
    let gone = false;
    // three.js comes only with the first model
    import('./scene.ts')
      .then(({ createScene }) => {
        if (gone || element === null) return;
        made = createScene(element);
        setScene(made);
      })
      .catch(() => setBroken(true));
    return () => {
      gone = true;
      made?.dispose();
      setScene(null);
    };
  }, []);
  useEffect(() => scene?.show(model), [scene, model]);
  useEffect(() => scene?.paint(metalColour(alloy)), [scene, alloy]);

  useEffect(() => scene?.showWalls(painted), [scene, model, painted]);

  const size = sizeOf(model.mesh);
  const largest = Math.max(...size);
  const [x, y, z] = size.map((mm) => number(language, mm, 2)) as [string, string, string];
  return (
    <figure className="model-view">
      {broken ? (
        <Notice tone="warn">{say.noWebgl}</Notice>
      ) : (
        <canvas
          ref={canvas}
          tabIndex={0}
          role="img"
          aria-label={[`${say.view(model.filename)}.`, painted && wallText, say.hint]
            .filter(Boolean)
            .join(' ')}
          data-ready={scene !== null}
          data-walls={painted !== null}
          onKeyDown={(event) => {
            const act = KEYS[event.key];
            if (scene === null || act === undefined) return;
            event.preventDefault();
            act(scene);
          }}
        />
      )}
      <figcaption className="row apart">
        <span>
          <strong className="number">{say.size(x, y, z)}</strong>{' '}
          <span className="quiet small">{say.triangles(number(language, model.mesh.triangles))}</span>
        </span>
        {!broken && <span className="quiet small">{say.hint}</span>}
      </figcaption>
      {walls !== null && !broken && (
        <div className="row">
          <button type="button" className="button small" aria-pressed={wanted} onClick={toggle}>
            {say.showWalls}
          </button>
          {wanted && !painted && !problem && (
            <span role="status" className="quiet small">
              {say.readingWalls}
            </span>
          )}
        </div>
      )}
      {problem && <Notice tone="warn">{say.noWalls}</Notice>}
      {walls !== null && painted && <WallLegend source={walls} />}
      {(largest < USUAL_MM.least || largest > USUAL_MM.most) && (
        <Notice tone="warn">{say.unusualSize}</Notice>
      )}
    </figure>
  );
}

const STEP = Math.PI / 16;
const KEYS: Record<string, (scene: ModelScene) => void> = {
  ArrowLeft: (scene) => scene.turn(-STEP, 0),
  ArrowRight: (scene) => scene.turn(STEP, 0),
  ArrowUp: (scene) => scene.turn(0, -STEP),
  ArrowDown: (scene) => scene.turn(0, STEP),
  '+': (scene) => scene.zoom(0.85),
  '=': (scene) => scene.zoom(0.85),
  '-': (scene) => scene.zoom(1.18),
};
