import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { signToken } from '@alexandrite/auth/token';
import type { Role } from '@alexandrite/auth/viewer';
import { isLoopback, type LocalSettings } from '../settings.ts';

const TTL_SECONDS = 43_200; // 12 hours
const RENEW_MS = 3_600_000; // every hour, so that a page never gets one that is about to run out

const people: readonly { role: Role; sub: string; name: string }[] = [
  { role: 'customer', sub: 'customer-1', name: 'Anna Orlova' },
  { role: 'customer', sub: 'customer-2', name: 'Пётр Соколов' },
  { role: 'partner', sub: 'partner-1', name: 'Atelier Beryl' },
  { role: 'partner', sub: 'partner-2', name: 'Уральский самоцвет' },
  { role: 'seller', sub: 'seller-1', name: 'Вера Демидова' },
  { role: 'operator', sub: 'operator-1', name: 'Илья Громов' },
  { role: 'operator', sub: 'operator-2', name: 'Ada Kowalska' },
  { role: 'admin', sub: 'admin-1', name: 'Nina Alexandrova' },
];

/**
 * Writes `<data>/demo/people.json`: whom the pages offer to sign in as, with tokens that are kept fresh until disposed.
 * Only where nobody but this machine can reach the platform, since whoever reads it is everybody.
 */
export async function offerDemoPeople(settings: LocalSettings): Promise<Disposable> {
  const folder = join(settings.dataDir, 'demo');
  const file = join(folder, 'people.json');
  mkdirSync(folder, { recursive: true });
  if (!isLoopback(settings.host) || !settings.demoData) {
    rmSync(file, { force: true });
    return { [Symbol.dispose]: () => undefined };
  }
  const key = sharedKey(settings.secrets.AUTH_SECRET, 'AUTH_SECRET');
  const write = async () => {
    const withTokens = people.map(async (person) => {
      return { ...person, token: await signToken(key, { sub: person.sub, role: person.role }, TTL_SECONDS) };
    });
    writeFileSync(`${file}.new`, JSON.stringify(await Promise.all(withTokens)), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  await write();
  const renewal = setInterval(() => void write(), RENEW_MS).unref();
  return {
    [Symbol.dispose]() {
      clearInterval(renewal);
      rmSync(file, { force: true });
    },
  };
}
