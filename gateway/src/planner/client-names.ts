import type { FieldNode } from 'graphql';

const prefix = 'client__';

/**
 * The name under which a field stands in what is fetched, until the response is complete. It is the client's own, unless
 * the plan may need that name for something else: planners mix up `{ id: title }` with the `id` of a key, and
 * `price(in: EUR)` with the `price` that something else requires.
 */
export function fetchedName(field: FieldNode, required: ReadonlySet<string>): string {
  const { name, alias, arguments: given } = field;
  const own = alias?.value ?? name.value;
  const risky =
    own === name.value
      ? required.has(own) && (given?.length ?? 0) > 0
      : required.has(own) || inventedNames.test(own);
  return risky ? `${prefix}${own}` : own;
}

/** Names that planners give, and ours. */
const inventedNames = /^client__|^_internal_qp_alias_|__alias_\d+$/;

export function clientName(fetchedName: string): string {
  return fetchedName.startsWith(prefix) ? fetchedName.slice(prefix.length) : fetchedName;
}
