import { type DocumentNode, Kind, parse, type ValueNode, visit } from 'graphql';

/** Fields that a plan may fetch for itself, beside what the client asks for. */
export interface RequiredFields {
  names: ReadonlySet<string>;
  /** Those of them that are required with arguments. */
  withArguments: ReadonlySet<string>;
}

/** The fields of keys, `@requires` and contexts. */
export function requiredFields(supergraph: DocumentNode): RequiredFields {
  const names = new Set<string>();
  const withArguments = new Set<string>();
  for (const set of fieldSets(supergraph)) {
    visit(parse(set.trim().startsWith('{') ? set : `{${set}}`, { noLocation: true }), {
      Field({ name, arguments: given }) {
        names.add(name.value);
        if (given?.length) withArguments.add(name.value);
      },
    });
  }
  return { names, withArguments };
}

function fieldSets(supergraph: DocumentNode): Set<string> {
  const sets = new Set<string>();
  const add = (value: ValueNode) => {
    if (value.kind === Kind.STRING) sets.add(value.value);
  };
  visit(supergraph, {
    Directive({ name: directive, arguments: given }) {
      if (directive.value !== 'join__type' && directive.value !== 'join__field') return;
      for (const { name, value } of given ?? []) {
        if (name.value === 'key' || name.value === 'requires') add(value);
        if (name.value !== 'contextArguments') continue;
        visit(value, {
          ObjectField(field) {
            if (field.name.value === 'selection') add(field.value);
          },
        });
      }
    },
  });
  return sets;
}
