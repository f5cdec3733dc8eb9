import type { Printer } from '@alexandrite/tariff';
import type { Direction, Pose } from './poses.ts';

/** How the pattern of one piece is printed. */
export interface Print {
  up: Direction;
  heightMm: number;
  layers: number;
  /** One run of the plate, however many pieces stand on it. */
  seconds: number;
  /** Resin beside the piece: supports and pad. */
  supportMm3: number;
  piecesPerPlate: number;
  fits: boolean;
}

/** What share of the space under an overhang its supports fill, and how far the pad reaches beyond the piece. */
const supportFill = 0.3;
const brimMm = 3;

/**
 * The pose that costs least for so many pieces: the height counts by time, for every plate that it takes; the supports by
 * resin, for every piece. What fits beats what does not.
 */
export function bestPrint(
  poses: readonly Pose[],
  printer: Printer,
  resinMinorPerCm3: number,
  quantity = 1,
): Print {
  const prints = poses.map((pose) => print(pose, printer));
  const cost = ({ seconds, supportMm3, piecesPerPlate }: Print) =>
    (Math.ceil(quantity / piecesPerPlate) * seconds * printer.minorPerHour) / 3600 +
    (quantity * supportMm3 * resinMinorPerCm3) / 1000;
  return prints.reduce((best, other) => {
    if (other.fits !== best.fits) return other.fits ? other : best;
    // By a thousandth better: noise must not turn the piece over.
    return cost(other) < cost(best) * 0.999 ? other : best;
  });
}

function print(pose: Pose, printer: Printer): Print {
  const { layers, seconds } = printTime(pose.heightMm, printer);
  const pad = pose.footprintMm.reduce((area, side) => area * (side + 2 * brimMm), printer.padMm);
  const supports = supportFill * (pose.overhangMm3 + pose.overhangMm2 * printer.elevationMm);
  const piecesPerPlate = plateful(pose.footprintMm, printer);
  return {
    up: pose.up,
    heightMm: pose.heightMm,
    layers,
    seconds,
    supportMm3: supports + (Math.PI / 4) * pad,
    piecesPerPlate: Math.max(1, piecesPerPlate),
    fits: piecesPerPlate > 0 && pose.heightMm + printer.elevationMm + printer.padMm <= printer.maxHeightMm,
  };
}

/**
 * PrusaSlicer's own law for SLA, which needs no slicing: as many whole layers as fit in the piece, what it is lifted by and
 * the pad, and every layer takes as long as every other. It gives the layers of PrusaSlicer 2.5 for rings lying, standing
 * and tilted, and its seconds with 6 s, 5 s and 0.025 mm: 11.125 · layers, and 150 for the first ones.
 */
export function printTime(heightMm: number, printer: Printer): { layers: number; seconds: number } {
  // The sixth decimal: 3.5 mm + 7 mm are 420 layers, not 419.99999999999994.
  const exact = (heightMm + printer.elevationMm + printer.padMm) / printer.layerMm;
  const layers = Math.floor(Math.round(exact * 1e6) / 1e6);
  const aLayer = printer.exposureSeconds + printer.tiltSeconds + printer.secondsPerLayerMm * printer.layerMm;
  return { layers, seconds: layers * aLayer + printer.fixedSeconds };
}

/** Pieces in rows, turned to whichever side of the plate takes more of them. */
function plateful([length, width]: readonly [number, number], { plateMm, gapMm }: Printer): number {
  const along = (plate: number, piece: number) => Math.floor((plate + gapMm) / (piece + gapMm));
  return Math.max(
    along(plateMm[0], length) * along(plateMm[1], width),
    along(plateMm[0], width) * along(plateMm[1], length),
  );
}
