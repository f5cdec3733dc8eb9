import {
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  doTypesOverlap,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { type JsonObject, own } from '../execute/json.ts';
import { isIncluded, mayHaveDirectives } from './conditions.ts';

/** What of an operation comes later, for given values of what `@skip`, `@include` and `@defer` use. */
export interface Deferral {
  /** What comes at once: as clients see it, and as planners take it. */
  initial: SplitSelection;
  /** Every part after the one that it is inside of. */
  parts: readonly DeferredPart[];
}

/** A fragment with `@defer`, at one place of the operation. */
export interface DeferredPart {
  /** By which a planner knows it again: labels of clients need not be there, and need not tell places apart. */
  mark: string;
  /** As the client calls it. */
  label: string | undefined;
  /** The part that it is inside of; null when it follows what comes at once. */
  parent: DeferredPart | null;
  /** From the objects of its parent to its own. */
  path: readonly PartStep[];
  /** The type that its objects are declared as. */
  type: GraphQLCompositeType;
  /** A part of the root is an operation of its own: no plan of what is around it has it. */
  isRoot: boolean;
  selection: SplitSelection;
}

/** Into a field, of this type; or on only with objects that are of the type. */
export type PartStep =
  | { kind: 'field'; node: FieldNode; type: GraphQLCompositeType }
  | { kind: 'type'; type: GraphQLCompositeType };

export interface SplitSelection {
  /** Without the parts inside of it. */
  kept: SelectionSetNode;
  /** With the parts inside of it, `@defer(label: <mark>)`, but those of the root. */
  planned: SelectionSetNode;
}

/** More come at once: each makes the plan more laborious, and the answer a little longer. */
const maxParts = 64;

/** Null when everything comes at once. The operation is valid. */
export function deferralOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  values: JsonObject,
): Deferral | null {
  const root = schema.getRootType(operation.operation);
  if (!root) throw new TypeError(`the schema has no ${operation.operation}`);
  const splitter = new Splitter(schema, fragments, values);
  const initial = splitter.split(operation.selectionSet, {
    part: null,
    path: [],
    declared: root,
    type: root,
    isRoot: true,
  });
  const { parts } = splitter;
  return parts.length > 0 && parts.length <= maxParts ? { initial, parts } : null;
}

/** Where the splitter is. */
interface Position {
  part: DeferredPart | null;
  path: readonly PartStep[];
  /** The type of the last field. */
  declared: GraphQLCompositeType;
  /** The same, narrowed by the fragments around. */
  type: GraphQLCompositeType;
  /** Not yet in any field. */
  isRoot: boolean;
}

class Splitter {
  readonly parts: DeferredPart[] = [];
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #values: JsonObject;
  readonly #mentions: Mentions;

  constructor(
    schema: GraphQLSchema,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    values: JsonObject,
  ) {
    this.#schema = schema;
    this.#fragments = fragments;
    this.#values = values;
    this.#mentions = new Mentions(fragments);
  }

