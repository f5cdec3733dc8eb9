import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, BusError } from '@alexandrite/bus';
import { uuidV7 } from '@alexandrite/database/uuid';
import type { System } from '@alexandrite/schema/order-status';
import type { Answer, Asked, Question } from '@alexandrite/schema/questions';
import { subjects } from '@alexandrite/schema/subjects';
import type { Log } from '@alexandrite/telemetry/log';
import { type AnswerOptions, answerQuestion } from './answer-questions.ts';

/** Enough for a busy system; whoever is silent for longer is said to be. */
const patienceMs = 3_000;

/** Asks the other systems about orders, over the bus, and this one without it. */
export class SystemQuestions implements AsyncDisposable {
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #own: AnswerOptions;
  readonly #asker = uuidV7();
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly #stop = new AbortController();
  #listening: Promise<void> | undefined;

  /** `own`: how this system answers itself. */
  constructor(own: AnswerOptions) {
    this.#own = own;
    this.#bus = own.bus;
    this.#log = own.log;
  }

  /** Begins to listen for answers. */
  start(): void {
    this.#listening ??= this.#listen();
  }

  /** Null when the system does not answer in time. Never rejects for what goes wrong on the bus. */
  async ask(system: System, asked: Asked): Promise<Answer | null> {
    const question: Question = { id: uuidV7(), asker: this.#asker, at: new Date().toISOString(), asked };
    if (system === this.#own.system) return answerQuestion(this.#own, question);
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(question.id, resolve));
    const tooLate = new AbortController();
    try {
      return await Promise.race([
        this.#bus
          .publish(subjects.question(system), question, { messageId: question.id })
          .then(() => answered),
        sleep(patienceMs, null, { signal: tooLate.signal }),
      ]);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      this.#log.warn({ err: error, system }, 'a question could not be asked');
      return null;
    } finally {
      tooLate.abort();
      this.#waiting.delete(question.id);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#listening;
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await using answers = await this.#bus.subscribe([subjects.answer(this.#asker)]);
        const close = () => void answers[Symbol.asyncDispose]();
        signal.addEventListener('abort', close, { once: true });
        for await (const { payload } of answers) {
          const answer = payload as Answer;
          this.#waiting.get(answer.questionId)?.(answer);
        }
        signal.removeEventListener('abort', close);
      } catch (error) {
        if (signal.aborted) return;
        this.#log.warn({ err: error }, 'cannot listen for answers');
        if (error instanceof BusError && error.code === 'CLOSED') return;
      }
      await sleep(1_000, undefined, { signal }).catch(() => {}); // only ever the abort
    }
  }
}
