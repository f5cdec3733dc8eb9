import type { FieldNode } from 'graphql';
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

export function clientName(fetchedName: string): string {
  return fetchedName.startsWith(prefix) ? fetchedName.slice(prefix.length) : fetchedName;
}
