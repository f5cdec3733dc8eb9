import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayContextHeader, signContext } from '@alexandrite/auth/gateway-context';
import { sharedKey } from '@alexandrite/auth/shared-key';
import type { Role } from '@alexandrite/auth/viewer';
import { openLocalBus } from '@alexandrite/bus/local';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { uuidV7 } from '@alexandrite/database/uuid';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import { openFolderFiles } from '@alexandrite/files/folder';
import type { Ports } from '@alexandrite/ports';
import type { OrderMoved } from '@alexandrite/schema/events';
import { holderAfter, type OrderStatus, type System } from '@alexandrite/schema/order-status';
import { streams } from '@alexandrite/schema/subjects';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { build, type ShopService } from '../src/build.ts';
import type { Env } from '../src/env.ts';

const gatewaySecret = 'a secret of the gateway, for tests only';
const key = sharedKey(gatewaySecret, 'GATEWAY_SECRET');

/** Whatever the answer holds. */
type Parsed = ReturnType<typeof JSON.parse>;

export interface Answer {
  data: Record<string, Parsed> | null;
  errors?: { message: string; extensions: { code: string } }[];
}

/** A shop of its own: database, bus, cache and files, and as many processes as a test starts. */
export class ServedShop implements AsyncDisposable {
  readonly log = memoryLog('shop');
  ports!: Ports;
  env!: Env;
  /** Where files lie; what is arriving lies in its `incoming`. */
  folder!: string;
  readonly #opened: AsyncDisposable[] = [];

  async open(): Promise<ShopService> {
    const server = await createTestDatabase('shop');
    const folder = await mkdtemp(join(tmpdir(), 'shop-'));
    this.folder = folder;
    const bus = await openLocalBus({ log: this.log.log });
    await bus.ensureStreams(streams);
    this.ports = { bus, cache: openMemoryCache(), files: await openFolderFiles(folder) };
    this.env = {
      databaseUrl: server.url,
      host: '127.0.0.1',
      port: 0,
      gatewaySecret,
      logLevel: 'info',
      publicUrl: 'https://jewels.example',
      maxUploadBytes: 1_000_000,
      submitsPerMinute: 120,
      reconcileMinutes: 1_000,
    };
    this.#opened.push(server, { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }, bus);
    return this.start();
  }

  async start(env: Partial<Env> = {}, ports: Partial<Ports> = {}): Promise<ShopService> {
    const service = await build({ ...this.env, ...env }, { ...this.ports, ...ports }, this.log.log);
    this.#opened.push(service);
    return service;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
  }

  /** What another system would say: the next move of the order. */
  async moveElsewhere(shop: ShopService, orderId: string, system: System, to: OrderStatus): Promise<void> {
    const [last] = await shop.database.em().execute('select * from orders where id = ?', [orderId]);
    if (!last) throw new Error(`expected the order ${orderId}`);
    const version = Number(last.version) + 1;
    const moved: OrderMoved = {
      order: { id: orderId, status: to, version },
      from: last.status as OrderStatus,
      to,
      version,
      at: new Date().toISOString(),
      by: system.toLowerCase(),
      system,
      holder: holderAfter(to, system),
      heldFrom: null,
      cause: null,
      facts: {
        number: String(last.number),
        accountId: String(last.account_id),
        channel: 'B2C',
        quantity: Number(last.quantity),
        alloy: String(last.alloy),
        finish: String(last.finish),
        modelId: String(last.model_id),
        filename: String(last.filename),
        modelSha256: String(last.model_sha256),
        createdAt: new Date(String(last.created_at)).toISOString(),
        submittedAt: new Date(String(last.submitted_at)).toISOString(),
        promisedAt: new Date(String(last.promised_at)).toISOString(),
      },
    };
    await this.ports.cache.raise(`order-version:${orderId}`, version, 60_000);
    await this.ports.bus.publish(`orders.x.${orderId}.${to}`, moved, { messageId: uuidV7() });
  }
}

export type Ask = (query: string, variables?: object) => Promise<Answer>;

/** Asks as the gateway would for this caller; null is nobody. */
export function asking(shop: ShopService, sub: string | null, role: Role = 'customer'): Ask {
  return async (query, variables = {}) => {
    const claims = sub === null ? null : { sub, role, exp: 0 };
    const response = await fetch(`${shop.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [gatewayContextHeader]: signContext(key, { claims, budget: null }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  };
}

/** The same bytes for the same seed. */
export function someBytes(length: number, seed = 1): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17) % 251));
}

export async function announce(ask: Ask, bytes: number, filename = 'ring.stl') {
  const { data } = await ask(
    `mutation ($filename: String!, $bytes: Int!) {
      createModelUpload(filename: $filename, bytes: $bytes) {
        __typename
        ... on ModelUpload { uploadUrl expiresAt model { id filename bytes sha256 downloadUrl } }
        ... on Refusal { code message }
      }
    }`,
    { filename, bytes },
  );
  return data!.createModelUpload;
}

/** The public URL as the gateway would pass it on. */
export function behindGateway(shop: ShopService, url: string): string {
  return url.replace('https://jewels.example', shop.url);
}

export async function put(
  shop: ShopService,
  url: string,
  bytes: Buffer,
): Promise<{ status: number; body: Parsed }> {
  const response = await fetch(behindGateway(shop, url), { method: 'PUT', body: new Uint8Array(bytes) });
  return { status: response.status, body: await response.json() };
}

export async function uploadedModel(shop: ShopService, ask: Ask, bytes = someBytes(1_000)): Promise<string> {
  const { uploadUrl, model } = await announce(ask, bytes.length);
  const { status } = await put(shop, uploadUrl, bytes);
  if (status !== 201) throw new Error(`expected 201, got ${status}`);
  return model.id;
}

const orderFields = `__typename ... on Order { id number status version holder quantity createdAt promisedAt }
  ... on Refusal { code message }`;

export async function create(ask: Ask, modelId: string, input: object = {}) {
  const { data } = await ask(
    `mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ${orderFields} } }`,
    { input: { modelId, alloy: 'SILVER_925', finish: 'POLISHED', quantity: 1, ...input } },
  );
  return data!.createOrder;
}

export async function mutate(ask: Ask, verb: string, id: string) {
  const { data } = await ask(`mutation ($id: ID!) { ${verb}(id: $id) { ${orderFields} } }`, { id });
  return data![verb];
}
