/**
 * What a plan is to this gateway, whoever made it. Planners translate theirs into it; the executor knows nothing else.
 */
export type QueryPlan =
  | { kind: 'operation' /** Null when nothing has to be fetched (introspection). */; root: PlanNode | null }
  | { kind: 'subscription' /** Feeds the events. */; primary: FetchNode; rest: PlanNode | null };

export type PlanNode = SequenceNode | ParallelNode | FlattenNode | ConditionNode | FetchNode;

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

/** The branch that the Boolean variable chooses. */
export interface ConditionNode {
  kind: 'condition';
  variable: string;
  whenTrue: PlanNode | null;
  whenFalse: PlanNode | null;
}

export interface FetchNode {
  kind: 'fetch';
  subgraph: string;
  operationKind: 'query' | 'mutation' | 'subscription';
  operation: string;
  operationName: string | undefined;
  /** Variables of the client's operation that this one uses. */
  variables: readonly string[];
  /** What is taken from each object to make its representation; null for a fetch of root fields. */
  requires: readonly RequiredSelection[] | null;
  inputRewrites: readonly Rewrite[];
  outputRewrites: readonly Rewrite[];
}

/** One step into the response: into a field, into every item of a list, or only into objects of some types. */
export type Step =
  | { kind: 'field'; name: string }
  | { kind: 'list' }
  | { kind: 'types'; names: readonly string[] };

export type RequiredSelection =
  | { kind: 'field'; responseName: string; selections: readonly RequiredSelection[] | null }
  | { kind: 'fragment'; type: string; selections: readonly RequiredSelection[] };

/** Where a rewrite applies: fields by name and type conditions, through lists by themselves. */
export type RewriteStep = { kind: 'field'; name: string } | { kind: 'type'; name: string };

export type Rewrite =
  | { kind: 'set'; path: readonly RewriteStep[]; field: string; value: unknown }
  | { kind: 'rename'; path: readonly RewriteStep[]; field: string; to: string };
