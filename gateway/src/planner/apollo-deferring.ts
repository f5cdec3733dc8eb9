import type {
  DeferNode as ApolloDefer,
  DeferredNode as ApolloDeferred,
  QueryPlan as ApolloPlan,
  PlanNode as ApolloPlanNode,
} from '@apollo/query-planner';
import { translateNode, unsupported } from './apollo.ts';
import type { DeferredPlan, DeferringPlan, PlanSteps } from './deferring-plan.ts';

/** Apollo's plan of an operation with `@defer` in our words. */
export function translateDeferring({ node }: ApolloPlan): DeferringPlan {
  if (node?.kind === 'Subscription') throw unsupported('@defer in a subscription');
  return translate(node);
}

function translate(node: ApolloPlanNode | undefined): DeferringPlan {
  if (node?.kind !== 'Defer') return { run: node ? stepsOf(node) : null, deferred: [] };
  const { primary, deferred } = node satisfies ApolloDefer;
  return { run: primary.node ? stepsOf(primary.node) : null, deferred: deferred.map(translatePart) };
}

function translatePart({ label, depends, node }: ApolloDeferred): DeferredPlan {
  if (label === undefined) throw unsupported('@defer without a label');
  return { ...translate(node), mark: label, after: depends.map(({ id }) => id) };
}

/** Only what others wait for stands alone: the rest is run as it is planned. */
function stepsOf(node: ApolloPlanNode): PlanSteps {
  if (
    (node.kind === 'Sequence' || node.kind === 'Parallel') &&
    node.nodes.some((part) => idOf(part) !== null)
  ) {
    return { kind: node.kind === 'Sequence' ? 'sequence' : 'parallel', steps: node.nodes.map(stepsOf) };
  }
  return { kind: 'piece', node: translateNode(node), id: idOf(node) };
}

/** Of a fetch; of several, anything that says that there is one. */
function idOf(node: ApolloPlanNode): string | null {
  switch (node.kind) {
    case 'Fetch':
      return node.id ?? null;
    case 'Flatten':
      return idOf(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.map(idOf).find((id) => id !== null) ?? null;
    case 'Condition':
    case 'Defer':
      return null;
  }
}
