import type { Closers } from '@alexandrite/lifecycle/closers';
import { runUntilSignal } from '@alexandrite/lifecycle/run-until-signal';
import { claimFolder, FolderTaken } from './claim-folder.ts';
import { offerDemoPeople } from './demo/people-file.ts';
import { portInUse } from './free-port.ts';
import { reachGiven } from './reach-given.ts';
import { type LocalSettings, publicUrl, readSettings } from './settings.ts';
import { StartRefused } from './start-refused.ts';
import { welcome } from './welcome.ts';

export interface PlatformRun {
  settings: LocalSettings;
  /** Whatever is opened is closed by it, last in first out. */
  closers: Closers;
  /** A line of progress, with the seconds since the start. */
  say: (line: string) => void;
  /** Aborted by a signal during the start: what takes long ends at the next step. */
  interrupted: AbortSignal;
}

/**
 * What every way to run the platform has in common: its folder and ports are its own, progress is shown, a newcomer is
 * told what to do, and a signal closes everything. `open` resolves with the public port when the platform serves.
 * Owns the process.
 */
export async function runPlatform(
  kind: 'embedded' | 'full',
  gateways: number,
  open: (run: PlatformRun) => Promise<number>,
): Promise<void> {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 100) / 10;
  const say = (line: string) => console.log(`[${seconds().toFixed(1).padStart(5)} s] ${line}`);
  const settings = readSettingsOrExit();
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

  const log = {
    info: (_: object, message: string) => say(message),
    error({ err }: { err?: unknown }, message: string) {
      if (err instanceof StartRefused || err instanceof FolderTaken) console.error(err.message);
      else if (err !== interruption.signal.reason)
        console.error(err instanceof Error ? `${message}: ${err.stack}` : message);
    },
  };
  await runUntilSignal(
    log,
    async (closers) => {
      const url = publicUrl(settings.host, settings.port);
      closers.use(claimFolder(settings.dataDir, { url, kind }), 'the data folder');
      await refusePortsInUse(settings, gateways);
      await reachGiven(settings);
      closers.use(await offerDemoPeople(settings), "the demonstration's people");
      const port = await open({ settings, closers, say, interrupted: interruption.signal });
      console.log(welcome(kind, publicUrl(settings.host, port), settings, seconds()));
    },
    { deadlineMs: 30_000 }, // 30 seconds: nine processes are asked to end in good order
  );
}

function readSettingsOrExit(): LocalSettings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

async function refusePortsInUse({ host, port }: LocalSettings, gateways: number): Promise<void> {
  if (port === 0) return; // any free one
  for (let wanted = port; wanted < port + gateways; wanted++)
    if (await portInUse(wanted, host))
      throw new StartRefused(`port ${wanted} is in use: stop what listens there, or set PORT to another`);
}
