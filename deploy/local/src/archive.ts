/** `npm run archive`: moves orders that have been over for long out of the hot tables of the three databases. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { archiveOrders, leastDays } from '@alexandrite/baton/archive-orders';
import { SUPERUSER } from './cluster.ts';
import { databases, readSettings } from './settings.ts';

const help = `Usage: npm run archive -- [--after-days <n>]

  --after-days   orders that have been over for so many days, ${leastDays} at least; default 365

The databases are those of DATABASE_URL_SHOP, _CRM and _MES, else of the platform that runs in DATA_DIR.
`;

const afterDays = readDays();
const settings = readSettings(process.env);
for (const name of databases) {
  const url = settings.given.databases[name] ?? ofRunningCluster(settings.dataDir, name);
  if (!url) {
    console.error(`no database of ${name}: set DATABASE_URL_${name.toUpperCase()}, or start the platform`);
    process.exit(1);
  }
  console.log(`${name}: ${await archiveOrders({ url, afterDays })} orders archived`);
}

function readDays(): number {
  const { values } = parseArgs({
    options: { 'after-days': { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const days = Number(values['after-days'] ?? 365);
  if (!values.help && Number.isInteger(days) && days >= leastDays) return days;
  process.stdout.write(help);
  process.exit(values.help ? 0 : 2);
}

/** PostgreSQL writes its port into the fourth line of postmaster.pid. */
function ofRunningCluster(dataDir: string, database: string): string | undefined {
  for (const folder of [join(dataDir, 'full', 'postgres'), join(dataDir, 'postgres')]) {
    const [lock, password] = [join(folder, 'postmaster.pid'), join(folder, 'superuser-password')];
    if (!existsSync(lock) || !existsSync(password)) continue;
    const port = readFileSync(lock, 'utf8').split('\n')[3];
    return `postgresql://${SUPERUSER}:${readFileSync(password, 'utf8')}@127.0.0.1:${port}/${database}`;
  }
  return undefined;
}
