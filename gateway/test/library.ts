import type { SubgraphDefinition } from './subgraph-server.ts';

const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`;

const books = [
  { id: 'b1', title: 'Emeralds', authorId: 'a1', pages: 120, tags: ['stone', null, 'green'], kind: 'NOVEL' },
  { id: 'b2', title: 'Rubies', authorId: 'a2', pages: null, tags: [], kind: 'NOVEL' },
  { id: 'b3', title: 'Opals', authorId: 'a1', pages: 7, tags: null, kind: 'SECRET' },
];
const films = [{ id: 'f1', title: 'The Ring', minutes: 95, directorId: 'a2' }];
const stock: Record<string, { inStock: number; grams: number } | null> = {
  b1: { inStock: 3, grams: 400 },
  b2: { inStock: 0, grams: 900 },
  b3: null,
};

const titled = (id: string) => books.find((book) => book.id === id) ?? films.find((film) => film.id === id);
const work = (id: string) => {
  const found = titled(id);
  return found && { __typename: 'minutes' in found ? 'Film' : 'Book', ...found };
};

/** Lists in lists, interfaces, unions, @requires, @provides, errors and nulls, in three small subgraphs. */
export const library: SubgraphDefinition[] = [
  {
    name: 'catalogue',
    sdl: `
      ${link('"@key", "@shareable", "@external", "@provides", "@inaccessible"')}
      type Query {
        books(first: Int = 10): [Book!]!
        book(id: ID!): Book
        shelves: [[Work]]
        works: [Work!]!
        search(text: String!): [Found]
        strict: Strict
        fails: String
        failsHard: Int!
        badNumber: Int
        echo(filter: Filter, mode: Mode = LOUD): String
      }
      type Mutation { rename(id: ID!, title: String!): Book  again(id: ID!): Book }
      input Filter { words: [String!] = ["x"], deep: Filter }
      enum Mode { LOUD QUIET }
      enum Kind { NOVEL SECRET @inaccessible }
      interface Work { id: ID! title: String! }
      type Book implements Work @key(fields: "id") {
        id: ID! title: String! pages: Int tags: [String] kind: Kind
        author: Author @provides(fields: "name")
        similar: [Book!]
      }
      type Film implements Work @key(fields: "id") { id: ID! title: String! minutes: Int director: Author }
      type Author @key(fields: "id") { id: ID! name: String @external }
      union Found = Book | Film | Author
      type Strict { sure: Inner! }
      type Inner { value: String! list: [String!]! }
    `,
    resolvers: {
      Query: {
        books: (_: unknown, { first }: { first: number }) => books.slice(0, first),
        book: (_: unknown, { id }: { id: string }) => books.find((book) => book.id === id) ?? null,
        shelves: () => [[work('b1'), null, work('f1')], null, [], [work('b2')]],
        works: () => [work('b1'), work('f1'), work('b3'), work('b1')],
        search: (_: unknown, { text }: { text: string }) =>
          text === 'all' ? [work('b2'), { __typename: 'Author', id: 'a1' }, null, work('f1')] : [],
        strict: () => ({ sure: { value: null, list: ['a', null] } }),
        fails: () => {
          throw new Error('it fails');
        },
        failsHard: () => {
          throw new Error('it fails hard');
        },
        badNumber: () => 7,
        echo: (_: unknown, args: unknown) => JSON.stringify(args),
      },
      Mutation: {
        rename: (_: unknown, { id, title }: { id: string; title: string }) => {
          const book = books.find((candidate) => candidate.id === id);
          return book ? { ...book, title } : null;
        },
        again: (_: unknown, { id }: { id: string }) => books.find((book) => book.id === id) ?? null,
      },
      Book: {
        __resolveReference: ({ id }: { id: string }) => books.find((book) => book.id === id),
        author: ({ authorId }: { authorId: string }) => ({ id: authorId, name: `provided ${authorId}` }),
        similar: ({ id }: { id: string }) => books.filter((book) => book.id !== id),
      },
      Film: {
        __resolveReference: ({ id }: { id: string }) => films.find((film) => film.id === id),
        director: ({ directorId }: { directorId: string }) => ({ id: directorId }),
      },
    },
  },
  {
    name: 'people',
    sdl: `
      ${link('"@key", "@shareable"')}
      type Query { authors: [Author] }
      type Author @key(fields: "id") {
        id: ID! name: String @shareable born: Int! bio: String works: [Book!]! friends: [Author]
      }
      type Book @key(fields: "id", resolvable: false) { id: ID! }
    `,
    resolvers: {
      Query: { authors: () => [{ id: 'a1' }, { id: 'a2' }, null, { id: 'a3' }] },
      Author: {
        __resolveReference: ({ id }: { id: string }) => {
          if (id === 'a3') throw new Error('a3 is lost');
          return { id };
        },
        name: ({ id }: { id: string }) => `own ${id}`,
        born: ({ id }: { id: string }) => {
          if (id === 'a2') throw new Error('nobody knows');
          return 1900;
        },
        bio: ({ id }: { id: string }) => {
          if (id === 'a1') throw new Error('unwritten');
          return `about ${id}`;
        },
        works: ({ id }: { id: string }) =>
          books.filter((book) => book.authorId === id).map((book) => ({ id: book.id })),
        friends: ({ id }: { id: string }) => (id === 'a1' ? [{ id: 'a2' }, null, { id: 'a1' }] : null),
      },
    },
  },
  {
    name: 'shop',
    sdl: `
      ${link('"@key", "@external", "@requires"')}
      type Query { cheapest: Book  offers: [Offer!] }
      type Book @key(fields: "id") {
        id: ID!
        pages: Int @external
        author: Author @external
        inStock: Int
        grams: Float!
        postage: Float @requires(fields: "pages")
        label(size: Int = 1): String @requires(fields: "pages author { id }")
      }
      type Author @key(fields: "id") { id: ID! }
      interface Offer { price: Float }
      type Single implements Offer { price: Float book: Book }
      type Bundle implements Offer { price: Float books: [Book] }
    `,
    resolvers: {
      Query: {
        cheapest: () => ({ id: 'b2' }),
        offers: () => [
          { __typename: 'Single', price: 2.5, book: { id: 'b1' } },
          { __typename: 'Bundle', price: null, books: [{ id: 'b2' }, null, { id: 'b1' }] },
        ],
      },
      Book: {
        __resolveReference: (reference: { id: string }) =>
          stock[reference.id] === undefined ? null : { ...reference, ...stock[reference.id] },
        postage: ({ pages }: { pages: number | null }) => (pages === null ? null : pages / 10),
        label: (
          { pages, author }: { pages: number | null; author?: { id: string } },
          { size }: { size: number },
        ) => `${size}:${pages}:${author?.id}`,
      },
    },
  },
];
