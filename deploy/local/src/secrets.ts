import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** AUTH_SECRET signs user tokens, GATEWAY_SECRET the gateway's word to the subgraphs, CURSOR_SECRET cursors. */
const names = ['AUTH_SECRET', 'GATEWAY_SECRET', 'CURSOR_SECRET'] as const;
export type Secrets = Readonly<Record<(typeof names)[number], string>>;

/**
 * The secrets of this installation: what the environment gives, else what was drawn once and kept in
 * `<folder>/secrets.json`, readable by its owner only. Throws a TypeError that names a broken one.
 */
export function readSecrets(folder: string, environment: NodeJS.ProcessEnv): Secrets {
  const given = names.filter((name) => environment[name]);
  const kept = given.length === names.length ? {} : keptSecrets(join(folder, 'secrets.json'));
  return Object.fromEntries(
    names.map((name) => {
      const secret = environment[name] || kept[name];
      if (typeof secret !== 'string' || Buffer.byteLength(secret) < 32)
        throw new TypeError(
          `${name}: expected at least 32 bytes${environment[name] ? '' : ` in ${folder}/secrets.json`}`,
        );
      return [name, secret];
    }),
  ) as Secrets;
}

function keptSecrets(file: string): Partial<Record<string, unknown>> {
  mkdirSync(join(file, '..'), { recursive: true });
  const fresh = Object.fromEntries(names.map((name) => [name, randomBytes(32).toString('base64url')]));
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600 });
  try {
    linkSync(own, file); // two that start at once agree: the second finds the first one's file
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}
