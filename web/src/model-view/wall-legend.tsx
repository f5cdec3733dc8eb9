import { useLanguage, useWords } from '../language/language.ts';
import { number } from '../language/time.ts';
import { LEAST_DOUBLINGS, MOST_DOUBLINGS, wallGradient } from './wall-colour.ts';
import type { WallsSource } from './walls-of-model.ts';
import { words } from './words.ts';

/** What the picture of the walls says, in words. */
export function useWallText(source: WallsSource | null): string | null {
  const say = useWords(words);
  const language = useLanguage();
  if (source === null) return null;
  const { thinnestMm, limitMm, thinShare } = source;
  const [thinnest, limit] = [number(language, thinnestMm, 2), number(language, limitMm, 2)];
  if (thinShare === 0) return say.wallsFine(thinnest, limit);
  const percent = thinShare * 100;
  return say.wallsThin(thinnest, number(language, percent, percent < 1 ? 2 : 0), limit);
}

/** Which colour is which wall. Ticks at every doubling, the limit among them. */
export function WallLegend({ source }: { source: WallsSource }) {
  const say = useWords(words);
  const language = useLanguage();
  const text = useWallText(source);
  const doublings = Array.from(
    { length: MOST_DOUBLINGS - LEAST_DOUBLINGS + 1 },
    (_, index) => LEAST_DOUBLINGS + index,
  );
  const share = (at: number) => ((at - LEAST_DOUBLINGS) / (MOST_DOUBLINGS - LEAST_DOUBLINGS)) * 100;
  return (
    <div className="wall-legend stack tight">
      <div role="img" aria-label={say.wallScale(number(language, source.limitMm, 2))}>
        <div className="scale" style={{ background: wallGradient() }}>
          <span className="limit" style={{ left: `${share(0)}%` }} />
        </div>
        <div className="ticks number small" aria-hidden="true">
          {doublings.map((at) => (
            <span key={at} style={{ left: `${share(at)}%` }} className={at === 0 ? 'at-limit' : undefined}>
              {at === LEAST_DOUBLINGS && '≤ '}
              {at === MOST_DOUBLINGS && '≥ '}
              {number(language, source.limitMm * 2 ** at, 2)}
            </span>
          ))}
        </div>
        <div className="row apart small quiet" aria-hidden="true">
          <span>{say.tooThin}</span>
          <span>{say.thickEnough}</span>
        </div>
      </div>
      <p className="small">{text}</p>
    </div>
  );
}
