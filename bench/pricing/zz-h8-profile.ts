import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { defaultLimits } from '../../pricing-engine/src/limits.ts';
import { measureModel } from '../../pricing-engine/src/measure-model.ts';
import { fineRing } from './fine-ring.ts';

const file = process.argv[2] ?? '/tmp/h8/ring.stl';
if (!existsSync('/tmp/h8/ring.stl')) writeFileSync('/tmp/h8/ring.stl', fineRing(1_000_000).bytes);
const rounds = Number(process.argv[3] ?? 3);
for (let i = 0; i < rounds; i++) {
  const bytes = new Uint8Array(readFileSync(file));
  const steps: [string, number][] = [];
  const cpu = process.cpuUsage();
  const t = performance.now();
  let last = process.cpuUsage();
  let name = '';
  const mark = (s: string) => {
    const u = process.cpuUsage(last);
    if (name) steps.push([name, (u.user + u.system) / 1000]);
    last = process.cpuUsage();
    name = s;
  };
  const m = await measureModel(bytes, {
    limits: defaultLimits,
    onStep: mark,
    findKnown: async () => null,
  } as never);
  mark('');
  const u = process.cpuUsage(cpu);
  console.log(
    `wall ${(performance.now() - t).toFixed(0)} cpu ${((u.user + u.system) / 1000).toFixed(0)} user ${(u.user / 1000).toFixed(0)}`,
    steps.map(([s, v]) => `${s} ${v.toFixed(0)}`).join(' '),
    m.features.volumeMm3,
    m.trianglesHash.slice(0, 8),
    'rss',
    (process.memoryUsage().rss / 1e6).toFixed(0),
  );
}
