import type {
  QueryPlan as ApolloPlan,
  PlanNode as ApolloPlanNode,
  FetchDataKeyRenamer,
  FetchDataRewrite,
  QueryPlanSelectionNode,
} from '@apollo/query-planner';
import { type DocumentNode, GraphQLError } from 'graphql';
import { atPath } from './at-path.ts';
import { type ActiveLabels, noLabels } from './override-labels.ts';
import type {
  ContextArgument,
  EntityFetchNode,
  FetchNode,
  PlanNode,
  QueryPlan,
  RequiredSelection,
  Rewrite,
  RewriteStep,
  Step,
} from './plan.ts';
import type { Planner } from './planner.ts';

/** Apollo's own planner, in JavaScript: loaded when it is first needed, since that takes a second and 80 megabytes. */
export class ApolloPlanner implements Planner {
  readonly name = 'apollo';
  readonly #sdl: string;
  #ready: Promise<PlanAsIs> | undefined;

  constructor(sdl: string) {
    this.#sdl = sdl;
  }

  async plan(
    document: DocumentNode,
    operationName: string | undefined,
    labels: ActiveLabels,
  ): Promise<QueryPlan> {
    return translate(await this.planAsIs(document, operationName, labels));
  }

  /** The plan as this planner makes it, also of a document with `@defer`; each has a label of its own. */
  async planAsIs(
    document: DocumentNode,
    operationName: string | undefined,
    labels: ActiveLabels = noLabels,
  ): Promise<ApolloPlan> {
    return (await this.load())(document, operationName, labels);
  }

  /** Once; the supergraph is known to be valid. */
  load() {
    this.#ready ??= loadPlanner(this.#sdl);
    return this.#ready;
  }
}

type PlanAsIs = (
  document: DocumentNode,
  operationName: string | undefined,
  labels: ActiveLabels,
) => ApolloPlan;

async function loadPlanner(sdl: string): Promise<PlanAsIs> {
  const [{ operationFromDocument, Supergraph }, { QueryPlanner }] = await Promise.all([
    import('@apollo/federation-internals'),
    import('@apollo/query-planner'),
  ]);
  const supergraph = Supergraph.build(sdl, { validateSupergraph: false });
  // Of what has no `@defer` the plans are the same.
  const planner = new QueryPlanner(supergraph, { incrementalDelivery: { enableDefer: true } });
  const schema = supergraph.apiSchema();
  return (document, operationName, { names }) =>
    planner.buildQueryPlan(operationFromDocument(schema, document, { operationName }), {
      overrideConditions: new Map([...names].map((name) => [name, true])),
    });
}

export function translate(plan: ApolloPlan): QueryPlan {
  const { node } = plan;
  if (!node) return { kind: 'operation', root: null };
  if (node.kind !== 'Subscription') return { kind: 'operation', root: translateNode(node) };
  return {
    kind: 'subscription',
    primary: translateRootFetch(node.primary),
    rest: node.rest ? translateNode(node.rest) : null,
  };
}

export function translateNode(node: ApolloPlanNode): PlanNode {
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', nodes: node.nodes.map(translateNode) };
    case 'Parallel':
      return { kind: 'parallel', nodes: node.nodes.map(translateNode) };
    case 'Flatten':
      return atPath(node.path.flatMap(translateStep), translateNode(node.node));
    case 'Fetch':
      return node.requires ? translateEntityFetch(node, node.requires) : translateRootFetch(node);
    case 'Condition':
      throw unsupported('@skip or @include here');
    case 'Defer':
      throw unsupported('@defer');
  }
}

type ApolloFetch = Extract<ApolloPlanNode, { kind: 'Fetch' }>;

function translateRootFetch(node: ApolloFetch): FetchNode {
  if (node.contextRewrites?.length) throw unsupported('@fromContext here');
  return {
    kind: 'fetch',
    ...operationOf(node),
    operationKind: node.operationKind,
    rewrites: node.outputRewrites?.map(translateRewrite) ?? [],
  };
}

function translateEntityFetch(
  node: ApolloFetch,
  requires: readonly QueryPlanSelectionNode[],
): EntityFetchNode {
  const contexts = node.contextRewrites?.map(translateContext) ?? [];
  const given = new Set(contexts.map(({ variable }) => variable));
  return {
    kind: 'entities',
    ...operationOf(node),
    // A variable of the client's with such a name is none of those.
    variables: (node.variableUsages ?? []).filter((name) => !given.has(name)),
    contexts,
    inputs: [
      {
        variable: 'representations',
        paths: [[]],
        requires: requires.map(translateSelection),
        rewrites: node.inputRewrites?.map(translateRewrite) ?? [],
      },
    ],
    outputs: [
      {
        responseName: '_entities',
        input: 0,
        rewrites: node.outputRewrites?.map(translateRewrite) ?? [],
      },
    ],
  };
}

function operationOf(node: ApolloFetch) {
  return {
    subgraph: node.serviceName,
    operation: node.operation,
    operationName: node.operationName,
    variables: node.variableUsages ?? [],
  };
}

/** `name`, `@`, and either with type conditions behind: `name|[A,B]`. */
function translateStep(element: string | number): Step[] {
  const match = /^(.*?)(?:\|\[(.*)\])?$/.exec(String(element));
  const [, place = '', types] = match ?? [];
  const steps: Step[] = [];
  if (place === '@') steps.push({ kind: 'list' });
  else if (place !== '') steps.push({ kind: 'field', name: place });
  if (types) steps.push({ kind: 'types', names: types.split(',').map((name) => name.trim()) });
  return steps;
}

function translateSelection(selection: QueryPlanSelectionNode): RequiredSelection {
  if (selection.kind === 'InlineFragment') {
    // Without a condition it would be part of its parent.
    return {
      kind: 'fragment',
      type: selection.typeCondition ?? '',
      selections: selection.selections.map(translateSelection),
    };
  }
  const name = selection.alias ?? selection.name;
  return {
    kind: 'field',
    from: name,
    to: name,
    selections: selection.selections?.map(translateSelection) ?? null,
  };
}

function translateRewrite(rewrite: FetchDataRewrite): Rewrite {
  const path = rewrite.path.map(translateRewriteStep);
  const last = path.pop();
  if (last?.kind !== 'field') throw unsupported(`a rewrite at ${rewrite.path.join('.')}`);
  return rewrite.kind === 'ValueSetter'
    ? { kind: 'set', path, field: last.name, value: rewrite.setValueTo }
    : { kind: 'rename', path, field: last.name, to: rewrite.renameKeyTo };
}

/** From `..`, once for each field, down to the value. */
function translateContext({ path, renameKeyTo }: FetchDataKeyRenamer): ContextArgument {
  const down = path.findIndex((element) => element !== '..');
  return {
    variable: renameKeyTo,
    up: down,
    path: path.slice(down).map(translateRewriteStep),
  };
}

function translateRewriteStep(element: string): RewriteStep {
  const prefix = '... on ';
  return element.startsWith(prefix)
    ? { kind: 'type', name: element.slice(prefix.length) }
    : { kind: 'field', name: element };
}

export function unsupported(what: string): GraphQLError {
  return new GraphQLError(`This gateway does not run ${what}.`, { extensions: { code: 'NOT_SUPPORTED' } });
}
