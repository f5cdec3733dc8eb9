import type { LocalSettings } from './settings.ts';

/** What a newcomer reads when everything is ready. */
export function welcome(
  kind: 'embedded' | 'full',
  url: string,
  settings: LocalSettings,
  seconds: number,
): string {
  return `
Alexandrite is ready after ${seconds} s:  ${url}

  Pages     ${url}/shop  /seller  /operator  /partner  /playground
  Graph     ${url}/graphql
  Sign in   on a page, as one of the demonstration's people; or with a token:
            npm run --silent token -- --role customer      (customer-1, partner-1, operator-1, seller-1, admin-1)
  Try       1. ${url}/shop: sign in as customer-1, upload an STL and watch its price arrive
            2. ${url}/seller: approve what has been accepted
            3. ${url}/operator: take work from the live dashboard
  Data      ${settings.dataDir}
  Servers   ${servers(kind, settings)};
            a URL in DATABASE_URL_SHOP, _CRM, _MES, NATS_URL or REDIS_URL is used instead

Ctrl-C stops everything.
`;
}

/** Which server is whose, by the one rule. */
function servers(kind: 'embedded' | 'full', { given }: LocalSettings): string {
  const elsewhere = Object.entries(given.databases).flatMap(([name, url]) => (url ? [name] : []));
  const own = kind === 'full' ? 'its own' : 'in this process';
  return [
    `PostgreSQL ${elsewhere.length > 0 ? `given for ${elsewhere.join(', ')}` : 'its own'}`,
    `${kind === 'full' ? 'NATS' : 'bus and files'} ${given.natsUrl ? 'given' : own}`,
    `${kind === 'full' ? 'Redis' : 'cache'} ${given.redisUrl ? 'given' : own}`,
  ].join(', ');
}
