import type { Table } from '../src/bench.ts';
import { median, rounded } from '../src/statistics.ts';
import type { Volumes } from './collection.ts';
import type { Judged } from './hostile.ts';
import { offBy, type PrintTime } from './print-times.ts';
import type { Ring } from './rings.ts';

export interface Measured {
  rings: readonly Ring[];
  prints: readonly PrintTime[] | null;
  volumes: Volumes | null;
  hostile: Judged;
}

/** What was to be reached, and whether it was: a line each, and `–` where it was not measured. */
export function goalTable({ rings, prints, volumes, hostile }: Measured): Table {
  const largest = rings.reduce((one, other) => (other.triangles > one.triangles ? other : one));
  const usual = rings.find(({ triangles }) => triangles > 50_000 && triangles < 200_000) ?? largest;
  const took = (ring: Ring, name: string) => (ring.took[name] ? median(ring.took[name]) : null);
  const ratio = took(largest, 'ours')! / took(largest, 'admesh')!;
  const prusa = took(largest, 'prusaTilted');
  const faster = prusa === null ? null : prusa / took(largest, 'ours')!;
  const same = took(usual, 'sameFile')!;
  const turned = took(usual, 'turned')!;
  const off = prints && Math.max(...prints.map(({ seconds }) => offBy(seconds)));
  const { outcomes, right, worstMs, peakMb } = hostile;
  const isSafe = right === outcomes.length && worstMs < 5000 && peakMb < 1000;
  const row = (goal: string, limit: string, found: string | null, isReached: boolean) =>
    [goal, limit, found ?? '–', found === null ? '–' : isReached ? 'yes' : 'no'] as const;
  const count = (ring: Ring) => `${ring.triangles.toLocaleString('en')} triangles`;
  return {
    title: 'goals',
    head: ['what', 'at most', 'found', 'reached'],
    rows: [
      row(`${count(largest)}, ours ÷ admesh`, '1.5', String(rounded(ratio)), ratio <= 1.5),
      row(
        `${count(largest)}, PrusaSlicer at 60° ÷ ours`,
        'at least 20',
        faster === null ? null : String(rounded(faster)),
        (faster ?? 0) >= 20,
      ),
      row(`the same file again, ${count(usual)}`, '20 ms', `${rounded(same)} ms`, same < 20),
      row(`turned and moved, ${count(usual)}`, '150 ms', `${rounded(turned)} ms`, turned < 150),
      row(
        'seconds of a print against PrusaSlicer',
        '1 %',
        off === null ? null : `${(off * 100).toFixed(2)} %`,
        (off ?? 1) <= 0.01,
      ),
      row(
        'volumes within 0.1 %',
        'all',
        volumes && `${volumes.right} of ${volumes.judged}`,
        volumes?.right === volumes?.judged,
      ),
      row(
        'files, hostile ones among them',
        'all right, 5 s, 1000 MB',
        `${right} of ${outcomes.length}, ${rounded(worstMs)} ms, ${rounded(peakMb)} MB`,
        isSafe,
      ),
    ],
  };
}
