/**
 * What a plan is to this gateway, whoever made it. Planners translate theirs into it; the executor knows nothing else.
 */
export type QueryPlan =
  | { kind: 'operation' /** Null when nothing has to be fetched (introspection). */; root: PlanNode | null }
  | { kind: 'subscription' /** Feeds the events. */; primary: FetchNode; rest: PlanNode | null };

export type PlanNode = SequenceNode | ParallelNode | FlattenNode | FetchNode | EntityFetchNode;

export interface SequenceNode {
  kind: 'sequence';
  nodes: readonly PlanNode[];
}

export interface ParallelNode {
  kind: 'parallel';
  nodes: readonly PlanNode[];
}

/** Runs `node` on the objects that `path` leads to. */
export interface FlattenNode {
  kind: 'flatten';
  path: readonly Step[];
  node: PlanNode;
}

/** Root fields of a subgraph; what comes is merged into the objects where the node stands. */
export interface FetchNode {
  kind: 'fetch';
  subgraph: string;
  operationKind: 'query' | 'mutation' | 'subscription';
  operation: string;
  operationName: string | undefined;
  /** Variables of the client's operation that this one uses, by their planned names. */
  variables: readonly string[];
  rewrites: readonly Rewrite[];
}

/** Fields of entities that are known already: one request, for as many kinds of them at as many places as the plan says. */
export interface EntityFetchNode {
  kind: 'entities';
  subgraph: string;
  operation: string;
  operationName: string | undefined;
  /** Variables of the client's operation that this one uses, by their planned names. */
  variables: readonly string[];
  inputs: readonly EntityInput[];
  outputs: readonly EntityOutput[];
  /** Arguments whose values stand above the entities (`@fromContext`). */
  contexts: readonly ContextArgument[];
}

/** An argument whose value is in an object that the entity stands in. Of several for one variable the one that fits counts. */
export interface ContextArgument {
  /** The variable of the operation that takes the value. */
  variable: string;
  /** How many fields lead from that object to the entity. */
  up: number;
  /** From the object to the value. */
  path: readonly RewriteStep[];
}

/** Entities that are asked for together. */
export interface EntityInput {
  /** The variable of the operation that takes the representations. */
  variable: string;
  /** Where the entities are, seen from where the node stands. */
  paths: readonly (readonly Step[])[];
  /** What is taken from each object to make its representation. */
  requires: readonly RequiredSelection[];
  rewrites: readonly Rewrite[];
}

/** A list of entities in the answer, in the order of an input's representations. */
export interface EntityOutput {
  responseName: string;
  /** Its index in `inputs`. */
  input: number;
  rewrites: readonly Rewrite[];
}

/** One step into the response: into a field, into every item of a list, or only into objects of some types. */
export type Step =
  | { kind: 'field'; name: string }
  | { kind: 'list' }
  | { kind: 'types'; names: readonly string[] };

export type RequiredSelection = RequiredField | RequiredFragment;

export interface RequiredField {
  kind: 'field';
  /** Its name in the response. */
  from: string;
  /** Its name in the representation. */
  to: string;
  selections: readonly RequiredSelection[] | null;
}

export interface RequiredFragment {
  kind: 'fragment';
  type: string;
  selections: readonly RequiredSelection[];
}

/** Where a rewrite applies: fields by name and type conditions, through lists by themselves. */
export type RewriteStep = { kind: 'field'; name: string } | { kind: 'type'; name: string };

export type Rewrite =
  | { kind: 'set'; path: readonly RewriteStep[]; field: string; value: unknown }
  | { kind: 'rename'; path: readonly RewriteStep[]; field: string; to: string };
