import { createSecretKey } from 'node:crypto';
import { signToken } from '@alexandrite/auth/token';
import { openLocalBus } from '@alexandrite/bus/local';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { plannerNames } from '../src/planner/planner.ts';
import { type Federation, startFederation } from './federation.ts';
import { connect, subscribe } from './socket-client.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

const secret = 'a secret of the tests, long enough';
const bearer = async (claims: Record<string, unknown>) =>
  `Bearer ${await signToken(createSecretKey(Buffer.from(secret)), { sub: 'ada', role: 'reader', ...claims }, 600)}`;

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@shareable", "@authenticated", "@requiresScopes", "@policy"])`;

interface Ref {
  id: string;
}
const person = (id: string) => ({ __typename: 'Person', id });
const things = [person('p1'), { __typename: 'Vault', id: 'v1' }, { __typename: 'Shelf', id: 's1' }];

const graph: SubgraphDefinition[] = [
  {
    name: 'people',
    sdl: `
      ${link}
      type Query {
        person(id: ID!): Person
        people: [Person!]!
        me: Person @authenticated
        strict: Strict!
        things: [Thing!]!
        any: [Any!]!
        safe: Safe
        secretCode: Secret
        grade: Grade
      }
      type Mutation { open: Int  burn: Int @requiresScopes(scopes: [["burn"]]) }
      type Person implements Thing @key(fields: "id") {
        id: ID!
        name: String!
        mail: String @authenticated
        salary: Int @requiresScopes(scopes: [["pay:read", "people:read"], ["admin"]])
        diary: String! @requiresScopes(scopes: [["diary:read"]])
        vote: String @policy(policies: [["citizen", "adult"], ["judge"]])
        friend: Person
        best: Person @requiresScopes(scopes: [["people:read"]])
      }
      interface Thing { id: ID! }
      type Vault implements Thing @key(fields: "id") {
        id: ID! @requiresScopes(scopes: [["vault:read"]])
        gold: Int @requiresScopes(scopes: [["vault:read"]])
      }
      type Safe @requiresScopes(scopes: [["vault:read"]]) { gold: Int }
      type Shelf implements Thing @key(fields: "id") { id: ID!  books: Int @authenticated }
      union Any = Person | Safe | Shelf
      scalar Secret @authenticated
      enum Grade @authenticated { GOOD BAD }
      type Strict { sure: String! @authenticated  other: Int }
    `,
    resolvers: {
      Query: {
        person: (_: unknown, { id }: Ref) => person(id),
        people: () => [person('p1'), person('p2')],
        me: () => person('p1'),
        strict: () => ({ sure: 'sure', other: 1 }),
        things: () => things,
        any: () => [things[0], { __typename: 'Safe', gold: 6 }, things[2]],
        safe: () => ({ gold: 6 }),
        secretCode: () => '007',
        grade: () => 'GOOD',
      },
      Mutation: { open: () => 1, burn: () => 2 },
      Person: {
        __resolveReference: ({ id }: Ref) => person(id),
        name: ({ id }: Ref) => `name ${id}`,
        mail: ({ id }: Ref) => `${id}@mail`,
        salary: () => 100,
        diary: () => 'dear diary',
        vote: () => 'yes',
        friend: ({ id }: Ref) => (id === 'p1' ? person('p2') : null),
        best: () => person('p2'),
      },
      Vault: { __resolveReference: ({ id }: Ref) => ({ id }), gold: () => 5 },
      Shelf: { __resolveReference: ({ id }: Ref) => ({ id }), books: () => 7 },
    },
  },
  {
    name: 'work',
    sdl: `
      ${link}
      type Query { offices: Int }
      type Person @key(fields: "id") { id: ID!  office: String!  badge: String @requiresScopes(scopes: [["badge"]]) }
    `,
    resolvers: {
      Query: { offices: () => 3 },
      Person: {
        __resolveReference: ({ id }: Ref) => ({ id }),
        office: ({ id }: Ref) => `office ${id}`,
        badge: ({ id }: Ref) => `badge ${id}`,
      },
    },
  },
];

