import { type DocumentNode, Kind, parse, visit } from 'graphql';

/**
 * Fields that a plan may have to fetch for itself, beside what the client asks for: those of keys, `@requires` and
 * contexts.
 */
export function requiredNames(supergraph: DocumentNode): ReadonlySet<string> {
  const sets = new Set<string>();
  visit(supergraph, {
    Directive({ name, arguments: given }) {
      if (name.value !== 'join__type' && name.value !== 'join__field') return;
      for (const argument of given ?? []) {
        const { value } = argument;
        if (!holdFields.has(argument.name.value)) continue;
        if (value.kind === Kind.STRING) sets.add(value.value);
        if (argument.name.value === 'contextArguments') {
          visit(value, {
            ObjectField(field) {
              if (field.name.value === 'selection' && field.value.kind === Kind.STRING)
                sets.add(field.value.value);
            },
          });
        }
      }
    },
  });
  const names = new Set<string>();
  for (const set of sets) {
    visit(parse(set.trim().startsWith('{') ? set : `{${set}}`, { noLocation: true }), {
      Field(field) {
        names.add(field.name.value);
      },
    });
  }
  return names;
}

const holdFields: ReadonlySet<string> = new Set(['key', 'requires', 'contextArguments']);
