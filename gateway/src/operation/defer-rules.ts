import {
  type ASTVisitor,
  DirectiveLocation,
  type DirectiveNode,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLError,
  GraphQLNonNull,
  GraphQLSchema,
  GraphQLString,
  Kind,
  OperationTypeNode,
  type ValidationContext,
  type ValidationRule,
  visit,
} from 'graphql';

/** `@defer`, as the specification's draft has it. */
const deferDirective = new GraphQLDirective({
  name: 'defer',
  description:
    'The fragment may come later than what is around it, for clients that take an answer in parts.',
  locations: [DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
  args: {
    label: { type: GraphQLString, description: 'By which the client knows the part again.' },
    if: {
      type: new GraphQLNonNull(GraphQLBoolean),
      defaultValue: true,
      description: 'Whether it is deferred.',
    },
  },
});

/** The schema, with `@defer` for clients to use. */
export function withDefer(schema: GraphQLSchema): GraphQLSchema {
  const { directives, ...config } = schema.toConfig();
  return new GraphQLSchema({
    ...config,
    directives: [...directives.filter(({ name }) => name !== deferDirective.name), deferDirective],
    assumeValid: true,
  });
}

/** What the specification's draft asks of `@defer`, beside what it asks of any directive. */
export const deferRules: readonly ValidationRule[] = [labelsTellPartsApart, rootsOfChangesComeAtOnce];

/** Labels are texts, and none is there twice. */
function labelsTellPartsApart(context: ValidationContext): ASTVisitor {
  const known = new Map<string, DirectiveNode>();
  return {
    Directive(node) {
      if (node.name.value !== deferDirective.name) return;
      const label = node.arguments?.find(({ name }) => name.value === 'label')?.value;
      if (!label || label.kind === Kind.NULL) return;
      if (label.kind !== Kind.STRING) {
        context.reportError(new GraphQLError('Expected the label of @defer to be a text.', { nodes: node }));
        return;
      }
      const other = known.get(label.value);
      if (other) {
        const message = `Expected the label "${label.value}" of @defer once in the document.`;
        context.reportError(new GraphQLError(message, { nodes: [other, node] }));
      }
      known.set(label.value, node);
    },
  };
}

/** A subscription has nothing that could come later, and what a mutation changes is not put off. */
function rootsOfChangesComeAtOnce(context: ValidationContext): ASTVisitor {
  const schema = context.getSchema();
  return {
    Directive(node) {
      if (node.name.value !== deferDirective.name) return;
      const parent = context.getParentType();
      if (parent && (parent === schema.getMutationType() || parent === schema.getSubscriptionType())) {
        context.reportError(new GraphQLError(`@defer cannot stand on ${parent.name}.`, { nodes: node }));
      }
    },
    OperationDefinition(operation) {
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return;
      const message = 'A subscription has no @defer, unless its `if` is false or a variable.';
      for (const definition of [operation, ...context.getRecursivelyReferencedFragments(operation)]) {
        visit(definition, {
          Directive(node) {
            if (node.name.value !== deferDirective.name) return;
            const condition = node.arguments?.find(({ name }) => name.value === 'if')?.value;
            if (condition?.kind === Kind.VARIABLE) return;
            if (condition?.kind === Kind.BOOLEAN && !condition.value) return;
            context.reportError(new GraphQLError(message, { nodes: node }));
          },
        });
      }
    },
  };
}
