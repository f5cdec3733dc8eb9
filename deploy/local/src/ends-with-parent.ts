import { spawnSync } from 'node:child_process';

let offered: boolean | undefined;

/**
 * What to put before a command so that the kernel sends it this signal when the process that started it dies, even of
 * kill -9. Empty where the kernel or util-linux do not offer it; then the next start ends what was left.
 */
export function endsWithParent(signal: 'INT' | 'TERM'): string[] {
  offered ??= spawnSync('setpriv', ['--pdeathsig', 'INT', 'true'], { stdio: 'ignore' }).status === 0;
  return offered ? ['setpriv', '--pdeathsig', signal] : [];
}
