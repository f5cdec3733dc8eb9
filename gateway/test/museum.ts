import {
  buildSchema,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
  printSchema,
} from 'graphql';
import type { SubgraphDefinition } from './subgraph-server.ts';

/**
 * A graph whose every value follows from an id, so that one schema without subgraphs can say what is right. What a field
 * requires is computed from the representation: a plan that fetched the wrong thing shows.
 */
type Ref = { id: string };
type Numbers = Record<string, number>;

const kinds: Record<string, string> = { p: 'Painting', s: 'Statue', a: 'Artist' };
const ref = (id: string) => ({ __typename: kinds[id[0]!]!, id });
const known = ({ id }: Ref) => (/^([ps][1-4]|a[1-3])$/.test(id) ? ref(id) : null);
const number = (id: string) => id.charCodeAt(0) + 7 * Number(id.slice(1));
const rates: Numbers = { EUR: 1, USD: 2, GBP: 3 };

const title = ({ id }: Ref) => `title ${id}`;
const worth = ({ id }: Ref, { currency }: { currency: string }) => number(id) * (rates[currency] ?? 0);
const similar = ({ id }: Ref) => (id.endsWith('4') ? null : [ref(`s${id[1]}`), ref('p4')]);
const artist = (id: string) => (id === 'p3' ? null : ref(`a${(number(id) % 3) + 1}`));
const fee = (worthInUsd: unknown) => `fee for ${worthInUsd}`;
const insurance = (name: unknown, worthInUsd: unknown) => `${name} insured for ${worthInUsd}`;
const stars = ({ id }: Ref) => number(id) % 5;
const usd = { currency: 'USD' };

const Query = {
  work: (_: unknown, reference: Ref) => known(reference),
  works: (_: unknown, { first }: { first: number }) => ['p1', 's2', 'p3', 'p1'].slice(0, first).map(ref),
  painting: (_: unknown, reference: Ref) => (reference.id.startsWith('p') ? known(reference) : null),
  things: () => [ref('a1'), null, ref('s1'), ref('p2')],
  rooms: () => [[ref('p1'), null], null, [], [ref('s3'), ref('p4')]],
};
const Painting = {
  title,
  worth,
  similar,
  painter: ({ id }: Ref) => artist(id),
  size: ({ id }: Ref, { unit }: { unit: string }) => `${number(id)} ${unit}`,
};
const Statue = { title, worth, maker: ({ id }: Ref) => artist(id), height: ({ id }: Ref) => number(id) * 10 };
const people = {
  Query: { artists: () => [ref('a1'), ref('a2'), null] },
  Artist: {
    name: ({ id }: Ref) => `name ${id}`,
    born: ({ id }: Ref) => (id === 'a2' ? null : 1800 + number(id)),
    paintings: ({ id }: Ref) => [ref('p1'), ref('p4')].slice(0, Number(id[1])),
    rival: ({ id }: Ref) => (id === 'a3' ? null : ref('a3')),
  },
};
const ratings = {
  Query: { best: () => ({ id: 's2' }) },
  Work: { stars, rivals: () => [{ id: 'p2' }, { id: 's1' }] },
};

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@external", "@requires", "@provides", "@interfaceObject"])`;
const entity = (fields: object) => ({ __resolveReference: known, ...fields });

export const museum: SubgraphDefinition[] = [
  {
    name: 'works',
    sdl: `
      ${link}
      type Query {
        work(id: ID!): Work  works(first: Int = 4): [Work!]!  painting(id: ID!): Painting
        things: [Thing]  rooms: [[Work]]
      }
      interface Work @key(fields: "id") { id: ID!  title: String!  worth(currency: String! = "EUR"): Int! }
      type Painting implements Work @key(fields: "id") {
        id: ID!  title: String!  worth(currency: String! = "EUR"): Int!
        size(unit: Unit = CM): String!  painter: Artist  similar: [Work!]
      }
      type Statue implements Work @key(fields: "id") {
        id: ID!  title: String!  worth(currency: String! = "EUR"): Int!  maker: Artist  height: Int
      }
      type Artist @key(fields: "id") { id: ID! }
      union Thing = Painting | Statue | Artist
      enum Unit { CM INCH }
    `,
    resolvers: {
      Query,
      Work: { __resolveReference: known },
      Painting: entity(Painting),
      Statue: entity(Statue),
      Artist: entity({}),
    },
  },
  {
    name: 'people',
    sdl: `
      ${link}
      type Query { artists: [Artist] }
      type Artist @key(fields: "id") { id: ID!  name: String!  born: Int  paintings: [Painting!]!  rival: Artist }
      type Painting @key(fields: "id", resolvable: false) { id: ID! }
    `,
    resolvers: { ...people, Artist: entity(people.Artist) },
  },
  {
    name: 'shop',
    sdl: `
      ${link}
      type Query { offer: Painting }
      type Painting @key(fields: "id") {
        id: ID!
        title: String! @external
        worth(currency: String! = "EUR"): Int! @external
        fee: String! @requires(fields: "worth(currency: \\"USD\\")")
        insurance: String @requires(fields: "title worth(currency: \\"USD\\")")
        inStock: Int!
      }
      type Statue @key(fields: "id") { id: ID!  inStock: Int! }
    `,
    resolvers: {
      Query: { offer: () => ref('p2') },
      Painting: {
        __resolveReference: (reference: Ref) => known(reference) && reference,
        fee: (required: Record<string, unknown>) => fee(required.worth),
        insurance: (required: Record<string, unknown>) => insurance(required.title, required.worth),
        inStock: ({ id }: Ref) => number(id) % 4,
      },
      Statue: entity({ inStock: ({ id }: Ref) => number(id) % 4 }),
    },
  },
];

/** Knows every work as an object. */
export const ratingsOfWorks: SubgraphDefinition = {
  name: 'ratings',
  sdl: `
    ${link}
    type Query { best: Work }
    type Work @key(fields: "id") @interfaceObject { id: ID!  stars: Int!  rivals: [Work!]! }
  `,
  resolvers: { ...ratings, Work: { __resolveReference: ({ id }: Ref) => ({ id }), ...ratings.Work } },
};

/** Everything in one schema, without subgraphs: what the gateway shows, resolved at once. */
export function wholeMuseum(apiSchema: GraphQLSchema): GraphQLSchema {
  const rated = { stars, rivals: () => [ref('p2'), ref('s1')] };
  const stocked = { inStock: ({ id }: Ref) => number(id) % 4 };
  const resolvers: Record<string, Record<string, unknown>> = {
    Query: { ...Query, ...people.Query, offer: () => ref('p2'), best: () => ref('s2') },
    Painting: {
      ...Painting,
      ...rated,
      ...stocked,
      fee: (painting: Ref) => fee(worth(painting, usd)),
      insurance: (painting: Ref) => insurance(title(painting), worth(painting, usd)),
    },
    Statue: { ...Statue, ...rated, ...stocked },
    Artist: people.Artist,
  };
  const whole = buildSchema(printSchema(apiSchema));
  for (const [name, fields] of Object.entries(resolvers)) {
    const type = whole.getType(name);
    if (!isObjectType(type)) throw new TypeError(`expected an object type ${name}`);
    for (const field of Object.values(type.getFields())) {
      const resolve = fields[field.name];
      if (resolve) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
    }
  }
  return whole;
}
