import type { SubgraphAnswer, SubgraphAnswerError } from '../subgraph/subgraph.ts';
import { checkComplete } from './incomplete.ts';
import { own } from './json.ts';
import type { ResponsePath } from './place.ts';
import { combine, type Question } from './question.ts';
import { type RequestTemplate, requestTemplate, send } from './request.ts';
import type { Run } from './run.ts';

/** What was asked of one entity. Its answer is there when the request has ended. */
export interface Asked {
  entity: unknown;
  errors: { error: SubgraphAnswerError; behind: ResponsePath }[] | null;
  readonly request: EntityRequest;
}

/** One fetch's own way to ask. */
export interface Asker {
  questions: readonly Question[];
  template: RequestTemplate;
  operationName: string | undefined;
  /** The name of each question's list in its own operation, and of its variable. */
  lists: readonly { responseName: string; variable: string }[];
}

/** Requests made of several fetches, kept with the plan: which ones meet is nearly always the same. */
export class CombinedRequests {
  readonly #known = new Map<string, { template: RequestTemplate; lists: readonly string[] }>();
  readonly #numbers = new Map<Question, number>();

  get(questions: readonly Question[], { template, operationName }: Asker) {
    const key = questions.map((question) => this.#numberOf(question)).join();
    let combined = this.#known.get(key);
    if (!combined) {
      const { operation, variables, lists } = combine(questions, operationName);
      combined = {
        template: requestTemplate({
          subgraph: template.subgraph,
          kind: 'query',
          operation,
          operationName,
          variables,
        }),
        lists,
      };
      if (this.#known.size >= maxCombinations) this.#known.clear();
      this.#known.set(key, combined);
    }
    return combined;
  }

  #numberOf(question: Question): number {
    let number = this.#numbers.get(question);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(question, number);
    }
    return number;
  }
}

/** Of one plan. */
const maxCombinations = 32;

/** One request to a subgraph for entities that one or several fetches want. */
export class EntityRequest {
  readonly done: Promise<void>;
  /** Errors that belong to none of the entities. */
  readonly errors: SubgraphAnswerError[] = [];
  /** Whether any of the entities has an error of its own. */
  told = false;
  readonly #run: Run;
  readonly #combined: CombinedRequests;
  readonly #askers = new Set<Asker>();
  readonly #parts = new Map<Question, { json: string[]; asked: Asked[] }>();

  /** `soon` calls when nobody can join any more. */
  constructor(run: Run, combined: CombinedRequests, soon: (begin: () => void) => void) {
    this.#run = run;
    this.#combined = combined;
    this.done = new Promise((resolve, reject) => {
      soon(() => this.#send().then(resolve, reject));
    });
    // Whoever waits for it hears of it.
    this.done.catch(nothing);
  }

  get askers(): number {
    return this.#askers.size;
  }

  add(asker: Asker, question: Question, json: string): Asked {
    this.#askers.add(asker);
    let part = this.#parts.get(question);
    if (!part) {
      part = { json: [], asked: [] };
      this.#parts.set(question, part);
    }
    const asked: Asked = { entity: null, errors: null, request: this };
    part.json.push(json);
    part.asked.push(asked);
    return asked;
  }

  async #send(): Promise<void> {
    const [first] = this.#askers;
    const whole = [...this.#askers].find(({ questions }) =>
      [...this.#parts.keys()].every((question) => questions.includes(question)),
    );
    const { answer, parts } = whole ? await this.#sendAs(whole) : await this.#sendCombined(first!);
    const { data, errors } = answer;
    for (const [responseName, { asked }] of parts) {
      const entities = data && own(data, responseName);
      if (!Array.isArray(entities)) continue;
      for (let index = 0; index < asked.length; index++) asked[index]!.entity = entities[index];
    }
    for (const error of errors) {
      const [responseName, position, ...behind] = error.path ?? [];
      const found =
        typeof position === 'number' ? parts.get(String(responseName))?.asked[position] : undefined;
      if (!found) {
        this.errors.push(error);
        continue;
      }
      this.told = true;
      if (found.errors) found.errors.push({ error, behind });
      else found.errors = [{ error, behind }];
    }
    checkComplete(
      first!.template.subgraph,
      answer,
      [...parts].map(([responseName, { asked }]) => [responseName, asked.length]),
    );
  }

  /** In one fetch's own words; a list of which nothing is wanted is sent too, since the operation declares its variable. */
  async #sendAs({ questions, template, lists }: Asker) {
    const variables = lists.map(
      ({ variable }, index) => `"${variable}":[${this.#parts.get(questions[index]!)?.json.join(',') ?? ''}]`,
    );
    const answer: SubgraphAnswer = await send(this.#run, template, variables.join(','));
    const parts = new Map(
      lists.map(({ responseName }, index) => [
        responseName,
        this.#parts.get(questions[index]!) ?? { asked: [] as Asked[] },
      ]),
    );
    return { answer, parts };
  }

  async #sendCombined(first: Asker) {
    const { template, lists } = this.#combined.get([...this.#parts.keys()], first);
    const all = [...this.#parts.values()];
    const variables = all.map(({ json }, index) => `"${lists[index]}":[${json.join(',')}]`);
    const answer = await send(this.#run, template, variables.join(','));
    return { answer, parts: new Map(all.map((part, index) => [`e${index}`, part])) };
  }
}

/** What one execution asks of entities that several of its fetches may want. */
export class EntityAsking {
  readonly #run: Run;
  readonly #combined: CombinedRequests;
  readonly #once: boolean;
  readonly #open = new Map<string, EntityRequest>();
  readonly #known = new Map<Question, Map<string, Asked>>();

  constructor(run: Run, combined: CombinedRequests, once: boolean) {
    this.#run = run;
    this.#combined = combined;
    this.#once = once;
  }

  /** `lists` are the representations for each question. Gives what was asked of each of them, by whomever. */
  ask(asker: Asker, lists: readonly (readonly string[])[]): Asked[][] {
    let request: EntityRequest | undefined;
    let known = 0;
    const asked = lists.map((list, index) => {
      const question = asker.questions[index]!;
      const before = this.#answersTo(question);
      return list.map((json) => {
        let one = before?.get(json);
        if (one) known++;
        else {
          request ??= this.#request(asker);
          one = request.add(asker, question, json);
          before?.set(json, one);
        }
        return one;
      });
    });
    const { asking } = this.#run.input;
    if (known > 0) asking?.onKnown?.(known);
    if (request && request.askers > 1) asking?.onJoined?.(1);
    return asked;
  }

  #answersTo(question: Question): Map<string, Asked> | undefined {
    if (!this.#once) return undefined;
    let answers = this.#known.get(question);
    if (!answers) {
      answers = new Map();
      this.#known.set(question, answers);
    }
    return answers;
  }

  /** One that has not been sent yet, where fetches may travel together. */
  #request({ template: { subgraph } }: Asker): EntityRequest {
    const open = this.#open.get(subgraph);
    if (open) return open;
    if (!this.#run.input.asking?.together) {
      return new EntityRequest(this.#run, this.#combined, queueMicrotask);
    }
    const request = new EntityRequest(this.#run, this.#combined, (begin) => {
      // When all that goes on in this turn has gone on as far as it can.
      process.nextTick(() => {
        this.#open.delete(subgraph);
        begin();
      });
    });
    this.#open.set(subgraph, request);
    return request;
  }
}

const nothing = () => {};
