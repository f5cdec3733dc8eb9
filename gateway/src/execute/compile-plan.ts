import type { EntityFetchNode, Step as PathStep, PlanNode } from '../planner/plan.ts';
import { CombinedRequests } from './asking.ts';
import { compileContextFetch } from './context-fetch.ts';
import { type Companions, compileEntityFetch } from './entity-fetch.ts';
import { type Question, questionsOf } from './question.ts';
import { compileRootFetch } from './root-fetch.ts';
import type { Step } from './run.ts';
import type { TypeTest } from './type-test.ts';

/**
 * A plan as a function: nothing that depends on the operation only is left to be done when it runs. What comes later in a
 * sequence is compiled when the plan runs first, while the requests of what comes before are under way; or now, for who
 * does not run it.
 */
export function compilePlan(plan: PlanNode, types: TypeTest, { now = false } = {}): Step {
  return new PlanCompiler(plan, types, now).step(plan, []);
}

class PlanCompiler {
  readonly #types: TypeTest;
  readonly #now: boolean;
  readonly #fetches: readonly EntityFetchNode[];
  #shareable: Shareable | null = null;
  readonly #lasting: boolean;
  /** Whether an entity's parts can become different at its different places. */
  readonly #apart: boolean;
  readonly #combined = new CombinedRequests();

  constructor(plan: PlanNode, types: TypeTest, now: boolean) {
    this.#types = types;
    this.#now = now;
    const { fetches, changes, contexts } = survey(plan);
    this.#fetches = fetches;
    this.#apart = contexts;
    this.#lasting = !changes;
  }

  /** `base` is the path to where the node stands. */
  step(node: PlanNode, base: readonly PathStep[]): Step {
    switch (node.kind) {
      case 'sequence':
        return this.#sequence(node.nodes, base);
      case 'parallel': {
        const parts = node.nodes.map((each) => this.step(each, base));
        return async (run) => {
          await Promise.all(parts.map((part) => part(run)));
        };
      }
      case 'flatten':
        return this.step(node.node, [...base, ...node.path]);
      case 'fetch':
        return compileRootFetch(node, base, this.#types);
      case 'entities':
        if (node.contexts.length > 0) return compileContextFetch(node, base, this.#types);
        return compileEntityFetch(node, base, this.#types, {
          ...this.#shareableOf(node),
          lasting: this.#lasting,
          combined: this.#combined,
          apart: this.#apart,
        });
    }
  }

  #sequence([first, ...later]: readonly PlanNode[], base: readonly PathStep[]): Step {
    if (!first) return () => Promise.resolve();
    const begin = this.step(first, base);
    let steps: readonly Step[] | null = null;
    const compiled = () => {
      steps ??= later.map((each) => this.step(each, base));
      return steps;
    };
    if (this.#now) compiled();
    return async (run) => {
      const going = begin(run);
      // Not before all that begins now has begun. Why it fails is told to whoever needs it.
      if (!steps) Promise.resolve().then(compiled).catch(nothing);
      await going;
      for (const step of compiled()) await step(run);
    };
  }

  #shareableOf(node: EntityFetchNode): Pick<Companions, 'questions' | 'others'> {
    this.#shareable ??= shareableQuestions(this.#fetches);
    const questions = this.#shareable.questions.get(node);
    const { asked } = this.#shareable;
    return { questions, others: questions?.map((question) => asked.get(question)! > 1) ?? [] };
  }
}

const nothing = () => {};

/** The fetches of entities in a plan that need nothing from above, whether others do, and whether the plan changes anything. */
function survey(plan: PlanNode): { fetches: EntityFetchNode[]; changes: boolean; contexts: boolean } {
  const fetches: EntityFetchNode[] = [];
  let changes = false;
  let contexts = false;
  const look = (node: PlanNode): void => {
    switch (node.kind) {
      case 'sequence':
      case 'parallel':
        for (const each of node.nodes) look(each);
        return;
      case 'flatten':
        look(node.node);
        return;
      case 'fetch':
        changes ||= node.operationKind === 'mutation';
        return;
      case 'entities':
        contexts ||= node.contexts.length > 0;
        if (node.contexts.length === 0) fetches.push(node);
        return;
    }
  };
  look(plan);
  return { fetches, changes, contexts };
}

interface Shareable {
  questions: ReadonlyMap<EntityFetchNode, readonly Question[]>;
  /** How many lists of entities each question is asked of. */
  asked: ReadonlyMap<Question, number>;
}

/** The questions of those fetches that are not the only one to their subgraph; equal questions are one object. */
function shareableQuestions(fetches: readonly EntityFetchNode[]): Shareable {
  const bySubgraph = Map.groupBy(fetches, ({ subgraph }) => subgraph);
  const shareable = new Map<EntityFetchNode, readonly Question[]>();
  const asked = new Map<Question, number>();
  for (const companions of bySubgraph.values()) {
    if (companions.length < 2) continue;
    const known = new Map<string, Question>();
    for (const fetch of companions) {
      const questions = questionsOf(fetch)?.map((question) => {
        const equal = known.get(question.text) ?? question;
        known.set(question.text, equal);
        asked.set(equal, (asked.get(equal) ?? 0) + 1);
        return equal;
      });
      if (questions) shareable.set(fetch, questions);
    }
  }
  return { questions: shareable, asked };
}
