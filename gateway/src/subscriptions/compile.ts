import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { gatewayError } from '../errors.ts';
import type { JsonObject } from '../execute/json.ts';
import { type RequestTemplate, requestTemplate } from '../execute/request.ts';
import { compileShape, type Shape } from '../execute/shape.ts';
import type { CompiledOperation } from '../operation/compile.ts';
import type { PlanNode, QueryPlan, Rewrite } from '../planner/plan.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { type EventField, fedBySubgraph } from './event-fields.ts';

/** What is known of a subscription, for given values of what `@skip` and `@include` use, before anybody subscribes. */
export interface CompiledSubscription {
  operation: CompiledOperation;
  field: EventField;
  /** What a subgraph is asked for; null where the messages come from the bus. */
  upstream: { subgraph: string; request: RequestTemplate; rewrites: readonly Rewrite[] } | null;
  /** Under which name its value stands in what is fetched. */
  fetchedName: string;
  arguments(values: JsonObject): Record<string, unknown>;
  /** Makes the data of the plan's first step out of `{ [field.name]: payload }`, and says what does not fit. */
  payloadShape: Shape;
  /** Runs behind the payload. */
  rest: PlanNode | null;
  snapshot: {
    plan: PlanNode | null;
    /** Where the plan puts the position; the response does not show it. */
    positionName: string | null;
  } | null;
}

/** Throws GraphQLErrors that the client may see. */
export async function compileSubscription(
  operation: CompiledOperation,
  plan: QueryPlan,
  values: JsonObject,
  supergraph: Supergraph,
  fields: ReadonlyMap<string, EventField>,
): Promise<CompiledSubscription> {
  const nodes = rootFields(operation.operation.selectionSet, operation.fragments);
  if (plan.kind !== 'subscription') throw new TypeError('expected a subscription');
  const node = nodes[0]!;
  const known = fields.get(node.name.value);
  const field = known ?? fedBySubgraph(node.name.value);
  const definition = supergraph.apiSchema.getSubscriptionType()?.getFields()[node.name.value];
  if (!definition) throw new TypeError(`expected a field of Subscription, got ${node.name.value}`);
  const primary = parse(plan.primary.operation);
  const { subgraph, rewrites } = plan.primary;
  return {
    operation,
    field,
    upstream: known
      ? null
      : { subgraph, rewrites, request: requestTemplate({ ...plan.primary, kind: 'subscription' }) },
    fetchedName: supergraph.planner.fetchedName(node),
    arguments: (values) => getArgumentValues(definition, node, values),
    payloadShape: compileShape(
      {
        schema: supergraph.fullSchema,
        operation: operationOf(primary),
        fragments: fragmentsOf(primary),
        // An event has no aliases.
        nameOf: ({ name }) => name.value,
      },
      {},
    ),
    rest: plan.rest,
    snapshot: field.snapshot
      ? await planSnapshot(operation, values, nodes, field, definition, supergraph)
      : null,
  };
}

async function planSnapshot(
  operation: CompiledOperation,
  values: JsonObject,
  nodes: readonly FieldNode[],
  field: EventField,
  definition: GraphQLField<unknown, unknown>,
  supergraph: Supergraph,
): Promise<CompiledSubscription['snapshot']> {
  const node = nodes[0]!;
  const selections: SelectionNode[] = nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  const positionName = field.position ? unusedName(operation.document) : null;
  if (field.position && positionName) {
    selections.push({
      kind: Kind.FIELD,
      alias: { kind: Kind.NAME, value: positionName },
      name: { kind: Kind.NAME, value: field.position },
    });
  }
  const query: FieldNode = {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: node.alias?.value ?? node.name.value },
    name: { kind: Kind.NAME, value: field.snapshot! },
    // The snapshot may know arguments that the subscription does not have, never the other way round.
    arguments: node.arguments?.filter(({ name }) =>
      definition.args.some((argument) => argument.name === name.value),
    ),
    ...(selections.length > 0 ? { selectionSet: { kind: Kind.SELECTION_SET, selections } } : {}),
  };
  const root = supergraph.apiSchema.getSubscriptionType()?.name;
  const fragments = [...operation.fragments.values()].filter(
    ({ typeCondition }) => typeCondition.name.value !== root,
  );
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        name: operation.operation.name,
        variableDefinitions: operation.operation.variableDefinitions,
        selectionSet: { kind: Kind.SELECTION_SET, selections: [query] },
      },
      ...fragments,
    ],
  };
  const plan = await supergraph.planner.plan(document, operation.operation.name?.value, values);
  return { plan: plan.kind === 'operation' ? plan.root : null, positionName };
}

/** The nodes of the one field that a subscription has. */
function rootFields(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): FieldNode[] {
  return selectionSet.selections.flatMap((selection) => {
    if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) {
      throw gatewayError('NOT_SUPPORTED', 'The field of a subscription cannot be skipped.');
    }
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return fragment ? rootFields(fragment.selectionSet, fragments) : [];
  });
}

function unusedName(document: DocumentNode): string {
  const used = new Set<string>();
  visit(document, {
    Field(node) {
      used.add(node.alias?.value ?? node.name.value);
    },
  });
  let name = '_position';
  while (used.has(name)) name = `${name}_`;
  return name;
}

function operationOf(document: DocumentNode): OperationDefinitionNode {
  const found = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (!found) throw new TypeError('expected an operation in the plan');
  return found;
}

function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}
