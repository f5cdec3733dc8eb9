import { expect, test } from '@jest/globals';
import { Metrics } from './metrics.ts';

test('durations read like a histogram of the library, whatever was counted', async () => {
  const [ours, theirs] = [new Metrics('s'), new Metrics('s')];
  const configuration = { name: 'a_seconds', help: 'Help.', labelNames: ['kind', 'how'] as const };
  const durations = ours.durations({ ...configuration, buckets: [0.1, 1, 10] });
  const histogram = theirs.histogram({
    ...configuration,
    labelNames: [...configuration.labelNames],
    buckets: [0.1, 1, 10],
  });
  const counted: [{ kind: string; how: string }, number][] = [
    [{ kind: 'query', how: 'ok' }, 0.05],
    [{ kind: 'query', how: 'ok' }, 0.1],
    [{ kind: 'query', how: 'ok' }, 5],
    [{ kind: 'mutation', how: 'a "bad" one' }, 20],
    [{ kind: 'mutation', how: 'a "bad" one' }, 0],
  ];
  for (const [labels, seconds] of counted) {
    durations.series(labels)(seconds);
    histogram.observe(labels, seconds);
  }
  const linesOf = async (metrics: Metrics) =>
    (await metrics.text())
      .split('\n')
      .filter((line) => line.includes('a_seconds'))
      .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => labels.split(',').sort().join()));
  expect(await linesOf(ours)).toEqual(await linesOf(theirs));
});
