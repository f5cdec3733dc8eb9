import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type JsonObject, setOwn } from '../execute/json.ts';
import type { PartPath, PartStep } from '../execute/part-places.ts';
import { compileShape, type Shape } from '../execute/shape.ts';
import type { DeferringPlan } from '../planner/deferring-plan.ts';
import type { OperationPlanner } from '../planner/operation-planner.ts';
import type { ActiveLabels } from '../planner/override-labels.ts';
import type { CompilationObserver } from './compilation-observer.ts';
import { type PartStep as DeferralStep, type DeferredPart, deferralOf, isDeferring } from './deferral.ts';
import { plansOf } from './plans.ts';
import { variantsOf } from './variants.ts';

/** An operation of which parts come later, for given values of what decides it. */
export interface CompiledDeferral {
  /** Each has data of its own; the first one is what comes at once. */
  plans: readonly DeferringPlan[];
  initial: CompiledSelection;
  /** Every part after the one that it is inside of. */
  parts: readonly CompiledPart[];
}

export interface CompiledPart extends CompiledSelection {
  /** By which its plan knows it; null when all of a plan is for it. */
  mark: string | null;
  label: string | undefined;
  /** Its place in `plans`. */
  plan: number;
  /** Its place in `parts`; null when it follows what comes at once. */
  parent: number | null;
  /** From the objects of its parent to its own. */
  path: PartPath;
}

/** What is told of an object. */
export interface CompiledSelection {
  shape: Shape;
  /** Whether it has a field: response names, seen from the object; indexes of lists count for nothing. */
  has(path: readonly (string | number)[]): boolean;
}

export interface DeferrableOperation {
  schema: GraphQLSchema;
  document: Parameters<OperationPlanner['planDeferring']>[0];
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  planner: OperationPlanner;
  observer: CompilationObserver;
}

/** For each set of values of the variables that decide what is asked for (`conditions`), and when (`deferring`). */
export function deferralsOf(
  deferrable: DeferrableOperation,
  conditions: readonly string[],
  deferring: readonly string[],
): (values: JsonObject) => Promise<CompiledDeferral | null> {
  const { planner, document } = deferrable;
  const variants = plansOf(planner, document, (labels) =>
    variantsOf([...conditions, ...deferring], (values) => compileDeferral(deferrable, values, labels)),
  );
  if (deferring.length === 0) return variants;
  return (values) => {
    const decided = { ...values };
    for (const variable of deferring) setOwn(decided, variable, isDeferring(variable, values));
    return variants(decided);
  };
}

/** Null when all of it comes at once. `values` are those of the variables that decide what is asked for, and when. */
async function compileDeferral(
  deferrable: DeferrableOperation,
  values: JsonObject,
  labels: ActiveLabels,
): Promise<CompiledDeferral | null> {
  const { schema, document, operation, fragments, planner, observer } = deferrable;
  const deferral = deferralOf(schema, operation, fragments, values);
  if (!deferral) return null;
  const rootParts = deferral.parts.filter(({ isRoot }) => isRoot);
  const plans: DeferringPlan[] = [];
  for (const { planned } of [deferral.initial, ...rootParts.map(({ selection }) => selection)]) {
    const plan = await observer.planning('apollo', () =>
      planner.planDeferring(document, { ...operation, selectionSet: planned }, values, labels),
    );
    if (!plan) return null;
    plans.push(plan);
  }

  const nameOf = (field: FieldNode) => planner.fetchedName(field);
  const selectionOf = (selectionSet: SelectionSetNode, type?: GraphQLCompositeType): CompiledSelection => ({
    shape: compileShape(
      { schema, operation: { ...operation, selectionSet }, fragments, nameOf, type },
      values,
    ),
    has: (path) => hasField(selectionSet, path, fragments),
  });
  const planOf = (part: DeferredPart): number => {
    if (part.isRoot) return 1 + rootParts.indexOf(part);
    return part.parent ? planOf(part.parent) : 0;
  };
  const root = schema.getRootType(operation.operation)!.name;
  const stepOf = (step: DeferralStep): PartStep =>
    step.kind === 'type'
      ? { kind: 'type', name: step.type.name }
      : {
          kind: 'field',
          key: step.node.alias?.value ?? step.node.name.value,
          fetchedName: nameOf(step.node),
          declared: step.type.name,
        };
  return {
    plans,
    initial: selectionOf(deferral.initial.kept),
    parts: deferral.parts.map((part) => ({
      ...selectionOf(part.selection.kept, part.type),
      mark: part.isRoot ? null : part.mark,
      label: part.label,
      plan: planOf(part),
      parent: part.parent ? deferral.parts.indexOf(part.parent) : null,
      path: { declared: part.parent?.type.name ?? root, steps: part.path.map(stepOf) },
    })),
  };
}

function hasField(
  { selections }: SelectionSetNode,
  path: readonly (string | number)[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): boolean {
  const [key, ...behind] = path.filter((step) => typeof step === 'string');
  if (key === undefined) return true;
  return selections.some((selection) => {
    if (selection.kind === Kind.FIELD) {
      if ((selection.alias ?? selection.name).value !== key) return false;
      return (
        behind.length === 0 ||
        (selection.selectionSet !== undefined && hasField(selection.selectionSet, behind, fragments))
      );
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return fragment !== undefined && hasField(fragment.selectionSet, path, fragments);
  });
}
