import type { PriceDocument } from '@alexandrite/schema/events';
import type { Language, Tariff } from '@alexandrite/tariff';
import { checkOptions, type PriceOptions, price } from '@alexandrite/tariff/price';
import type { Features, ModelFile } from './features.ts';
import { findingsOf, staleMetal } from './findings.ts';
import { bestPrint } from './measure/print.ts';
import { thinShare } from './measure/thickness.ts';

/**
 * From features to a price and all that is said about it: pure, and cheap enough to be done anew at every request.
 * Throws `TariffError` for options the tariff does not know.
 */
export function quote(
  file: ModelFile,
  features: Features,
  options: PriceOptions,
  tariff: Tariff,
  language: Language,
  { metalIsStale = false }: { metalIsStale?: boolean } = {},
): PriceDocument {
  checkOptions(tariff, options);
  const alloy = tariff.alloys[options.alloy]!;
  const print = bestPrint(features.poses, tariff.printer, tariff.resinMinorPerCm3, options.quantity);
  const quoted = price(
    tariff,
    {
      volumeMm3: features.volumeMm3,
      areaMm2: features.areaMm2,
      supportMm3: print.supportMm3,
      plateSeconds: print.seconds,
      piecesPerPlate: print.piecesPerPlate,
    },
    options,
  );
  return {
    model: {
      format: file.format,
      bytes: file.bytes,
      sha256: file.sha256,
      triangles: file.triangles,
      unit: file.unit,
    },
    geometry: {
      volumeMm3: features.volumeMm3,
      signedVolumeMm3: features.signedVolumeMm3,
      areaMm2: features.areaMm2,
      boundingBoxMm: features.boundingBoxMm,
      watertight: features.watertight,
      shells: features.shells,
      repairs: features.repairs as Record<string, number>,
      minWallMm: features.wallQuantilesMm[1] ?? null,
      wallLimitMm: alloy.minWallMm,
      thinAreaShare: rounded(thinShare(features.wallQuantilesMm, alloy.minWallMm)),
    },
    manufacturability: [
      ...findingsOf(file, features, print, alloy, tariff),
      ...(metalIsStale ? [staleMetal(tariff.metals[alloy.metal]!.asOf)] : []),
    ].map(({ code, severity, text }) => ({
      code,
      severity,
      message: text[language],
      messages: text,
    })),
    print: {
      heightMm: significant(print.heightMm),
      layers: print.layers,
      seconds: significant(print.seconds),
      supportMm3: significant(print.supportMm3),
    },
    metal: {
      ...quoted.metal,
      castGrams: significant(quoted.metal.castGrams),
      finishedGrams: significant(quoted.metal.finishedGrams),
    },
    price: {
      ...quoted.price,
      lines: quoted.price.lines.map(({ code, label, explanation, amountMinor }) => ({
        code,
        label: label[language],
        labels: label,
        explanation: explanation[language],
        explanations: explanation,
        amountMinor,
      })),
    },
  };
}

function significant(value: number): number {
  return Number(value.toPrecision(9));
}

function rounded(share: number | null): number | null {
  return share === null ? null : Math.round(share * 10_000) / 10_000;
}
