import { createServer } from 'node:net';

/**
 * Below what the kernel gives to outgoing connections (32768 and up on Linux): a port out of that range could be taken
 * by somebody's connection while the service behind it is restarting.
 */
const LOWEST = 20_000;
const HIGHEST = 32_767;
const ATTEMPTS = 200;

/** A TCP port that nobody on this machine listens on right now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (!(await portInUse(port))) return port;
  }
  throw new Error(`found no free port between ${LOWEST} and ${HIGHEST} in ${ATTEMPTS} attempts`);
}

/** Whether somebody already listens on this port. Rejects when the address is not ours or the port is forbidden. */
export function portInUse(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(true);
      else reject(error);
    });
    probe.listen(port, host, () => probe.close(() => resolve(false)));
  });
}
