import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';

/** The audits of the reference implementation of GraphQL over HTTP. */
describe.each([true, false])('GraphQL over HTTP, with the direct way: %s', (directWay) => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(library, { settings: { directWay } });
  });
  afterAll(async () => {
    await federation?.[Symbol.asyncDispose]();
  });

  const audits = serverAudits({ url: () => `${federation.url}/graphql`, fetchFn: fetch });

  test('there are 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_, audit) => {
    // The first time an operation is compiled, from then on it is known.
    for (let i = 0; i < 2; i++) expect(await audit.fn()).toMatchObject({ status: 'ok' });
  });
});
