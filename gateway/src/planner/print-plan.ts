import { Kind, parse, print } from 'graphql';
import type { DeferringPlan, PlanSteps } from './deferring-plan.ts';
import type { PlanNode, QueryPlan, RequiredSelection, Step } from './plan.ts';

/** A plan as text for people, in the manner of Apollo's. */
export function printPlan(plan: QueryPlan): string {
  if (plan.kind === 'operation') return block('QueryPlan', plan.root ? [printNode(plan.root)] : []);
  const nodes = [block('Events', [printNode(plan.primary)])];
  if (plan.rest) nodes.push(printNode(plan.rest));
  return block('QueryPlan', [block('Subscription', nodes)]);
}

/** Of an operation of which parts come later: what comes at once stands first. */
export function printDeferringPlans(plans: readonly DeferringPlan[]): string {
  return block('QueryPlan', plans.flatMap(printDeferring));
}

function printDeferring({ run, deferred }: DeferringPlan): string[] {
  return [
    ...(run ? [printSteps(run)] : []),
    ...deferred.map((part) => block(`Deferred(${JSON.stringify(part.mark)})`, printDeferring(part))),
  ];
}

function printSteps(steps: PlanSteps): string {
  switch (steps.kind) {
    case 'piece':
      return printNode(steps.node);
    case 'sequence':
      return block('Sequence', steps.steps.map(printSteps));
    case 'parallel':
      return block('Parallel', steps.steps.map(printSteps));
  }
}

function printNode(node: PlanNode): string {
  switch (node.kind) {
    case 'sequence':
      return block('Sequence', node.nodes.map(printNode));
    case 'parallel':
      return block('Parallel', node.nodes.map(printNode));
    case 'flatten':
      return block(`Flatten(path: "${printPath(node.path)}")`, [printNode(node.node)]);
    case 'fetch':
      return block(`Fetch(service: "${node.subgraph}")`, [printOperation(node.operation)]);
    case 'entities': {
      const inputs = node.inputs.map(({ paths, requires }) => {
        const where = paths
          .filter((path) => path.length > 0)
          .map(printPath)
          .join(', ');
        return `${where ? `${where} ` : ''}${block('', requires.map(printRequired))} =>`;
      });
      return block(`Fetch(service: "${node.subgraph}")`, [...inputs, printEntityOperation(node.operation)]);
    }
  }
}

/** The selection alone, without the names that planners give. */
function printOperation(operation: string): string {
  const { definitions } = parse(operation, { noLocation: true });
  return definitions
    .map((node) => (node.kind === Kind.OPERATION_DEFINITION ? print(node.selectionSet) : print(node)))
    .join('\n');
}

/** What is asked of the entities, without the field that takes their representations. */
function printEntityOperation(operation: string): string {
  const { definitions } = parse(operation, { noLocation: true });
  return definitions
    .flatMap((node) =>
      node.kind === Kind.OPERATION_DEFINITION
        ? node.selectionSet.selections.map((field) =>
            field.kind === Kind.FIELD && field.selectionSet ? print(field.selectionSet) : print(field),
          )
        : [print(node)],
    )
    .join('\n');
}

function printPath(path: readonly Step[]): string {
  return path.reduce((text, step) => {
    if (step.kind === 'types') return `${text}|[${step.names.join(',')}]`;
    const name = step.kind === 'list' ? '@' : step.name;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

function printRequired(selection: RequiredSelection): string {
  if (selection.kind === 'fragment') {
    return block(`... on ${selection.type}`, selection.selections.map(printRequired));
  }
  const { from, to, selections } = selection;
  const name = from === to ? to : `${to}: ${from}`;
  return selections ? block(name, selections.map(printRequired)) : name;
}

function block(head: string, parts: readonly string[]): string {
  const begin = head === '' ? '{' : `${head} {`;
  if (parts.length === 0) return `${begin}}`;
  return `${begin}\n${parts.join('\n').replace(/^/gm, '  ')}\n}`;
}
