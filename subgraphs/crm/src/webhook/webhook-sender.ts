import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@alexandrite/database';
import { inBackground } from '@alexandrite/database/in-background';
import type { Outbox } from '@alexandrite/outbox';
import { Wake } from '@alexandrite/outbox/wake';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { traceHeaders, traceparentHeader } from '@alexandrite/telemetry/trace';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import { forgetDeliveries } from './forget-deliveries.ts';
import { post } from './post.ts';
import { retryDelaysMs } from './retry-schedule.ts';
import { type Attempt, settleDelivery } from './settle-delivery.ts';
import { signatureHeader, signatureOf } from './signature.ts';
import { type TakenDelivery, takeDeliveries } from './take-deliveries.ts';
import { type AllowedHosts, RefusedTarget, resolveTarget } from './target.ts';
import { type WebhookMetrics, webhookMetrics } from './webhook-metrics.ts';

export interface WebhookSenderOptions {
  database: Database;
  outbox: Outbox;
  log: Log;
  metrics: Metrics;
  allowed: AllowedHosts;
  /** Between attempts; default a day in all. */
  delaysMs?: readonly number[];
  /** How long one attempt may take. Default 10 000 ms. */
  attemptMs?: number;
}

const lookEveryMs = 1_000; // the net under wake(): retries become due without anybody saying so
const mostInFlight = 32;
const cleanEveryMs = 3_600_000; // 1 hour
const longestError = 200;

/** Sends what is queued for webhooks. Any number of processes may have one: each delivery is taken by one of them. */
export class WebhookSender implements AsyncDisposable {
  readonly #options: Required<WebhookSenderOptions>;
  readonly #metrics: WebhookMetrics;
  readonly #tracer;
  readonly #wake = new Wake();
  readonly #inFlight = new Set<Promise<void>>();
  #stopping = false;
  #running: Promise<void> | undefined;

  constructor(options: WebhookSenderOptions) {
    this.#options = { delaysMs: retryDelaysMs, attemptMs: 10_000, ...options };
    this.#metrics = webhookMetrics(options.database, options.metrics);
    this.#tracer = tracerOf(options.metrics.service);
  }

  start(): void {
    this.#running ??= inBackground(() => this.#run());
  }

  /** Something was queued and committed. */
  wake(): void {
    this.#wake.ring();
  }

  /** Takes nothing more, waits for what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#wake.ring();
    await this.#running;
    await Promise.all(this.#inFlight);
  }

  async #run(): Promise<void> {
    const { database, log } = this.#options;
    let cleanedAt = 0;
    while (!this.#stopping) {
      try {
        const free = mostInFlight - this.#inFlight.size;
        const taken = free > 0 ? await takeDeliveries(database, free) : [];
        for (const delivery of taken) this.#begin(delivery);
        if (taken.length === 0) await this.#wake.wait(lookEveryMs);
        if (Date.now() - cleanedAt > cleanEveryMs) {
          cleanedAt = Date.now();
          await forgetDeliveries(database);
        }
      } catch (error) {
        log.error({ err: error }, 'deliveries could not be taken, once more in a second');
        await this.#wake.wait(lookEveryMs);
      }
    }
  }

  #begin(delivery: TakenDelivery): void {
    const sending = this.#send(delivery)
      .catch((error: unknown) => {
        // It is taken again when it counts as forgotten.
        this.#options.log.error(
          { err: error, delivery: delivery.id },
          'an attempt could not be written down',
        );
      })
      .finally(() => {
        this.#inFlight.delete(sending);
        this.#wake.ring();
      });
    this.#inFlight.add(sending);
  }

  #send(delivery: TakenDelivery): Promise<void> {
    const { id, webhookId, orderId, version, attempts } = delivery;
    const attributes = { 'http.request.method': 'POST', 'messaging.message.id': id };
    const traceparent = delivery.headers[traceparentHeader];
    return this.#tracer.handle('POST webhook', traceparent, { kind: 'client', attributes }, async () => {
      const end = this.#metrics.begin();
      const attempt = await this.#attempt(delivery);
      const outcome = await settleDelivery(this.#options, delivery, attempt);
      end(outcome);
      const { log } = this.#options;
      const said = { webhookId, delivery: id, orderId, version, attempts, outcome, ...attempt };
      if (outcome === 'disabled') log.warn(said, 'webhook disabled');
      else log.info(said, 'webhook attempted');
    });
  }

  async #attempt({ id, event, payload, url, secrets }: TakenDelivery): Promise<Attempt> {
    const { allowed, attemptMs } = this.#options;
    const body = JSON.stringify(payload);
    const settled = new AbortController();
    try {
      const sending = (async () => {
        const target = await resolveTarget(url, allowed);
        return post(
          target,
          body,
          {
            'content-type': 'application/json',
            'user-agent': 'Alexandrite-Webhooks/1',
            'alexandrite-delivery': id,
            'alexandrite-event': event,
            [signatureHeader]: signatureOf(body, secrets, new Date()),
            ...traceHeaders(),
          },
          attemptMs,
        );
      })();
      // A name is asked for as long as the system likes.
      const tooLate = sleep(attemptMs + 1_000, undefined, { signal: settled.signal }).then(() => {
        throw new Error('the name was not found in time');
      });
      tooLate.catch(() => {}); // the abort
      return await Promise.race([sending, tooLate]);
    } catch (error) {
      return { error: reasonOf(error).slice(0, longestError) };
    } finally {
      settled.abort();
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof RefusedTarget) return error.message;
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
