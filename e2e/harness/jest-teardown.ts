import { rm } from 'node:fs/promises';
import './jest-setup.ts'; // declares the global that both share

/** Stops what `jest-setup` started, if any test asked for it. */
export default async function jestTeardown(): Promise<void> {
  const shared = globalThis.sharedPostgres;
  if (!shared) return;
  shared.starter.close();
  shared.starter.closeAllConnections();
  const postgres = await shared.postgres?.catch(() => undefined); // the test that asked has reported the failure
  await postgres?.[Symbol.asyncDispose]();
  if (shared.folder) await rm(shared.folder, { recursive: true, force: true });
}
