import type {
  FetchNodePathSegment,
  FlattenNodePathSegment,
  BatchFetchNode as HiveBatchFetch,
  FetchNode as HiveFetch,
  QueryPlan as HivePlan,
  PlanNode as HivePlanNode,
  FetchRewrite as HiveRewrite,
  RequiresSelection as HiveSelection,
} from '@graphql-hive/router-query-planner';
import { GraphQLError } from 'graphql';
import { atPath } from './at-path.ts';
import type {
  EntityFetchNode,
  EntityInput,
  FetchNode,
  PlanNode,
  QueryPlan,
  RequiredSelection,
  Rewrite,
  RewriteStep,
  Step,
} from './plan.ts';

/** Hive's plan in our words. */
export function translate({ node }: HivePlan): QueryPlan {
  if (!node) return { kind: 'operation', root: null };
  const [first, ...rest] = node.kind === 'Sequence' ? node.nodes : [node];
  if (first?.kind !== 'Subscription') return { kind: 'operation', root: translateNode(node) };
  return {
    kind: 'subscription',
    primary: translateRootFetch(first.primary),
    rest: rest.length > 0 ? translateNode({ kind: 'Sequence', nodes: rest }) : null,
  };
}

function translateNode(node: HivePlanNode): PlanNode {
  switch (node.kind) {
    case 'Sequence':
      return node.nodes.length === 1
        ? translateNode(node.nodes[0]!)
        : { kind: 'sequence', nodes: node.nodes.map(translateNode) };
    case 'Parallel':
      return { kind: 'parallel', nodes: node.nodes.map(translateNode) };
    case 'Flatten':
      return atPath(node.path.map(translateStep), translateNode(node.node));
    case 'Fetch':
      return node.requires ? translateEntityFetch(node, node.requires) : translateRootFetch(node);
    case 'BatchFetch':
      return translateBatchFetch(node);
    case 'Condition':
    case 'Subscription':
    case 'Defer':
      throw unknown(`a ${node.kind} here`);
  }
}

function translateRootFetch(node: HiveFetch): FetchNode {
  return {
    kind: 'fetch',
    ...operationOf(node),
    operationKind: node.operationKind ?? 'query',
    rewrites: node.outputRewrites?.flatMap(translateRewrite) ?? [],
  };
}

function translateEntityFetch(node: HiveFetch, requires: readonly HiveSelection[]): EntityFetchNode {
  return {
    kind: 'entities',
    ...operationOf(node),
    contexts: [],
    inputs: [
      {
        variable: 'representations',
        paths: [[]],
        requires: requires.map(translateSelection),
        rewrites: node.inputRewrites?.flatMap(translateRewrite) ?? [],
      },
    ],
    outputs: [
      {
        responseName: '_entities',
        input: 0,
        rewrites: node.outputRewrites?.flatMap(translateRewrite) ?? [],
      },
    ],
  };
}

/** Lists in the answer that take the same variable have the same input. */
function translateBatchFetch(node: HiveBatchFetch): EntityFetchNode {
  const inputs: EntityInput[] = [];
  const outputs = node.entityBatch.aliases.map((alias) => {
    const variable = alias.representationsVariableName;
    let input = inputs.findIndex((known) => known.variable === variable);
    if (input < 0) {
      input = inputs.length;
      inputs.push({
        variable,
        paths: alias.paths.map((path) => path.map(translateStep)),
        requires: alias.requires.map(translateSelection),
        rewrites: alias.inputRewrites?.flatMap(translateRewrite) ?? [],
      });
    }
    return {
      responseName: alias.alias,
      input,
      rewrites: alias.outputRewrites?.flatMap(translateRewrite) ?? [],
    };
  });
  return { kind: 'entities', ...operationOf(node), contexts: [], inputs, outputs };
}

function operationOf(node: HiveFetch | HiveBatchFetch) {
  return {
    subgraph: node.serviceName,
    operation: node.operation,
    operationName: node.operationName,
    variables: node.variableUsages ?? [],
  };
}

function translateStep(segment: FlattenNodePathSegment): Step {
  if (segment === '@') return { kind: 'list' };
  if ('Field' in segment) return { kind: 'field', name: segment.Field };
  return { kind: 'types', names: segment.TypeCondition };
}

/** A required field is read by its name in the response, and sent by its alias. */
function translateSelection(selection: HiveSelection): RequiredSelection {
  switch (selection.kind) {
    case 'Field':
      return {
        kind: 'field',
        from: selection.name,
        to: selection.alias ?? selection.name,
        selections: selection.selections?.map(translateSelection) ?? null,
      };
    case 'InlineFragment':
      return {
        kind: 'fragment',
        type: selection.typeCondition,
        selections: selection.selections.map(translateSelection),
      };
    case 'FragmentSpread':
      throw unknown('a fragment by its name in what is required');
  }
}

/** A rewrite for several types is one for each of them. */
function translateRewrite(rewrite: HiveRewrite): Rewrite[] {
  const { path } = 'KeyRenamer' in rewrite ? rewrite.KeyRenamer : setterOf(rewrite);
  const last = path.at(-1);
  if (!last || !('Key' in last)) throw unknown('a rewrite of no field');
  return pathsOf(path.slice(0, -1)).map((steps) =>
    'KeyRenamer' in rewrite
      ? { kind: 'rename', path: steps, field: last.Key, to: rewrite.KeyRenamer.renameKeyTo }
      : { kind: 'set', path: steps, field: last.Key, value: setterOf(rewrite).setValueTo },
  );
}

function setterOf(rewrite: Exclude<HiveRewrite, { KeyRenamer: unknown }>) {
  return 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite;
}

function pathsOf(segments: readonly FetchNodePathSegment[]): RewriteStep[][] {
  let paths: RewriteStep[][] = [[]];
  for (const segment of segments) {
    const steps: RewriteStep[] =
      'Key' in segment
        ? [{ kind: 'field', name: segment.Key }]
        : segment.TypenameEquals.map((name) => ({ kind: 'type', name }));
    paths = paths.flatMap((path) => steps.map((step) => [...path, step]));
  }
  return paths;
}

function unknown(what: string): GraphQLError {
  return new GraphQLError(`The plan has ${what}, which this gateway does not know.`, {
    extensions: { code: 'PLANNING_FAILED' },
  });
}
