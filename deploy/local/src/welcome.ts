import type { LocalSettings } from './settings.ts';

/** What a newcomer reads when everything is ready. */
export function welcome(url: string, settings: LocalSettings, seconds: number): string {
  const { given } = settings;
  const outside = [
    ...Object.entries(given.databases).flatMap(([name, value]) => (value ? [`database ${name}`] : [])),
    ...(given.natsUrl ? ['NATS'] : []),
    ...(given.redisUrl ? ['Redis'] : []),
  ];
  const rule = outside.length > 0 ? `given: ${outside.join(', ')}; the rest embedded` : 'all of it embedded';
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
  Servers   ${rule}: a URL in DATABASE_URL_SHOP, _CRM, _MES, NATS_URL or REDIS_URL is used,
            what has none runs in here

Ctrl-C stops everything.
`;
}
