import { useLanguage, useWords } from '../language/language.ts';
import { about, bandPercent } from '../money/about.ts';
import type { PriceDetails } from './operations.ts';
import { words } from './words.ts';
import './price.css';

/** What a price will probably be: rounded, with its band, and without lines, which would look like a promise. */
export function Estimate({ price }: { price: PriceDetails & { estimate: object } }) {
  const say = useWords(words);
  const language = useLanguage();
  const { totalMinor, currency, estimate } = price;
  const amount = (minor: number) => about(language, minor, currency);
  const percent = bandPercent({ totalMinor, ...estimate });
  return (
    <div role="status" className="stack tight price" data-estimate={percent}>
      <p className="total number">{say.about(amount(totalMinor), String(percent))}</p>
      <p className="quiet">{say.between(amount(estimate.lowestMinor), amount(estimate.highestMinor))}</p>
      <p>{say.estimateHint}</p>
    </div>
  );
}
