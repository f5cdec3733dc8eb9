import { expect, test } from '@jest/globals';
import { fuzz } from '../../test/fuzz/fuzz.ts';

test('mutated files of all formats are measured or refused, none crashes or hangs', async () => {
  const { inputs, codes, failures, grownMb } = await fuzz(1, 1501);
  expect(failures).toEqual([]);
  expect(inputs).toBe(1500);
  expect(grownMb).toBeLessThan(1_024);
  // It is the readers that are tried: most inputs get past the question what format it is.
  expect(codes.MEASURED).toBeGreaterThan(100);
  expect((codes.FORMAT_UNKNOWN ?? 0) / inputs).toBeLessThan(0.3);
  expect(Object.keys(codes).length).toBeGreaterThan(8);
}, 120_000); // 2 minutes: a few seconds on a machine of one's own
