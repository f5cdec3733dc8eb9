import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { until } from '@alexandrite/e2e/harness/until';
import { openFolderFiles } from '@alexandrite/files/folder';
import type { PricingRequest, PricingResult } from '@alexandrite/schema/events';
import { afterEach, expect, test } from '@jest/globals';
import type { FromEngine } from '../../test/engine-process.ts';
import { binaryStl, cube, moved, torus } from '../../test/shapes.ts';
import { FolderStore } from '../identity/folder-store.ts';
import { Suspects } from './suspects.ts';

const folders: string[] = [];
const engines: ChildProcess[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'suspects-'));
  folders.push(folder);
  return folder;
}

const never = (error: unknown) => {
  throw error;
};

test('a model that ended three attempts gets no fourth, in any order and engine, until it is released', async () => {
  const folder = newFolder();
  const engine = () => new Suspects(new FolderStore({ folder }), never);
  expect((await engine().begin('model', 'one')).alone).toBe(false); // and its process is killed
  const second = await engine().begin('model', 'one');
  expect(second.alone).toBe(true);
  await second.ended('died');
  await (await engine().begin('model', 'two')).ended('died');
  await expect(engine().begin('model', 'one')).rejects.toMatchObject({ code: 'MODEL_QUARANTINED' });
  await expect(engine().begin('model', 'three')).rejects.toMatchObject({ code: 'MODEL_QUARANTINED' });
  expect((await engine().begin('another', 'four')).alone).toBe(false);
  await engine().release('model');
  expect((await engine().begin('model', 'five')).alone).toBe(false);
});

test('who was measured beside it is cleared, and who was stopped is not suspected', async () => {
  const suspects = new Suspects(new FolderStore({ folder: newFolder() }), never);
  await suspects.begin('innocent', 'one');
  const again = await suspects.begin('innocent', 'one');
  expect(again.alone).toBe(true);
  await again.ended('finished');
  await (await suspects.begin('innocent', 'two')).ended('stopped');
  expect((await suspects.begin('innocent', 'two')).alone).toBe(false);
});

test('a model whose process is killed three times is set aside, and others are priced meanwhile', async () => {
  const folder = newFolder();
  const files = await openFolderFiles(join(folder, 'files'));
  const store = async (bytes: Uint8Array) =>
    (await files.put(Readable.from([bytes]), { maxBytes: 1e9 })).sha256;
  // Uniting rings that cross each other takes seconds: long enough to be killed at.
  const rings = Array.from({ length: 10 }, (_, i) => moved(torus(10, 2, 150, 50), [i * 0.37, i * 0.11, 0]));
  const killer = request('killer', await store(binaryStl(rings.flat())));
  const innocent = request('innocent', await store(binaryStl(cube(7))));

  const first = await startEngine(folder);
  first.process.send(killer);
  await until('it is measured', async () => first.begun.has('killer'));
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');

  const second = await startEngine(folder);
  for (const time of [1, 2]) {
    const alone = await until(`it is measured alone, ${time}`, async () => childOf(second.process));
    if (time === 1) {
      second.process.send(innocent);
      await until('the other one is priced', async () => second.results.get('innocent'));
    }
    process.kill(alone, 'SIGKILL');
    await until('that is seen', async () => childOf(second.process) !== alone);
  }
  const result = await until('it is set aside', async () => second.results.get('killer'));
  expect(result).toMatchObject({ outcome: 'FAILED', code: 'MODEL_QUARANTINED' });
  expect(second.results.get('innocent')).toMatchObject({ outcome: 'CALCULATED' });
  expect(second.process.exitCode).toBeNull();
}, 180_000);

function request(id: string, modelSha256: string): PricingRequest {
  return {
    id,
    orderId: `order-${id}`,
    channel: 'B2C',
    modelSha256,
    filename: 'a.stl',
    alloy: 'SILVER_925',
    finish: 'RAW',
    quantity: 1,
    requestedAt: new Date().toISOString(),
  };
}

async function startEngine(folder: string) {
  const file = new URL('../../test/engine-process.ts', import.meta.url);
  const engine = fork(file, [folder], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  engines.push(engine);
  const begun = new Set<string>();
  const results = new Map<string, PricingResult>();
  let ready = false;
  engine.on('message', (said: FromEngine) => {
    if (said.kind === 'ready') ready = true;
    else if (said.kind === 'result') results.set(said.result.requestId, said.result);
    else begun.add(said.progress.requestId);
  });
  await until('the engine is ready', async () => ready);
  return { process: engine, begun, results };
}

/** The process that measures a model alone; undefined while there is none. */
function childOf({ pid }: ChildProcess): number | undefined {
  try {
    return Number(execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }).split('\n')[0]);
  } catch {
    return undefined; // pgrep found none
  }
}
