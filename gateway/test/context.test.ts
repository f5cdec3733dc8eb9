import { createLog } from '@alexandrite/telemetry/log';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plannerNames } from '../src/planner/planner.ts';
import { loadSupergraph } from '../src/supergraph/supergraph.ts';
import { type Federation, startFederation } from './federation.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@context", "@fromContext"])`;

interface Ref {
  id: string;
}
const user = (id: string) => ({ __typename: 'User', id });
const currencies: Record<string, string | null> = { u1: 'EUR', u2: 'USD', u3: 'EUR', u4: null };
const shown = (what: object) => JSON.stringify(what);

/** The bank's fields take arguments from whomever the accounts and funds stand in. */
const bank: SubgraphDefinition[] = [
  {
    name: 'users',
    sdl: `
      ${link}
      type Query { users: [User!]!  user(id: ID!): User  groups: [Group] }
      type User @key(fields: "id") {
        id: ID!  currency: String  locale: Locale!  main: Account  accounts: [Account!]!  friends: [User!]!  team: Team
      }
      type Team @key(fields: "id") { id: ID! }
      type Locale { code: String!  region: String }
      type Group @key(fields: "id") { id: ID!  unit: String!  members: [User!]!  funds: [Fund] }
      type Account @key(fields: "id") { id: ID! }
      type Fund @key(fields: "id") { id: ID! }
    `,
    resolvers: {
      Query: {
        users: () => ['u1', 'u2', 'u3', 'u4'].map(user),
        user: (_: unknown, { id }: Ref) => user(id),
        groups: () => [{ id: 'g1' }, null, { id: 'g2' }],
      },
      User: {
        __resolveReference: ({ id }: Ref) => user(id),
        currency: ({ id }: Ref) => {
          if (id === 'u9') throw new Error('nobody knows the currency');
          return currencies[id];
        },
        locale: ({ id }: Ref) => ({ code: `code ${id}`, region: id === 'u2' ? null : 'north' }),
        main: ({ id }: Ref) => (id === 'u3' ? null : { id: 'a1' }),
        accounts: ({ id }: Ref) => [{ id: 'a1' }, { id: `a-${id}` }],
        friends: ({ id }: Ref) => (id === 'u1' ? [user('u2'), user('u3')] : [user('u1')]),
        team: () => ({ id: 't1' }),
      },
      Group: {
        __resolveReference: ({ id }: Ref) => ({ id }),
        unit: ({ id }: Ref) => `unit ${id}`,
        members: ({ id }: Ref) => (id === 'g1' ? [user('u1'), user('u2')] : []),
        funds: ({ id }: Ref) => [{ id: `f-${id}` }, null],
      },
    },
  },
  {
    name: 'bank',
    sdl: `
      ${link}
      type Account @key(fields: "id") {
        id: ID!
        balance(digits: Int = 2, currency: String @fromContext(field: "$user { currency }")): String!
        label(
          region: String @fromContext(field: "$user { locale { region } }")
          code: String @fromContext(field: "$user { locale { code } }")
        ): String
        sub: Account
      }
      type Fund @key(fields: "id") {
        id: ID!
        place(of: String @fromContext(field: "$holder ... on User { currency } ... on Group { unit }")): String
        inner: Fund
      }
      type Locale { code: String! @external  region: String @external }
      type Team @key(fields: "id") { id: ID!  account: Account }
      type Group @key(fields: "id") @context(name: "holder") { id: ID!  unit: String! @external  reserves: [Fund!]! }
      type User @key(fields: "id") @context(name: "user") @context(name: "holder") {
        id: ID!  currency: String @external  locale: Locale! @external  savings: [Account!]!  funds: [Fund]
      }
    `,
    resolvers: {
      Account: {
        __resolveReference: ({ id }: Ref) => ({ id }),
        balance: ({ id }: Ref, args: { currency?: string }) => {
          if (id === 'a-u3') throw new Error('no balance');
          return shown({ of: id, ...args });
        },
        label: ({ id }: Ref, args: object) => shown({ of: id, ...args }),
        sub: ({ id }: Ref) => ({ id: `${id}-sub` }),
      },
      Fund: {
        __resolveReference: ({ id }: Ref) => ({ id }),
        place: ({ id }: Ref, { of }: { of?: string }) => `${id} of ${of}`,
        inner: ({ id }: Ref) => ({ id: `${id}-inner` }),
      },
      Team: { __resolveReference: ({ id }: Ref) => ({ id }), account: () => ({ id: 'a-team' }) },
      User: {
        __resolveReference: ({ id }: Ref) => ({ id }),
        savings: ({ id }: Ref) => [{ id: `s-${id}` }],
        funds: ({ id }: Ref) => [{ id: `f-${id}` }],
      },
      Group: {
        __resolveReference: ({ id }: Ref) => ({ id }),
        reserves: ({ id }: Ref) => [{ id: `r-${id}` }],
      },
    },
  },
];

