/** `npm run bench -- <name>`: a table for people, then one line of JSON. */
import { cpus, loadavg } from 'node:os';
import { type Bench, BenchRefused } from './bench.ts';
import { installPeers } from './peers.ts';
import { printTable } from './print-table.ts';
import { isThere } from './programs.ts';
import { say } from './progress.ts';

/** Loaded when asked for: one benchmark's imports must not be another's start-up time. */
const benches: Record<string, () => Promise<{ bench: Bench }>> = {
  gateway: () => import('../gateway/gateway.ts'),
  subscriptions: () => import('../subscriptions/subscriptions.ts'),
  memory: () => import('../gateway/memory.ts'),
  orders: () => import('../orders/orders.ts'),
  moves: () => import('../orders/moves.ts'),
  pushes: () => import('../orders/pushes.ts'),
  pricing: () => import('../pricing/pricing.ts'),
};

async function help(): Promise<string> {
  const lines = ['npm run bench -- <name> [flags]', ''];
  for (const [name, load] of Object.entries(benches)) {
    const { summary, usage, programs } = (await load()).bench;
    const needs = programs.length > 0 ? ` (needs ${programs.join(', ')})` : '';
    lines.push(`${name}: ${summary}${needs}`, ...usage.split('\n').map((line) => `    ${line}`), '');
  }
  lines.push('The table and, as the last line, JSON are on stdout; progress is on stderr.');
  return `${lines.join('\n')}\n`;
}

function refuseMissing(programs: readonly string[]): void {
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length > 0)
    throw new BenchRefused(`missing: ${missing.join(', ')}. On Debian: apt-get install ${missing.join(' ')}`);
}

async function run(name: string, { bench }: { bench: Bench }, argv: string[]): Promise<void> {
  refuseMissing(bench.programs);
  if (bench.peers) await installPeers();
  const loadBefore = loadavg()[0]!;
  const at = new Date().toISOString();
  const { tables, figures } = await bench.run(argv);
  const [cpu] = cpus();
  const machine = {
    cpus: cpus().length,
    cpu: cpu?.model ?? 'unknown',
    node: process.version,
    loadBefore: Number(loadBefore.toFixed(2)),
    loadAfter: Number(loadavg()[0]!.toFixed(2)),
  };
  for (const table of tables) process.stdout.write(printTable(table));
  process.stdout.write(
    `\n${machine.cpus} × ${machine.cpu}, Node ${machine.node}; load ${machine.loadBefore} before, ${machine.loadAfter} after\n\n`,
  );
  process.stdout.write(`${JSON.stringify({ bench: name, at, machine, ...figures })}\n`);
}

const [name, ...argv] = process.argv.slice(2);
try {
  const load = name === undefined ? undefined : benches[name];
  if (name === undefined || name === '--help' || name === '-h') process.stdout.write(await help());
  else if (!load)
    throw new BenchRefused(`there is no benchmark "${name}", but ${Object.keys(benches).join(', ')}`);
  else if (argv.includes('--help')) process.stdout.write(`${(await load()).bench.usage}\n`);
  else await run(name, await load(), argv);
} catch (error) {
  const plain =
    error instanceof BenchRefused || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  say(plain ? (error as Error).message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
}
