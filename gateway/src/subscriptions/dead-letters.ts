import type { Bus } from '@alexandrite/bus';
import { deadLetter, deadLetterId } from '@alexandrite/bus/delivery-policy';
import type { Log } from '@alexandrite/telemetry/log';
import type { SourceEvent } from './event-source.ts';
import type { SubscriptionMetrics } from './metrics.ts';

/** Letters on their way at a time; what comes in addition is only counted and logged. */
const maxUnderWay = 64;
/** Events remembered as buried: many feeds may meet the same one. */
const maxRemembered = 1_024;

export interface DeadLettersOptions {
  bus: Bus;
  /** Letters go to `<subject>.<field>`. */
  subject: string;
  metrics: SubscriptionMetrics;
  log: Log;
}

/**
 * Publishes events that do not fit their field, with the reason, for people to look at. Each has one id, so that all feeds
 * of all gateways together leave one letter within the window in which the bus knows an id again.
 */
export class DeadLetters {
  readonly #options: DeadLettersOptions;
  readonly #buried = new Set<string>();
  #underWay = 0;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  /** Does not wait, and never throws: a letter that cannot be published is counted and logged. */
  bury(event: SourceEvent, field: string, reason: unknown): void {
    const { subject, metrics } = this.#options;
    // A field that listens to dead letters must not bury them again for ever.
    if (event.subject === subject || event.subject.startsWith(`${subject}.`)) return;
    const messageId = deadLetterId(`${subject}.${field}`, event.stream, event.sequence);
    if (this.#buried.has(messageId)) return;
    if (this.#underWay >= maxUnderWay) {
      metrics.deadLetter(field, 'surplus');
      return;
    }
    this.#remember(messageId);
    this.#underWay++;
    const letter = deadLetter(
      { ...event, attempts: 1 },
      typeof reason === 'string' ? reason : JSON.stringify(reason),
    );
    this.#publish(`${subject}.${field}`, letter, messageId, field).finally(() => {
      this.#underWay--;
    });
  }

  async #publish(subject: string, letter: unknown, messageId: string, field: string): Promise<void> {
    const { bus, metrics, log } = this.#options;
    try {
      await bus.publish(subject, letter, { messageId });
      metrics.deadLetter(field, 'published');
    } catch (error) {
      this.#buried.delete(messageId);
      metrics.deadLetter(field, 'failed');
      log.error({ err: error, subject, messageId }, 'a dead letter could not be published');
    }
  }

  #remember(messageId: string): void {
    this.#buried.add(messageId);
    if (this.#buried.size > maxRemembered) this.#buried.delete(this.#buried.values().next().value!);
  }
}
