import {
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** Whether a selection takes anything of any object: `{ ... on Cat { ... on Animal { ... on Dog { name } } } }` does not. */
export class Selectable {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #known = new Map<string, boolean>();

  constructor(schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#schema = schema;
    this.#fragments = fragments;
  }

  takes(selectionSet: SelectionSetNode, type: GraphQLNamedType): boolean {
    return this.#takes(selectionSet, this.#objectsOf(type));
  }

  #takes({ selections }: SelectionSetNode, objects: readonly string[]): boolean {
    return selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return true;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        return this.#takesAs(selection.typeCondition?.name.value, selection.selectionSet, objects);
      }
      const fragment = this.#fragments.get(selection.name.value);
      if (!fragment) return false;
      // Known ones are not looked into again: fragments can double at every step.
      const key = `${fragment.name.value} ${objects.join()}`;
      let takes = this.#known.get(key);
      if (takes === undefined) {
        takes = this.#takesAs(fragment.typeCondition.name.value, fragment.selectionSet, objects);
        this.#known.set(key, takes);
      }
      return takes;
    });
  }

  #takesAs(
    condition: string | undefined,
    selectionSet: SelectionSetNode,
    objects: readonly string[],
  ): boolean {
    const type = condition === undefined ? undefined : this.#schema.getType(condition);
    const allowed = type && new Set(this.#objectsOf(type));
    const narrowed = allowed ? objects.filter((name) => allowed.has(name)) : objects;
    return narrowed.length > 0 && this.#takes(selectionSet, narrowed);
  }

  #objectsOf(type: GraphQLNamedType): string[] {
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
  }
}
