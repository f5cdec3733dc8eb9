import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** What a supergraph needs and Hive's planner does not have, or gets wrong; null when it will do. */
export function lacksOfHive(supergraph: GraphQLSchema): string | null {
  for (const [operation, name] of usualNames) {
    const root = supergraph.getRootType(operation);
    if (root && root.name !== name) return `a root type called ${root.name}`;
  }
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    // It looks for the types of the objects behind such an interface in the wrong places.
    if (isInterfaceObject(type)) return `@interfaceObject, at ${type.name}`;
    for (const field of Object.values(type.getFields())) {
      const lacks = lacksForField(field, supergraph);
      if (lacks !== null) return `${lacks}, at ${type.name}.${field.name}`;
    }
  }
  return null;
}

const usualNames = [
  [OperationTypeNode.QUERY, 'Query'],
  [OperationTypeNode.MUTATION, 'Mutation'],
  [OperationTypeNode.SUBSCRIPTION, 'Subscription'],
] as const;

function lacksForField(field: GraphQLField<unknown, unknown>, supergraph: GraphQLSchema): string | null {
  for (const directive of field.astNode?.directives ?? []) {
    if (directive.name.value !== 'join__field') continue;
    for (const { name, value } of directive.arguments ?? []) {
      if (name.value === 'contextArguments') return '@fromContext';
      if (name.value !== 'provides' || value.kind !== Kind.STRING) continue;
      const { selectionSet } = parse(`{${value.value}}`).definitions[0] as OperationDefinitionNode;
      // What is provided once it takes for provided at any depth.
      if (meetsItself(getNamedType(field.type), selectionSet, supergraph, []))
        return 'a @provides that leads from a type to the same type';
    }
  }
  return null;
}

function meetsItself(
  type: GraphQLNamedType | undefined,
  { selections }: SelectionSetNode,
  supergraph: GraphQLSchema,
  above: readonly GraphQLNamedType[],
): boolean {
  if (!type || !isCompositeType(type)) return false;
  if (above.includes(type)) return true;
  return selections.some((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD || !selection.selectionSet) return false;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition && supergraph.getType(selection.typeCondition.name.value);
      return meetsItself(condition ?? type, selection.selectionSet, supergraph, above);
    }
    const field =
      isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : undefined;
    return meetsItself(field && getNamedType(field.type), selection.selectionSet, supergraph, [
      ...above,
      type,
    ]);
  });
}

function isInterfaceObject(type: GraphQLNamedType): boolean {
  return (type.astNode?.directives ?? []).some(
    (directive) =>
      directive.name.value === 'join__type' &&
      directive.arguments?.some(
        ({ name, value }) => name.value === 'isInterfaceObject' && value.kind === Kind.BOOLEAN && value.value,
      ),
  );
}
