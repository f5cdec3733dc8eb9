import { useLanguage, useWords } from '../language/language.ts';
import { dateTime, span } from '../language/time.ts';
import { useViewer } from '../session/viewer.tsx';
import type { Move, Stay } from './operations.ts';
import { words } from './words.ts';
import './steps.css';

const SYSTEMS = ['shop', 'crm', 'mes', 'pricing-engine'];

/** Less is no delay that anybody asks about. */
const WORTH_SAYING_SECONDS = 3_600; // 1 hour

/** Every move of an order, oldest first: what, when, by whom, how long it took, and where that was longer than usual. */
export function History({ moves, stays }: { moves: Move[]; stays: Stay[] }) {
  const say = useWords(words);
  const language = useLanguage();
  const viewer = useViewer();
  const delay = (move: Move) => stays.find(({ from }) => from === move.at)?.delaySeconds ?? 0;
  const mover = (move: Move) => {
    if (SYSTEMS.includes(move.by.toLowerCase())) return say[move.system];
    return say.by(move.by === viewer?.id ? say.you : move.by);
  };
  return (
    <section className="card stack" aria-label={say.history}>
      <h2>{say.history}</h2>
      <ol className="timeline">
        {moves.map((move) => (
          <li key={move.version}>
            <strong>{say[move.to]}</strong>
            <div className="quiet small">
              <time dateTime={move.at}>{dateTime(language, move.at)}</time>
              {move.from !== null && ` · ${say.after(span(language, move.durationSeconds))}`}
              {' · '}
              {mover(move)}
            </div>
            {delay(move) >= WORTH_SAYING_SECONDS && (
              <div className="small">{say.longer(span(language, delay(move)))}</div>
            )}
            {move.cause !== null && move.cause !== '' && <div className="small">{move.cause}</div>}
          </li>
        ))}
      </ol>
    </section>
  );
}
