import { createSecretKey } from 'node:crypto';
import { request } from 'node:http';
import { signToken } from '@alexandrite/auth/token';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';

const secret = 'a secret of the tests, long enough';
const opened: Federation[] = [];
afterEach(async () => {
  for (const federation of opened.splice(0)) await federation[Symbol.asyncDispose]();
});

async function open(exposeQueryPlan: string | undefined, planner = 'hive'): Promise<Federation> {
  const federation = await startFederation(library, {
    settings: { exposeQueryPlan, planner, auth: { sharedSecret: secret, admin: { role: ['admin'] } } },
  });
  opened.push(federation);
  return federation;
}

const query = 'query Q($id: ID!) { book(id: $id) { title inStock author { born } } }';
const variables = { id: 'b1' };
const wanted = { 'apollo-expose-query-plan': 'true' };
const only = { 'apollo-expose-query-plan': 'only' };
const answer = { data: { book: { title: 'Emeralds', inStock: 3, author: { born: 1900 } } } };

describe('the plan of an operation', () => {
  test('is told to nobody who has not been named', async () => {
    const federation = await open(undefined);
    for (const headers of [wanted, only]) {
      expect(await federation.ask(query, variables, headers)).toEqual({ status: 200, ...answer });
    }
  });

  test.each(['hive', 'apollo'])(
    'of the planner %s stands beside the answer, or instead of it',
    async (planner) => {
      const federation = await open('loopback', planner);
      expect(await federation.ask(query, variables)).toEqual({ status: 200, ...answer });
      const shown = await federation.ask(query, variables, wanted);
      expect(shown).toMatchObject(answer);
      const { queryPlan } = shown.extensions as {
        queryPlan: { planner: string; text: string; plan: object };
      };
      expect(queryPlan).toMatchObject({ planner, plan: { kind: 'operation', root: expect.anything() } });
      expect(queryPlan.text).toMatch(
        /^QueryPlan \{\n {2}Sequence \{\n {4}Fetch\(service: "catalogue"\) \{\n/,
      );
      expect(queryPlan.text).toContain('Fetch(service: "shop")');
      expect(queryPlan.text).toMatch(/path: "book"|book /);
      const asked = Object.values(federation.subgraphs).map(({ seen }) => seen.length);
      const alone = await federation.ask(query, variables, only);
      expect(alone).toEqual({ status: 200, data: null, extensions: { queryPlan } });
      expect(Object.values(federation.subgraphs).map(({ seen }) => seen.length)).toEqual(asked);
    },
  );

  test('shows what comes later', async () => {
    const federation = await open('everybody');
    const { data, extensions } = await federation.ask(
      'query Q($id: ID!) { book(id: $id) { title ... @defer(label: "later") { inStock } } }',
      variables,
      only,
    );
    expect(data).toBeNull();
    const { queryPlan } = extensions as { queryPlan: { text: string; plan: unknown } };
    expect(queryPlan.plan).toHaveLength(1);
    expect(queryPlan.text).toMatch(
      /Fetch\(service: "catalogue"\)[\s\S]*Deferred\([\s\S]*Fetch\(service: "shop"\)/,
    );
  });

  test('says what is wrong with the operation or its variables as ever', async () => {
    const federation = await open('everybody');
    expect(await federation.ask(query, {}, only)).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(await federation.ask('{ nothing }', {}, only)).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
  });

  test('is for admins where it is for admins', async () => {
    const federation = await open('admins');
    const as = async (role: string) => ({
      authorization: `Bearer ${await signToken(createSecretKey(Buffer.from(secret)), { sub: 'ada', role }, 60)}`,
      ...wanted,
    });
    expect((await federation.ask(query, variables, await as('admin'))).extensions).toHaveProperty(
      'queryPlan',
    );
    expect((await federation.ask(query, variables, await as('customer'))).extensions).toBeUndefined();
    expect((await federation.ask(query, variables, wanted)).extensions).toBeUndefined();
  });

  test('on loopback is neither for a foreign name nor for what comes through a proxy', async () => {
    const { url } = await open('loopback');
    const { hostname, port } = new URL(url);
    const ask = (headers: Record<string, string>) =>
      new Promise<string>((resolve, reject) => {
        const all = { 'content-type': 'application/json', ...wanted, ...headers };
        request({ hostname, port, path: '/graphql', method: 'POST', headers: all }, (response) => {
          let text = '';
          response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text));
        })
          .on('error', reject)
          .end(JSON.stringify({ query, variables }));
      });
    expect(await ask({ host: `localhost:${port}` })).toContain('queryPlan');
    expect(await ask({ host: 'evil.example' })).not.toContain('queryPlan');
    expect(await ask({ 'x-forwarded-for': '1.2.3.4' })).not.toContain('queryPlan');
  });
});
