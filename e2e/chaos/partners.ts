import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dice } from '../harness/dice.ts';
import type { OrderWalk } from './order-walk.ts';
import type { People } from './people.ts';

const REFUSED_SHARE = 0.03;

/** The partners' own servers: what their webhooks were told, the first time each thing was told. */
export class Partners implements AsyncDisposable {
  /** Requests that came with a wrong signature, or late in their order. */
  readonly wrongs: string[] = [];
  /** Every request, again or not. */
  requests = 0;
  readonly #server: Server;
  readonly #dice: Dice;
  readonly #secrets = new Map<string, string>();
  /** Order → the version it is known to have. */
  readonly #versions = new Map<string, number>();
  readonly #refused = new Set<string>();

  private constructor(server: Server, dice: Dice) {
    this.#server = server;
    this.#dice = dice;
  }

  static async open(dice: Dice): Promise<Partners> {
    const server = createServer();
    const partners = new Partners(server, dice);
    server.on('request', async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const account = (request.url ?? '').slice(1);
      response
        .writeHead(partners.#hear(account, String(request.headers['alexandrite-signature']), body))
        .end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return partners;
  }

  /** For `WEBHOOK_ALLOWED_HOSTS`. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Every partner has a webhook from here on. */
  async register(accounts: Iterable<string>, people: People): Promise<void> {
    for (const account of accounts) {
      const { registerWebhook } = await (await people.client('partner', account, 0)).ask(
        `mutation ($url: String!) { registerWebhook(url: $url) {
          ... on WebhookSecret { secret } ... on Refusal { code message }
        } }`,
        { url: `http://${this.host}/${account}` },
      );
      if (!registerWebhook.secret) throw new Error(JSON.stringify(registerWebhook));
      this.#secrets.set(account, registerWebhook.secret);
    }
  }

  /** What partners have not been told of their orders: `standing` has the version that each order has. */
  untold(walks: readonly OrderWalk[], standing: ReadonlyMap<string, { version: number }>): string[] {
    return walks.flatMap(({ id, wish }) => {
      if (id === undefined || wish.role !== 'partner') return [];
      const [told, version] = [this.#versions.get(id) ?? 0, standing.get(id)?.version];
      return told === version ? [] : [`${id}: its partner was told up to ${told} of ${version}`];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** The HTTP status of the answer. A partner's server fails sometimes, too: never twice with the same event. */
  #hear(account: string, signature: string, body: string): number {
    this.requests += 1;
    const t = /^t=(\d+),/.exec(signature)?.[1] ?? '';
    const expected = createHmac('sha256', this.#secrets.get(account) ?? '')
      .update(`${t}.${body}`)
      .digest('hex');
    if (!signature.includes(`v1=${expected}`)) this.wrongs.push(`${account} was sent a wrong signature`);

    const { id, order } = JSON.parse(body) as { id: string; order: { id: string; version: number } };
    if (!this.#refused.has(id) && this.#dice.next() < REFUSED_SHARE) {
      this.#refused.add(id);
      return 503;
    }
    const known = this.#versions.get(order.id) ?? 0;
    if (order.version > known + 1)
      this.wrongs.push(`${account} was told version ${order.version} of ${order.id} after ${known}`);
    this.#versions.set(order.id, Math.max(known, order.version));
    return 204;
  }
}
