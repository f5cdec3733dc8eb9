import { type DocumentNode, type FieldNode, visit } from 'graphql';
import type { RequiredFields } from './required-fields.ts';

const prefix = 'client__';

/**
 * The name under which a field stands in what is fetched, until the response is made of it. It is the client's own, unless
 * the plan may need that name for something else: planners mix up `{ id: title }` with the `id` of a key, and
 * `price(in: EUR)` with the `price` that something else requires.
 */
export function fetchedName(field: FieldNode, required: RequiredFields): string {
  const name = field.name.value;
  const asked = field.alias?.value ?? name;
  const risky =
    asked === name
      ? required.withArguments.has(name) || (required.names.has(name) && (field.arguments?.length ?? 0) > 0)
      : required.names.has(asked) || invented.test(asked);
  return risky ? `${prefix}${asked}` : asked;
}

/** Names that planners give, and ours. */
const invented = /^client__|^_internal_qp_alias_|__alias_\d+$/;

/** Whether it is a name that a planner has given: clients' fields are never fetched under one. */
export function isPlanners(fetchedName: string): boolean {
  return invented.test(fetchedName) && !fetchedName.startsWith(prefix);
}

export function clientName(fetchedName: string): string {
  return fetchedName.startsWith(prefix) ? fetchedName.slice(prefix.length) : fetchedName;
}

/** Variables by which plans give what they have found to subgraphs, and ours. */
const plannersOwn = /^client__|^contextualArgument_|^representations$|^__batch_reps_/;

/** The document with those variables renamed that have a name which plans use for theirs; `clientName` tells the client's. */
export function withFreeVariables(document: DocumentNode): DocumentNode {
  const taken = document.definitions.some(
    (definition) =>
      'variableDefinitions' in definition &&
      definition.variableDefinitions?.some(({ variable }) => plannersOwn.test(variable.name.value)),
  );
  if (!taken) return document;
  return visit(document, {
    Variable({ name, ...variable }) {
      return plannersOwn.test(name.value)
        ? { ...variable, name: { ...name, value: `${prefix}${name.value}` } }
        : undefined;
    },
  });
}
