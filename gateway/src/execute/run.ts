import type { GraphQLError, Source } from 'graphql';
import type { SendToSubgraph } from '../subgraph/subgraph.ts';
import type { EntityAsking } from './asking.ts';
import type { JsonObject } from './json.ts';
import type { ResponsePath } from './place.ts';
import type { TypeTest } from './type-test.ts';

/** Everything a plan needs to run, for one request or one event. */
export interface ExecutionInput {
  /** As the client sent them: subgraphs coerce and default by their own declarations. */
  variables: JsonObject;
  types: TypeTest;
  send: SendToSubgraph;
  /** Those of this caller; made once, when the first fetch needs them. */
  headers: () => Readonly<Record<string, string>>;
  signal?: { readonly aborted: boolean } | undefined;
  /** When whoever asks gives up, by `performance.now()`. */
  deadline?: number | undefined;
  /** Whether and how fetches of entities save each other; absent: not at all. */
  asking?: AskingOptions | undefined;
  /** Where the field at a path of the response stands in the client's document; absent: errors do not say. */
  locate?: ((path: ResponsePath, fits: FitsAt) => Location | undefined) | undefined;
}

export interface AskingOptions {
  /** An entity is asked for with the same selection once, whatever number of fetches want it. */
  once: boolean;
  /** Fetches of entities that begin together go to their subgraph in one request. */
  together: boolean;
  /** Told of each entity that was not asked for again. */
  onKnown?: ((entities: number) => void) | undefined;
  /** Told of each request that was spared because its fetch travelled with another. */
  onJoined?: ((requests: number) => void) | undefined;
}

/** Places in a document, as a GraphQLError takes them. */
export interface Location {
  source: Source;
  positions: readonly number[];
}

/** Whether the object at a depth of a path can be of a type. */
export type FitsAt = (depth: number, type: string) => boolean;

export interface Fetched {
  data: JsonObject;
  errors: GraphQLError[];
  /** How many requests went to subgraphs. */
  fetches: number;
}

/** One execution of a plan. */
export interface Run {
  readonly input: ExecutionInput;
  readonly fetched: Fetched;
  /** What this execution has asked of entities that several fetches may want; made when the first one does. */
  asked: EntityAsking | null;
}

/** A node of a plan, compiled. Failures of subgraphs become errors of the run, never a rejection. */
export type Step = (run: Run) => Promise<void>;
