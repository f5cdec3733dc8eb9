import { useLanguage, useWords } from '../language/language.ts';
import { dateTime, number, span } from '../language/time.ts';
import { money } from '../money/money.ts';
import type { PriceDetails } from './operations.ts';
import { wordFor, words } from './words.ts';
import './price.css';

/** A price with everything it is made of. */
export function Price({ price }: { price: PriceDetails }) {
  const say = useWords(words);
  const language = useLanguage();
  const amount = (minor: number) => money(language, minor, price.currency);
  const size = price.geometry.boundingBoxMm.map((mm) => number(language, mm, 2)).join(' × ');
  return (
    <div className="stack price">
      <div>
        <p className="total number">{amount(price.totalMinor)}</p>
        <p className="quiet">
          {say.includesVat(amount(price.vatMinor))}
          {price.quantity > 1 && `, ${say.each(amount(price.unitMinor))}`}
        </p>
      </div>
      <table>
        <caption className="hidden-visually">{say.price}</caption>
        <tbody>
          {price.lines.map((line) => (
            <tr key={line.code}>
              <th scope="row">
                {wordFor(say, line.code, line.label)}
                {line.explanation !== null && <div className="quiet small">{line.explanation}</div>}
              </th>
              <td className="amount">{amount(line.amountMinor)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{say.total}</th>
            <td className="amount">{amount(price.totalMinor)}</td>
          </tr>
        </tfoot>
      </table>
      <Findings findings={price.manufacturability} />
      <dl className="facts">
        <Fact name={say.weight} value={say.grams(number(language, price.metal.finishedGrams, 2))} />
        <Fact name={say.castWeight} value={say.grams(number(language, price.metal.castGrams, 2))} />
        <Fact name={say.size} value={say.mm(size)} />
        <Fact name={say.volume} value={say.mm3(number(language, price.geometry.volumeMm3, 1))} />
        <Fact name={say.area} value={say.mm2(number(language, price.geometry.areaMm2, 1))} />
        {price.geometry.minWallMm !== null && (
          <Fact name={say.wall} value={say.mm(number(language, price.geometry.minWallMm, 2))} />
        )}
        {price.geometry.wallLimitMm !== null && (price.geometry.thinAreaShare ?? 0) > 0 && (
          <Fact
            name={say.below(number(language, price.geometry.wallLimitMm, 2))}
            value={say.share(number(language, price.geometry.thinAreaShare! * 100, 1))}
          />
        )}
        <Fact name={say.triangles} value={number(language, price.geometry.triangles)} />
        <Fact name={say.printTime} value={span(language, price.print.seconds)} />
      </dl>
      <p className="quiet small">{say.tariff(price.tariffVersion, dateTime(language, price.calculatedAt))}</p>
    </div>
  );
}

function Findings({ findings }: { findings: PriceDetails['manufacturability'] }) {
  const say = useWords(words);
  if (findings.length === 0) return null;
  const tone = { INFO: 'plain', WARNING: 'warn', ERROR: 'bad' } as const;
  return (
    <section className="stack tight" aria-label={say.findings}>
      <h3>{say.findings}</h3>
      {findings.map((finding) => (
        <div key={`${finding.code} ${finding.message}`} className={`notice ${tone[finding.severity]}`}>
          <div>
            <strong>{say[finding.severity]}.</strong> {finding.message}
          </div>
        </div>
      ))}
    </section>
  );
}

export function Fact({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