const denied = (...path: (string | number)[]) => ({
  message: 'Unauthorized field or type',
  path,
  locations: expect.arrayContaining([{ line: expect.any(Number), column: expect.any(Number) }]),
  extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
});

describe.each(plannerNames)('what callers may see, planned by %s', (planner) => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(graph, {
      settings: { planner, auth: { sharedSecret: secret, policiesClaim: 'policies' } },
    });
  });
  beforeEach(() => {
    for (const { seen } of Object.values(federation.subgraphs)) seen.length = 0;
  });
  afterAll(async () => {
    await federation?.[Symbol.asyncDispose]();
  });
  const ask = async (query: string, claims?: Record<string, unknown>, variables = {}) =>
    federation.ask(query, variables, claims ? { authorization: await bearer(claims) } : {});
  const asked = () =>
    Object.values(federation.subgraphs)
      .flatMap(({ seen }) => seen.map(({ query }) => query))
      .join('\n');

  test('nobody in particular sees what needs nothing', async () => {
    expect(await ask('{ person(id: "p1") { name office } me { name mail } }')).toEqual({
      status: 200,
      data: { person: { name: 'name p1', office: 'office p1' }, me: null },
      errors: [denied('me')],
    });
    expect(asked()).not.toMatch(/\bme\b|mail/);
  });

  test('a token is enough where no more is asked', async () => {
    expect(await ask('{ me { mail } secretCode grade }', {})).toEqual({
      status: 200,
      data: { me: { mail: 'p1@mail' }, secretCode: '007', grade: 'GOOD' },
    });
    expect(await ask('{ secretCode grade }')).toEqual({
      status: 200,
      data: { secretCode: null, grade: null },
      errors: [denied('grade'), denied('secretCode')],
    });
  });

  test.each<[string, Record<string, unknown>, boolean]>([
    ['one of two', { scope: 'pay:read' }, false],
    ['both', { scope: 'people:read pay:read' }, true],
    ['both, as a list', { scp: ['pay:read', 'people:read'] }, true],
    ['the other way', { scopes: ['admin'] }, true],
    ['another one', { scope: 'administrator' }, false],
    ['what is no word', { scope: { admin: true } }, false],
  ])('scopes: %s', async (_, claims, allowed) => {
    const { data, errors } = await ask('{ person(id: "p1") { pay: salary } }', claims);
    expect(data).toEqual({ person: { pay: allowed ? 100 : null } });
    expect(errors).toEqual(allowed ? undefined : [denied('person', 'pay')]);
  });

  test('policies come from a claim', async () => {
    const query = '{ person(id: "p1") { vote } }';
    expect(await ask(query, { policies: ['adult'] })).toMatchObject({ data: { person: { vote: null } } });
    expect(await ask(query, { policies: 'adult citizen' })).toMatchObject({
      data: { person: { vote: 'yes' } },
    });
    expect(await ask(query, { policies: ['judge'] })).toMatchObject({ data: { person: { vote: 'yes' } } });
  });

  test('aliases, fragments and conditions change nothing', async () => {
    const query = `query ($yes: Boolean!) {
      person(id: "p1") { ...P x: friend { ...P } ... @include(if: $yes) { y: mail } mail @skip(if: $yes) }
    }
    fragment P on Person { a: mail badge ... { b: salary n: name } }`;
    const person = { a: null, badge: null, b: null };
    expect(await ask(query, undefined, { yes: true })).toEqual({
      status: 200,
      data: { person: { ...person, n: 'name p1', x: { ...person, n: 'name p2' }, y: null } },
      errors: [
        denied('person', 'a'),
        denied('person', 'b'),
        denied('person', 'badge'),
        denied('person', 'x', 'a'),
        denied('person', 'x', 'b'),
        denied('person', 'x', 'badge'),
        denied('person', 'y'),
      ],
    });
    expect(asked()).not.toMatch(/mail|badge|salary/);
    // Nothing is left to be asked of the other subgraph.
    expect(federation.subgraphs.work!.seen).toEqual([]);
    expect(await ask(query, { scope: 'badge' }, { yes: false })).toEqual({
      status: 200,
      data: {
        person: {
          a: 'p1@mail',
          badge: 'badge p1',
          b: null,
          n: 'name p1',
          x: { a: 'p2@mail', badge: 'badge p2', b: null, n: 'name p2' },
          mail: 'p1@mail',
        },
      },
      errors: [denied('person', 'b'), denied('person', 'x', 'b')],
    });
  });

  test('what may not be null takes its parent with it', async () => {
    expect(await ask('{ people { name } strict { sure other } }')).toEqual({
      status: 200,
      data: null,
      errors: [denied('strict', 'sure')],
    });
    expect(await ask('{ person(id: "p1") { name friend { name diary } } }')).toEqual({
      status: 200,
      data: { person: { name: 'name p1', friend: null } },
      errors: [denied('person', 'friend', 'diary')],
    });
    const { data, errors } = await ask('{ people { diary } }', { scope: 'diary:read' });
    expect([data, errors]).toEqual([
      { people: [{ diary: 'dear diary' }, { diary: 'dear diary' }] },
      undefined,
    ]);
  });

  test('lists say it at each place, and where it is asked for', async () => {
    const locations = [
      { line: 1, column: 12 },
      { line: 2, column: 2 },
    ];
    expect(await ask('{ people { salary\n salary } }')).toEqual({
      status: 200,
      data: { people: [{ salary: null }, { salary: null }] },
      errors: [0, 1].map((index) => ({ ...denied('people', index, 'salary'), locations })),
    });
  });

  test('an interface asks for what any of its types asks for, a fragment for its own', async () => {
    const things =
      '{ things { __typename ... on Shelf { id books } ... on Person { id } ... on Vault { gold } } }';
    expect(await ask(things)).toEqual({
      status: 200,
      data: {
        things: [
          { __typename: 'Person', id: 'p1' },
          { __typename: 'Vault', gold: null },
          { __typename: 'Shelf', id: 's1', books: null },
        ],
      },
      errors: [denied('things', 1, 'gold'), denied('things', 2, 'books')],
    });
    expect(asked()).not.toMatch(/gold|books/);
    expect(await ask('{ things { id } }')).toMatchObject({
      data: null,
      errors: [0, 1, 2].map((index) => denied('things', index, 'id')),
    });
    expect(await ask('{ things { id } }', { scope: 'vault:read' })).toMatchObject({
      data: { things: [{ id: 'p1' }, { id: 'v1' }, { id: 's1' }] },
    });
  });

  test('a union hides the types that are denied', async () => {
    expect(await ask('{ any { ... on Safe { gold } ... on Person { name } } }')).toEqual({
      status: 200,
      data: { any: [{ name: 'name p1' }, { gold: null }, {}] },
      errors: [denied('any', 1, 'gold')],
    });
    expect(await ask('{ safe { gold } }')).toMatchObject({ data: { safe: null }, errors: [denied('safe')] });
  });

  test('mutations that are denied are not run, others are', async () => {
    expect(await ask('mutation { open burn }')).toMatchObject({ data: { open: 1, burn: null } });
    expect(asked()).not.toContain('burn');
    expect(await ask('mutation { burn }', { scope: 'burn' })).toMatchObject({ data: { burn: 2 } });
  });

  test('one operation is kept for all, and each gets his own', async () => {
    const query = '{ person(id: "p1") { mail salary badge } }';
    const answers = await Promise.all(
      [undefined, {}, { scope: 'admin' }, { scope: 'badge' }, { scope: 'admin badge' }, undefined].map(
        (claims) => ask(query, claims),
      ),
    );
    expect(answers.map(({ data }) => Object.values((data as { person: object }).person))).toEqual([
      [null, null, null],
      ['p1@mail', null, null],
      ['p1@mail', 100, null],
      ['p1@mail', null, 'badge p1'],
      ['p1@mail', 100, 'badge p1'],
      [null, null, null],
    ]);
  });
});

