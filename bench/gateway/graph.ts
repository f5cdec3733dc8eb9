import { buildSchema, type ExecutionResult, graphql } from 'graphql';

/** The graph of the benchmark: four subgraphs whose data never change. */
export interface Subgraph {
  name: SubgraphName;
  sdl: string;
}

export type SubgraphName = 'users' | 'products' | 'inventory' | 'reviews';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires"])';

export const subgraphs: readonly Subgraph[] = [
  {
    name: 'users',
    sdl: `${link}
      type Query { me: User users: [User] }
      type User @key(fields: "id") { id: ID! name: String username: String }`,
  },
  {
    name: 'products',
    sdl: `${link}
      type Query { topProducts(first: Int = 5): [Product] }
      type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }`,
  },
  {
    name: 'inventory',
    sdl: `${link}
      type Product @key(fields: "upc") {
        upc: String!
        weight: Int @external
        price: Int @external
        inStock: Boolean
        shippingEstimate: Int @requires(fields: "price weight")
      }`,
  },
  {
    name: 'reviews',
    sdl: `${link}
      type Review @key(fields: "id") { id: ID! body: String author: User product: Product }
      type User @key(fields: "id") { id: ID! reviews: [Review] }
      type Product @key(fields: "upc") { upc: String! reviews: [Review] }`,
  },
];

const fragments = `
  fragment User on User { id username name }
  fragment Review on Review { id body }
  fragment Product on Product { upc name price weight inStock shippingEstimate }`;

/** What is asked: by name. */
export const operations = {
  /** Sixteen fetches in Apollo's plan, in four waves. */
  nested: `query Nested {
    users {
      ...User
      reviews { ...Review product { ...Product reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } } }
    }
    topProducts {
      ...Product
      reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } }
    }
  }${fragments}`,
  /** One fetch. */
  small: 'query Small { topProducts { upc name price } }',
} as const;

export type OperationName = keyof typeof operations;

interface User {
  id: string;
  name: string;
  username: string;
}

interface Product {
  upc: string;
  name: string;
  price: number;
  weight: number;
}

interface Review {
  id: string;
  body: string;
  authorId: string;
  upc: string;
}

const sixUsers: readonly User[] = Array.from({ length: 6 }, (_, i) => ({
  id: `u${i + 1}`,
  name: `Name of user ${i + 1}`,
  username: `user-${i + 1}`,
}));

const nineProducts: readonly Product[] = Array.from({ length: 9 }, (_, i) => ({
  upc: `p${i + 1}`,
  name: `Ring number ${i + 1}`,
  price: 900 + 137 * i,
  weight: 3 + ((i * 5) % 11),
}));

const twelveReviews: readonly Review[] = Array.from({ length: 12 }, (_, i) => ({
  id: `r${i + 1}`,
  body: `Review ${i + 1}: it fits, it shines, and it came in time.`,
  authorId: `u${(i % 6) + 1}`,
  upc: `p${((i * 4) % 9) + 1}`,
}));

/** What the fields give, the same for the subgraphs and for the reference. Keys suffice as parents. */
export const resolvers = {
  Query: {
    me: () => sixUsers[0],
    users: () => sixUsers,
    topProducts: (_: unknown, { first }: { first: number }) => nineProducts.slice(0, first),
  },
  User: {
    name: ({ id }: { id: string }) => sixUsers.find((user) => user.id === id)?.name,
    username: ({ id }: { id: string }) => sixUsers.find((user) => user.id === id)?.username,
    reviews: ({ id }: { id: string }) => twelveReviews.filter((review) => review.authorId === id),
  },
  Product: {
    name: ({ upc }: { upc: string }) => productBy(upc)?.name,
    price: ({ upc }: { upc: string }) => productBy(upc)?.price,
    weight: ({ upc }: { upc: string }) => productBy(upc)?.weight,
    inStock: ({ upc }: { upc: string }) => Number(upc.slice(1)) % 3 !== 0,
    shippingEstimate: ({ price, weight }: Product) => (price > 1_500 ? 0 : 5 * weight),
    reviews: ({ upc }: { upc: string }) => twelveReviews.filter((review) => review.upc === upc),
  },
  Review: {
    author: ({ authorId }: Review) => ({ id: authorId }),
    product: ({ upc }: Review) => ({ upc }),
  },
};

function productBy(upc: string): Product | undefined {
  return nineProducts.find((product) => product.upc === upc);
}

const whole = buildSchema(`
  type Query { me: User users: [User] topProducts(first: Int = 5): [Product] }
  type User { id: ID! name: String username: String reviews: [Review] }
  type Review { id: ID! body: String author: User product: Product }
  type Product {
    upc: String! name: String price: Int weight: Int inStock: Boolean shippingEstimate: Int reviews: [Review]
  }`);
for (const [typeName, fields] of Object.entries(resolvers)) {
  const type = whole.getType(typeName);
  if (!type || !('getFields' in type)) throw new Error(`the reference has no type ${typeName}`);
  for (const [name, resolve] of Object.entries(fields))
    Object.assign(type.getFields()[name]!, {
      resolve: (parent: { upc?: string }, args: never) =>
        // One schema has the whole product at hand, where a subgraph is given what it requires.
        resolve((typeName === 'Product' ? productBy(parent.upc!) : parent) as never, args),
    });
}

/** The right answer: one schema that resolves everything itself. */
export async function reference(name: OperationName): Promise<ExecutionResult> {
  return graphql({ schema: whole, source: operations[name] });
}

/** The same operation in a document of its own: subgraphs see no difference. */
export function distinct(name: OperationName, alias: string): string {
  return operations[name].replace('{', `{ ${alias}: __typename`);
}