  split({ selections }: SelectionSetNode, at: Position): SplitSelection {
    const kept: SelectionNode[] = [];
    const planned: SelectionNode[] = [];
    for (const selection of selections) {
      if (!isIncluded(selection, this.#values)) continue;
      const split = this.#selection(selection, at);
      if (split.kept) kept.push(split.kept);
      if (split.planned) planned.push(split.planned);
    }
    return { kept: setOf(kept), planned: setOf(planned) };
  }

  #selection(selection: SelectionNode, at: Position): { kept?: SelectionNode; planned?: SelectionNode } {
    if (selection.kind === Kind.FIELD) return this.#field(selection, at);
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
    if (!fragment || this.#excludes(fragment.typeCondition, at.type)) return {};
    const deferring = selection.directives?.find(isDefer);
    const active = deferring && isActive(deferring, this.#values);
    // What holds no parts stays as it is, by its name.
    if (!active && !this.#mentions.in(selection)) {
      const plain = {
        ...selection,
        directives: selection.directives?.filter((directive) => !isDefer(directive)),
      };
      return { kept: plain, planned: plain };
    }
    const inline: InlineFragmentNode = {
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: this.#narrows(fragment.typeCondition, at.type) ? fragment.typeCondition : undefined,
      directives: selection.directives?.filter((directive) => !isDefer(directive)),
      selectionSet: fragment.selectionSet,
    };
    return active ? this.#part(inline, deferring, at) : this.#fragment(inline, at);
  }

  #field(field: FieldNode, at: Position): { kept: FieldNode; planned: FieldNode } {
    const type = this.#typeOf(field, at.type);
    if (!field.selectionSet || !type || !this.#mentions.in(field)) return { kept: field, planned: field };
    const { kept, planned } = this.split(field.selectionSet, {
      part: at.part,
      path: [...at.path, { kind: 'field', node: field, type }],
      declared: type,
      type,
      isRoot: false,
    });
    return { kept: { ...field, selectionSet: kept }, planned: { ...field, selectionSet: planned } };
  }

  #fragment(inline: InlineFragmentNode, at: Position): { kept?: SelectionNode; planned?: SelectionNode } {
    const { kept, planned } = this.split(inline.selectionSet, this.#narrowed(inline, at));
    return {
      ...(kept.selections.length > 0 ? { kept: { ...inline, selectionSet: kept } } : {}),
      ...(planned.selections.length > 0 ? { planned: { ...inline, selectionSet: planned } } : {}),
    };
  }

  #part(inline: InlineFragmentNode, deferring: DirectiveNode, at: Position): { planned?: SelectionNode } {
    const { isRoot } = at;
    const { path, declared, type } = this.#narrowed(inline, at);
    const label = argument(deferring, 'label')?.value;
    const part: DeferredPart = {
      mark: `part${this.parts.length}`,
      label: label?.kind === Kind.STRING ? label.value : undefined,
      parent: at.part,
      path,
      type: declared,
      isRoot,
      selection: nothing,
    };
    this.parts.push(part);
    part.selection = this.split(inline.selectionSet, { part, path: [], declared, type, isRoot });
    const { kept, planned } = part.selection;
    const hasParts = this.parts.at(-1) !== part;
    if (kept.selections.length === 0 && !hasParts) {
      // Its conditions have left nothing of it.
      this.parts.pop();
      return {};
    }
    return isRoot ? {} : { planned: { ...inline, directives: [deferAs(part.mark)], selectionSet: planned } };
  }

  /** A condition that every object fits, by its type, says nothing; planners stumble over it. */
  #narrows(condition: NamedTypeNode | undefined, at: GraphQLCompositeType): boolean {
    const type = condition && this.#schema.getType(condition.name.value);
    if (!type || type === at) return false;
    return !(isAbstractType(type) && !isUnionType(at) && this.#schema.isSubType(type, at));
  }

  /** No object at all fits, since a condition that says nothing is not there any more. */
  #excludes(condition: NamedTypeNode | undefined, at: GraphQLCompositeType): boolean {
    const type = condition && this.#schema.getType(condition.name.value);
    return isCompositeType(type) && !doTypesOverlap(this.#schema, type, at);
  }

  #narrowed({ typeCondition }: InlineFragmentNode, at: Position): Position {
    const type = typeCondition && this.#schema.getType(typeCondition.name.value);
    if (!type || !isCompositeType(type)) return at;
    return { ...at, type, path: [...at.path, { kind: 'type', type }] };
  }

  #typeOf(field: FieldNode, parent: GraphQLCompositeType): GraphQLCompositeType | null {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return null;
    const definition = parent.getFields()[field.name.value];
    const type = definition && getNamedType(definition.type);
    return type && isCompositeType(type) ? type : null;
  }
}

/** Whether selections have `@defer` in them. */
class Mentions {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #known = new Map<string, boolean>();

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments;
  }

  /** Inside of a selection; its own directives do not count. */
  in(selection: SelectionNode): boolean {
    if (selection.kind !== Kind.FRAGMENT_SPREAD) {
      return selection.selectionSet !== undefined && this.#inSet(selection.selectionSet);
    }
    const name = selection.name.value;
    let known = this.#known.get(name);
    if (known === undefined) {
      const fragment = this.#fragments.get(name);
      known = fragment !== undefined && this.#inSet(fragment.selectionSet);
      this.#known.set(name, known);
    }
    return known;
  }

  #inSet({ selections }: SelectionSetNode): boolean {
    return selections.some((selection) => selection.directives?.some(isDefer) === true || this.in(selection));
  }
}

/** Whether a document has anything that could come later, and the variables that decide it. */
export function deferConditions(document: DocumentNode): { defers: boolean; variables: readonly string[] } {
  let defers = false;
  const variables = new Set<string>();
  if (!mayHaveDirectives(document)) return { defers, variables: [] };
  visit(document, {
    Directive(directive) {
      if (!isDefer(directive)) return;
      defers = true;
      const condition = argument(directive, 'if')?.value;
      if (condition?.kind === Kind.VARIABLE) variables.add(condition.name.value);
    },
  });
  return { defers, variables: [...variables] };
}

/** A variable that is not given leaves the argument's default, which is true. */
export function isDeferring(variable: string, values: JsonObject): boolean {
  return !Object.hasOwn(values, variable) || own(values, variable) === true;
}

function isActive(directive: DirectiveNode, values: JsonObject): boolean {
  const condition = argument(directive, 'if')?.value;
  if (condition?.kind === Kind.VARIABLE) return isDeferring(condition.name.value, values);
  return condition?.kind === Kind.BOOLEAN ? condition.value : true;
}

function isDefer({ name }: DirectiveNode): boolean {
  return name.value === 'defer';
}

function argument(directive: DirectiveNode, name: string) {
  return directive.arguments?.find((given) => given.name.value === name);
}

function deferAs(mark: string): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: 'defer' },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'label' },
        value: { kind: Kind.STRING, value: mark },
      },
    ],
  };
}

function setOf(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections };
}

const nothing: SplitSelection = { kept: setOf([]), planned: setOf([]) };
