import { type GraphQLNamedType, type GraphQLSchema, Kind } from 'graphql';

/** Whether some subgraph knows the interface as if it were an object. */
export function isInterfaceObject(type: GraphQLNamedType): boolean {
  return (type.astNode?.directives ?? []).some(
    (directive) =>
      directive.name.value === 'join__type' &&
      directive.arguments?.some(
        ({ name, value }) => name.value === 'isInterfaceObject' && value.kind === Kind.BOOLEAN && value.value,
      ),
  );
}

/** `supergraph` has the directives of composition. */
export function hasInterfaceObjects(supergraph: GraphQLSchema): boolean {
  return Object.values(supergraph.getTypeMap()).some(isInterfaceObject);
}
