/**
 * What a careful person writes by hand for these operations: node:http, undici with connections kept open, no GraphQL on
 * the way in. `node bff.ts 16|once <urls as JSON>`: with the sixteen fetches of Apollo's plan, in its order, or asking
 * for each entity once.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import type { SubgraphName } from './graph.ts';

interface User {
  id: string;
  username?: string;
  name?: string;
  reviews?: Review[];
}

interface Review {
  id: string;
  body: string;
  author?: User;
  product?: Product;
}

interface Product {
  upc: string;
  name?: string;
  price?: number;
  weight?: number;
  inStock?: boolean;
  shippingEstimate?: number;
  reviews?: Review[];
}

const [how, urls] = process.argv.slice(2);
const pools = new Map(
  Object.entries(JSON.parse(urls ?? '{}') as Record<SubgraphName, string>).map(([name, url]) => [
    name as SubgraphName,
    new Pool(new URL(url).origin, { connections: 128, pipelining: 1 }),
  ]),
);

async function ask(
  subgraph: SubgraphName,
  query: string,
  variables?: object,
): Promise<Record<string, never>> {
  const response = await pools.get(subgraph)!.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = JSON.parse(await response.body.text());
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const authorsReviews = 'reviews { id body product { upc } }';
const productsReviews = `reviews { id body author { id ${authorsReviews} } }`;
const usersReviews = `reviews { id body product { upc ${productsReviews} } }`;
const entities = (selection: string) =>
  `query ($r: [_Any!]!) { _entities(representations: $r) { ${selection} } }`;
const texts = {
  reviewsOfUsers: entities(`... on User { ${usersReviews} }`),
  reviewsOfProducts: entities(`... on Product { ${productsReviews} }`),
  reviewsOfBoth: entities(`... on User { ${usersReviews} } ... on Product { ${productsReviews} }`),
  people: entities('... on User { username name }'),
  goods: entities('... on Product { name price weight }'),
  stock: entities('... on Product { inStock }'),
  shipping: entities('... on Product { shippingEstimate }'),
  stockAndShipping: entities('... on Product { inStock shippingEstimate }'),
};

/** Asks for entities once each, and puts what comes into every object that stands for them. */
async function fill<T extends object>(
  subgraph: SubgraphName,
  text: string,
  objects: readonly T[],
  keyOf: (object: T) => string,
  representationOf: (object: T) => object,
): Promise<void> {
  const byKey = new Map<string, T[]>();
  for (const object of objects) {
    const key = keyOf(object);
    const same = byKey.get(key);
    if (same) same.push(object);
    else byKey.set(key, [object]);
  }
  const groups = [...byKey.values()];
  const data = await ask(subgraph, text, { r: groups.map(([first]) => representationOf(first!)) });
  const found = data._entities as unknown as object[];
  for (const [i, group] of groups.entries()) for (const object of group) Object.assign(object, found[i]);
}

const upcOf = ({ upc }: Product) => upc;
const idOf = ({ id }: User) => id;
const productKey = ({ upc }: Product) => ({ __typename: 'Product', upc });
const priced = ({ upc, price, weight }: Product) => ({ __typename: 'Product', price, weight, upc });
const userKey = ({ id }: User) => ({ __typename: 'User', id });

const fillPeople = (users: User[]) => fill('users', texts.people, users, idOf, userKey);

/** Three fetches: the stock beside the goods, and the shipping after them. */
async function fillProducts(products: Product[]): Promise<void> {
  await Promise.all([
    fill('inventory', texts.stock, products, upcOf, productKey),
    fill('products', texts.goods, products, upcOf, productKey).then(() =>
      fill('inventory', texts.shipping, products, upcOf, priced),
    ),
  ]);
}

const askUsers = async () =>
  (await ask('users', '{ users { id username name } }')).users as unknown as User[];
const askTop = async () =>
  (await ask('products', '{ topProducts { upc name price weight } }')).topProducts as unknown as Product[];

const reviewsOf = (owners: readonly { reviews?: Review[] }[]) => owners.flatMap((owner) => owner.reviews!);
const productsOf = (owners: readonly { reviews?: Review[] }[]) =>
  reviewsOf(owners).map((review) => review.product!);
const authorsOf = (owners: readonly { reviews?: Review[] }[]) =>
  reviewsOf(owners).map((review) => review.author!);

async function nestedWith16(): Promise<object> {
  const usersBranch = async () => {
    const users = await askUsers();
    await fill('reviews', texts.reviewsOfUsers, users, idOf, userKey);
    const products = productsOf(users);
    const authors = authorsOf(products);
    await Promise.all([fillProducts(products), fillPeople(authors), fillProducts(productsOf(authors))]);
    return users;
  };
  const topBranch = async () => {
    const top = await askTop();
    const reviews = async () => {
      await fill('reviews', texts.reviewsOfProducts, top, upcOf, productKey);
      const authors = authorsOf(top);
      await Promise.all([fillPeople(authors), fillProducts(productsOf(authors))]);
    };
    await Promise.all([reviews(), fill('inventory', texts.stockAndShipping, top, upcOf, priced)]);
    return top;
  };
  const [users, topProducts] = await Promise.all([usersBranch(), topBranch()]);
  return { users, topProducts };
}

/** Five fetches: users and top products, all reviews, the products not known yet, all of inventory. */
async function nestedAskingOnce(): Promise<object> {
  const [users, topProducts] = await Promise.all([askUsers(), askTop()]);
  const owners = [...users, ...topProducts];
  const representations = [...users.map(userKey), ...topProducts.map(productKey)];
  const found = (await ask('reviews', texts.reviewsOfBoth, { r: representations }))
    ._entities as unknown as object[];
  for (const [i, owner] of owners.entries()) Object.assign(owner, found[i]);

  const usersProducts = productsOf(users);
  const authors = [...authorsOf(usersProducts), ...authorsOf(topProducts)];
  const products = [...usersProducts, ...productsOf(authors)];
  const knownUsers = new Map(users.map((user) => [user.id, user]));
  const unknownAuthors = authors.filter((author) => !knownUsers.has(author.id));
  const knownProducts = new Map(topProducts.map((product) => [product.upc, product]));
  await Promise.all([
    unknownAuthors.length > 0 && fillPeople(unknownAuthors),
    fill(
      'products',
      texts.goods,
      products.filter(({ upc }) => !knownProducts.has(upc)),
      upcOf,
      productKey,
    ),
  ]);
  for (const author of authors) {
    const known = knownUsers.get(author.id);
    if (known) Object.assign(author, { username: known.username, name: known.name });
  }
  for (const product of products) {
    const known = knownProducts.get(product.upc);
    if (known) Object.assign(product, { name: known.name, price: known.price, weight: known.weight });
  }
  const all = [...topProducts, ...products];
  await fill('inventory', texts.stockAndShipping, all, upcOf, priced);
  return { users, topProducts };
}

const nested = how === 'once' ? nestedAskingOnce : nestedWith16;
const small = () => ask('products', '{ topProducts { upc name price } }');

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const answer = (status: number, body: object) => {
      const text = JSON.stringify(body);
      response
        .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
        .end(text);
    };
    try {
      // It parses its request like anybody, but knows two of them only.
      const { query } = JSON.parse(Buffer.concat(chunks).toString());
      answer(200, { data: await (query.includes('Nested') ? nested : small)() });
    } catch (error) {
      answer(500, { errors: [{ message: String(error) }] });
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`READY ${JSON.stringify({ url: `http://127.0.0.1:${port}/` })}`);
});