test('an operation can be refused as a whole', async () => {
  await using federation = await startFederation(graph, {
    settings: { auth: { sharedSecret: secret, rejectUnauthorized: true } },
  });
  const answer = await federation.ask('{ person(id: "p1") { name mail } }');
  expect(answer).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }] });
  expect(answer).not.toHaveProperty('data.person');
  expect(federation.subgraphs.people!.seen).toEqual([]);
  expect(await federation.ask('{ person(id: "p1") { name } }')).toMatchObject({ data: { person: {} } });
});

test('the scopes can be in another claim', async () => {
  await using federation = await startFederation(graph, {
    settings: { auth: { sharedSecret: secret, scopesClaim: 'rights' } },
  });
  const query = '{ person(id: "p1") { badge } }';
  const told = async (claims: Record<string, unknown>) =>
    (await federation.ask(query, {}, { authorization: await bearer(claims) })).data;
  expect(await told({ rights: ['badge'] })).toEqual({ person: { badge: 'badge p1' } });
  expect(await told({ scope: 'badge' })).toEqual({ person: { badge: null } });
});

describe('subscriptions', () => {
  const events = `
    extend schema
      @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@composeDirective", "@requiresScopes"])
      @link(url: "https://specs.alexandrite.example/events/v1.0", import: ["@natsSubscribe"])
      @composeDirective(name: "@natsSubscribe")
    directive @natsSubscribe(subjects: [String!]!, providerId: String! = "default", snapshot: String, position: String) on FIELD_DEFINITION
    type Subscription {
      hired: Hired @natsSubscribe(subjects: ["hired"])
      fired: Hired @natsSubscribe(subjects: ["fired"]) @requiresScopes(scopes: [["fire"]])
    }
    type Hired { person: Person!  wage: Int @requiresScopes(scopes: [["admin"]]) }
    type Person @key(fields: "id", resolvable: false) { id: ID! }`;

  test('tell each subscriber what he may see, and refuse what he may not hear', async () => {
    const bus = await openLocalBus({ log: memoryLog().log });
    const limits = { maxAgeMs: 600_000, maxMessages: 1_000, duplicateWindowMs: 60_000, kind: 'log' as const };
    await bus.ensureStreams([{ name: 'PEOPLE', subjects: ['hired', 'fired'], ...limits }]);
    await using federation = await startFederation(graph, {
      settings: { auth: { sharedSecret: secret } },
      virtual: [{ name: 'events', sdl: events }],
      ports: { bus },
    });
    const client = async (claims: Record<string, unknown>) =>
      connect(federation.url, { connectionParams: { authorization: await bearer(claims) } });
    const query = 'subscription { hired { wage person { name badge salary } } }';
    await using clerk = subscribe(await client({ scope: 'badge' }), query);
    await using boss = subscribe(await client({ scope: 'admin badge' }), query);
    const heard = Promise.all([clerk.next(), boss.next()]);
    let published = 0;
    let settled = false;
    void heard.finally(() => {
      settled = true;
    });
    while (!settled) {
      await bus.publish('hired', { person: { id: 'p1' }, wage: 9 }, { messageId: `m${published++}` });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const [clerks, bosses] = await heard;
    expect(clerks).toMatchObject({
      data: { hired: { wage: null, person: { name: 'name p1', badge: 'badge p1', salary: null } } },
      errors: [{ path: ['hired', 'wage'] }, { path: ['hired', 'person', 'salary'] }],
    });
    expect(bosses).toEqual({
      data: { hired: { wage: 9, person: { name: 'name p1', badge: 'badge p1', salary: 100 } } },
    });
    await using refused = subscribe(await client({}), 'subscription { fired { person { name } } }');
    expect(JSON.stringify(await refused.ended)).toContain('UNAUTHORIZED_FIELD_OR_TYPE');
    await bus[Symbol.asyncDispose]();
  });
});
