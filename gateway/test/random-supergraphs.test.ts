import { expect, test } from '@jest/globals';
import { plannerNames } from '../src/planner/planner.ts';
import { compare, printDifference } from './differential.ts';

/** Others, and more: `npm run fuzz:gateway -- --cases 5000 --seed 7`. */
const seed = Number(process.env.SEED ?? 100);
const supergraphs = 12;
const operations = 16;

test(`random supergraphs answer as one schema would (seed ${seed})`, async () => {
  let compared = 0;
  for (let next = seed; compared < supergraphs; next++) {
    const result = await compare(next, operations, plannerNames);
    if (!result) continue;
    compared++;
    expect(result.differences.map(printDifference)).toEqual([]);
  }
}, 180_000);
