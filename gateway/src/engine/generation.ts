import { type DocumentNode, NoSchemaIntrospectionCustomRule, type ValidationRule } from 'graphql';
import { TypeTest } from '../execute/type-test.ts';
import type { CompilationObserver } from '../operation/compilation-observer.ts';
import {
  type Access,
  type Compilation,
  type CompiledOperation,
  compileOperation,
  hashOf,
  keyOf,
} from '../operation/compile.ts';
import { CostModel } from '../operation/cost-model.ts';
import { checkDocument, parseDocument } from '../operation/document.ts';
import type { Limits } from '../operation/limits.ts';
import { OperationCache } from '../operation/operation-cache.ts';
import { rehearse } from '../operation/rehearsal.ts';
import { type ScopeClaims, Scopes } from '../operation/scopes.ts';
import type { SendToSubgraph } from '../subgraph/subgraph.ts';
import type { SubgraphEvents } from '../subgraph-events/subgraph-events.ts';
import { type EventField, readEventFields } from '../subscriptions/event-fields.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { Turns } from './turns.ts';

export interface GenerationOptions {
  operationCacheSize: number;
  operationCacheCharacters: number;
  limits: Limits & { maxTokens: number | undefined };
  defaultListSize: number;
  introspection: boolean;
  access: ScopeClaims & Pick<Access, 'refuses'>;
  observer: CompilationObserver;
}

/** What a generation is made of. It closes the subgraphs' clients in the end. */
export interface GenerationParts {
  /** Counts from 1. */
  number: number;
  /** Of the supergraph's text. */
  hash: string;
  supergraph: Supergraph;
  subgraphs: AsyncDisposable;
  /** Sends to this generation's subgraphs. */
  send: SendToSubgraph;
  /** The subscriptions of one of them; absent for what has no server. */
  eventsOf: (subgraph: string) => SubgraphEvents | undefined;
}

/**
 * One supergraph being served, with everything that is derived from it. A new supergraph is a new generation; the one
 * before lives until nobody uses it any more.
 */
export class Generation {
  readonly number: number;
  readonly hash: string;
  readonly supergraph: Supergraph;
  readonly send: SendToSubgraph;
  readonly eventsOf: GenerationParts['eventsOf'];
  readonly types: TypeTest;
  readonly operations: OperationCache;
  readonly eventFields: ReadonlyMap<string, EventField>;
  /** Whoever compiles more than operations waits for these, too. */
  readonly turns = new Turns();
  readonly #limits: GenerationOptions['limits'];
  readonly #rules: readonly ValidationRule[];
  readonly #compilation: Compilation;
  readonly #subgraphs: AsyncDisposable;
  #users = 0;
  #retired = false;
  readonly #unused = Promise.withResolvers<void>();

  constructor(
    { number, hash, supergraph, subgraphs, send, eventsOf }: GenerationParts,
    options: GenerationOptions,
  ) {
    this.number = number;
    this.hash = hash;
    this.supergraph = supergraph;
    this.send = send;
    this.eventsOf = eventsOf;
    this.#subgraphs = subgraphs;
    this.types = new TypeTest(supergraph.fullSchema);
    this.eventFields = readEventFields(supergraph.document, supergraph.fullSchema);
    this.operations = new OperationCache(options.operationCacheSize, options.operationCacheCharacters);
    this.#limits = options.limits;
    this.#rules = options.introspection ? [] : [NoSchemaIntrospectionCustomRule];
    const costs = new CostModel(supergraph, options.defaultListSize);
    this.#compilation = {
      supergraph,
      costs,
      observer: options.observer,
      access: { scopes: new Scopes(supergraph, options.access), refuses: options.access.refuses },
    };
  }

  /** What is compiled already, or null: at once, without a promise. */
  known(text: string, operationName: string | null): CompiledOperation | null {
    return this.operations.known(text, operationName);
  }

  /** Rejects with an array of GraphQLErrors that the client may see. */
  compileText(text: string, operationName: string | null | undefined): Promise<CompiledOperation> {
    return this.operations.get(text, operationName ?? null, async () => {
      await this.turns.next();
      return this.#compile(text, () => parseDocument(text, this.#limits.maxTokens), operationName);
    });
  }

  /** `text` is the document's. Rejects with an array of GraphQLErrors that the client may see. */
  compileDocument(
    text: string,
    document: DocumentNode,
    operationName: string | null | undefined,
  ): Promise<CompiledOperation> {
    return this.operations.get(text, operationName ?? null, async () => {
      await this.turns.next();
      return this.#compile(text, () => document, operationName);
    });
  }

  /** Before the first request of the process; see there. */
  rehearse(withinMs: number): Promise<void> {
    return rehearse(this.#compilation, this.types, withinMs);
  }

  /** Call in the same turn in which you have learned that this is the current one; then `release`, once. */
  retain(): void {
    this.#users++;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0 && this.#retired) this.#unused.resolve();
  }

  /** Nobody will begin to use it from now on. Resolves when its last user has gone and its clients are closed. */
  async retire(): Promise<void> {
    this.#retired = true;
    if (this.#users === 0) this.#unused.resolve();
    await this.#unused.promise;
    this.supergraph.planner[Symbol.dispose]();
    await this.#subgraphs[Symbol.asyncDispose]();
  }

  #compile(text: string, parse: () => DocumentNode, operationName: string | null | undefined) {
    return this.#compilation.observer.compiling(async () => {
      const document = parse();
      checkDocument(document, this.supergraph.apiSchema, this.#rules, this.#limits);
      return compileOperation(keyOf(hashOf(text), operationName), document, operationName, this.#compilation);
    });
  }
}