describe.each(plannerNames)('arguments from the context, where %s is asked to plan', (planner) => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(bank, { settings: { planner } });
  });
  afterAll(async () => {
    await federation?.[Symbol.asyncDispose]();
  });

  test('have the values of the objects around, which are different in one list', async () => {
    federation.subgraphs.bank!.seen.length = 0;
    const balance = (of: string, currency: string | null) => ({
      balance: shown({ of, digits: 2, currency }),
    });
    expect(await federation.ask('{ users { main { balance } savings { balance(digits: 3) } } }')).toEqual({
      status: 200,
      data: {
        users: [
          { main: balance('a1', 'EUR'), savings: [{ balance: '{"of":"s-u1","digits":3,"currency":"EUR"}' }] },
          { main: balance('a1', 'USD'), savings: [{ balance: '{"of":"s-u2","digits":3,"currency":"USD"}' }] },
          { main: null, savings: [{ balance: '{"of":"s-u3","digits":3,"currency":"EUR"}' }] },
          { main: balance('a1', null), savings: [{ balance: '{"of":"s-u4","digits":3,"currency":null}' }] },
        ],
      },
    });
    // One request for each value, whatever number of users have it.
    expect(federation.subgraphs.bank!.seen.length).toBe(6);
  });

  test('can be several for one field, from objects within', async () => {
    expect(
      await federation.ask('{ user(id: "u2") { code: currency accounts { label sub { label balance } } } }'),
    ).toEqual({
      status: 200,
      data: {
        user: {
          code: 'USD',
          accounts: ['a1', 'a-u2'].map((of) => ({
            label: shown({ of, region: null, code: 'code u2' }),
            sub: {
              label: shown({ of: `${of}-sub`, region: null, code: 'code u2' }),
              balance: shown({ of: `${of}-sub`, digits: 2, currency: 'USD' }),
            },
          })),
        },
      },
    });
  });

  test('come from the nearest object that has the context, of whichever type', async () => {
    const place = (fund: string, holder: string) => `${fund} of ${holder}`;
    expect(
      await federation.ask(
        '{ groups { funds { place } reserves { place inner { place } } members { funds { place } } } }',
      ),
    ).toEqual({
      status: 200,
      data: {
        groups: [
          {
            funds: [{ place: place('f-g1', 'unit g1') }, null],
            reserves: [{ place: place('r-g1', 'unit g1'), inner: { place: place('r-g1-inner', 'unit g1') } }],
            members: [
              { funds: [{ place: place('f-u1', 'EUR') }] },
              { funds: [{ place: place('f-u2', 'USD') }] },
            ],
          },
          null,
          {
            funds: [{ place: place('f-g2', 'unit g2') }, null],
            reserves: [{ place: place('r-g2', 'unit g2'), inner: { place: place('r-g2-inner', 'unit g2') } }],
            members: [],
          },
        ],
      },
    });
  });

  test('are those of each place at which one entity stands', async () => {
    expect(
      await federation.ask(
        '{ users { team { id account { balance } } friends { team { account { balance } } } } }',
      ),
    ).toMatchObject({
      data: {
        users: ['EUR', 'USD', 'EUR', null].map((currency, index) => ({
          team: { id: 't1', account: { balance: shown({ of: 'a-team', digits: 2, currency }) } },
          friends: (index === 0 ? ['USD', 'EUR'] : ['EUR']).map((of) => ({
            team: { account: { balance: shown({ of: 'a-team', digits: 2, currency: of }) } },
          })),
        })),
      },
    });
  });

  test('leave a client’s variable of such a name alone', async () => {
    const query = 'query ($contextualArgument_1_0: ID!) { user(id: $contextualArgument_1_0) { id } }';
    expect(await federation.ask(query, { contextualArgument_1_0: 'u1' })).toMatchObject({
      data: { user: { id: 'u1' } },
    });
  });

  test('tell errors at each place', async () => {
    const { data, errors } = await federation.ask('{ users { accounts { balance } } }');
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ message: 'no balance', path: ['users', 2, 'accounts', 1, 'balance'] }]);
    federation.subgraphs.bank!.intercept = async () => ({ status: 503, body: '' });
    try {
      const failed = await federation.ask('{ users { main { id label } } }');
      expect(failed.data).toMatchObject({
        users: [{ main: { id: 'a1', label: null } }, {}, { main: null }, {}],
      });
      expect(failed.errors?.map(({ path }) => path)).toContainEqual(['users']);
    } finally {
      delete federation.subgraphs.bank!.intercept;
    }
  });
});

test('where Hive’s planner is asked for, Apollo’s plans, and one line says why', async () => {
  await using federation = await startFederation(bank);
  const entries: unknown[] = [];
  const log = createLog({ service: 'test', level: 'silent' });
  log.warn = ((entry: unknown) => entries.push(entry)) as typeof log.warn;
  const { planner } = await loadSupergraph(federation.supergraphSdl, log, 'hive');
  expect(planner.name).toBe('apollo');
  expect(entries).toEqual([
    expect.objectContaining({ wanted: 'hive', reason: expect.stringContaining('@fromContext') }),
  ]);
});
