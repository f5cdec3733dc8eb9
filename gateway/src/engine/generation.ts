import { type DocumentNode, NoSchemaIntrospectionCustomRule, type ValidationRule } from 'graphql';
import { TypeTest } from '../execute/type-test.ts';
import {
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
import { type EventField, readEventFields } from '../subscriptions/event-fields.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { Turns } from './turns.ts';

export interface GenerationOptions {
  operationCacheSize: number;
  limits: Limits & { maxTokens: number | undefined };
  defaultListSize: number;
  introspection: boolean;
}

/** One supergraph being served, with everything that is derived from it. A new supergraph is a new generation. */
export class Generation {
  readonly supergraph: Supergraph;
  readonly types: TypeTest;
  readonly operations: OperationCache;
  readonly eventFields: ReadonlyMap<string, EventField>;
  /** Whoever compiles more than operations waits for these, too. */
  readonly turns = new Turns();
  readonly #limits: GenerationOptions['limits'];
  readonly #rules: readonly ValidationRule[];
  readonly #compilation: Compilation;

  constructor(supergraph: Supergraph, options: GenerationOptions) {
    this.supergraph = supergraph;
    this.types = new TypeTest(supergraph.fullSchema);
    this.eventFields = readEventFields(supergraph.document, supergraph.fullSchema);
    this.operations = new OperationCache(options.operationCacheSize);
    this.#limits = options.limits;
    this.#rules = options.introspection ? [] : [NoSchemaIntrospectionCustomRule];
    const costs = new CostModel(supergraph, options.defaultListSize);
    this.#compilation = { supergraph, costs };
  }

  /** Rejects with an array of GraphQLErrors that the client may see. */
  compileText(text: string, operationName: string | null | undefined): Promise<CompiledOperation> {
    const key = keyOf(hashOf(text), operationName);
    return this.operations.get(key, async () => {
      await this.turns.next();
      return this.#compile(key, parseDocument(text, this.#limits.maxTokens), operationName);
    });
  }

  /** `hash` is the text's. Rejects with an array of GraphQLErrors that the client may see. */
  compileDocument(
    hash: string,
    document: DocumentNode,
    operationName: string | null | undefined,
  ): Promise<CompiledOperation> {
    const key = keyOf(hash, operationName);
    return this.operations.get(key, async () => {
      await this.turns.next();
      return this.#compile(key, document, operationName);
    });
  }

  #compile(key: string, document: DocumentNode, operationName: string | null | undefined) {
    checkDocument(document, this.supergraph.apiSchema, this.#rules, this.#limits);
    return compileOperation(key, document, operationName, this.#compilation);
  }
}
