import {
  type DocumentNode,
  FieldsOnCorrectTypeRule,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  KnownTypeNamesRule,
  PossibleFragmentSpreadsRule,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  validate,
} from 'graphql';
import { directiveArguments, linkedDirective } from '../supergraph/linked-directive.ts';

const specification = { url: /^https:\/\/specs\.apollo\.dev\/context\/v0\.\d+$/, name: 'context' };

/**
 * What is needed of the objects from which `@fromContext` takes arguments. Apollo's planner asks for one only of several
 * values, so that they are put into the operation that it plans.
 */
export class ContextSelections {
  readonly #apiSchema: GraphQLSchema;
  /** Names of fields that take arguments from a context. */
  readonly #takers = new Set<string>();
  /** What is taken from the objects of a type, by the type that sets the context. */
  readonly #taken = new Map<GraphQLNamedType, readonly string[]>();
  readonly #known = new Map<string, readonly SelectionNode[]>();

  constructor(supergraph: DocumentNode, fullSchema: GraphQLSchema, apiSchema: GraphQLSchema) {
    this.#apiSchema = apiSchema;
    const directive = linkedDirective(supergraph, specification, 'context');
    if (directive === null) return;
    const taken = new Map<unknown, string[]>();
    for (const type of Object.values(fullSchema.getTypeMap())) {
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const { name, astNode } of Object.values(type.getFields())) {
        for (const applied of astNode?.directives ?? []) {
          const { contextArguments } = directiveArguments(applied);
          if (!Array.isArray(contextArguments)) continue;
          this.#takers.add(name);
          for (const { context, selection } of contextArguments) {
            taken.set(context, [...(taken.get(context) ?? []), selection]);
          }
        }
      }
    }
    for (const type of Object.values(fullSchema.getTypeMap())) {
      const selections = (type.astNode?.directives ?? [])
        .filter(({ name }) => name.value === directive)
        .flatMap((applied) => taken.get(directiveArguments(applied).name) ?? []);
      if (selections.length > 0) this.#taken.set(type, selections);
    }
  }

  /** What to add to a selection of objects of a type, for what is below it. */
  of(
    type: GraphQLNamedType,
    selectionSet: SelectionSetNode,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ): readonly SelectionNode[] {
    if (this.#taken.size === 0) return [];
    let selections = this.#known.get(type.name);
    if (!selections) {
      selections = this.#selectionsOn(type);
      this.#known.set(type.name, selections);
    }
    return selections.length > 0 && this.#takes(selectionSet, fragments) ? selections : [];
  }

  #selectionsOn(type: GraphQLNamedType): SelectionNode[] {
    const texts = [...this.#taken].flatMap(([holder, selections]) => {
      const sets = this.#apiSchema.getType(holder.name);
      const fits =
        sets === type ||
        (isAbstractType(sets) &&
          (isObjectType(type) || isInterfaceType(type)) &&
          this.#apiSchema.isSubType(sets, type));
      return fits ? selections : [];
    });
    return texts.flatMap((text) => {
      const set = text.trim().startsWith('{') ? text : `{${text}}`;
      const document = parse(`fragment F on ${type.name} ${set}`, { noLocation: true });
      // What clients may not see is not asked for in an operation.
      if (validate(this.#apiSchema, document, rules).length > 0) return [];
      return (document.definitions[0] as FragmentDefinitionNode).selectionSet.selections;
    });
  }

  #takes(
    { selections }: SelectionSetNode,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    seen = new Set<string>(),
  ): boolean {
    return selections.some((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        if (!fragment || seen.has(fragment.name.value)) return false;
        seen.add(fragment.name.value);
        return this.#takes(fragment.selectionSet, fragments, seen);
      }
      if (selection.kind === Kind.FIELD && this.#takers.has(selection.name.value)) return true;
      return selection.selectionSet !== undefined && this.#takes(selection.selectionSet, fragments, seen);
    });
  }
}

const rules = [FieldsOnCorrectTypeRule, KnownTypeNamesRule, PossibleFragmentSpreadsRule];
