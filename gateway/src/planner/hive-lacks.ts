import { type DocumentNode, type OperationTypeNode, visit } from 'graphql';

/** What a supergraph needs and Hive's planner does not have; null when it will do. */
export function lacksOfHive(supergraph: DocumentNode): string | null {
  let lacks: string | null = null;
  visit(supergraph, {
    OperationTypeDefinition({ operation, type }) {
      if (type.name.value !== usualNames[operation]) lacks = `a root type called ${type.name.value}`;
    },
    Directive({ name, arguments: given }) {
      if (name.value !== 'join__field') return;
      if (given?.some((argument) => argument.name.value === 'contextArguments')) lacks = '@fromContext';
    },
  });
  return lacks;
}

const usualNames: Readonly<Record<OperationTypeNode, string>> = {
  query: 'Query',
  mutation: 'Mutation',
  subscription: 'Subscription',
};
