const secretName = /authorization|secret|token|password|cookie|gateway-context/i;
const credentialsInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/gi;
const maxDepth = 5;

/**
 * A copy of log attributes without what must not be read: the values of fields whose names speak of secrets, and user
 * names and passwords inside URLs. Only plain objects and arrays are looked into.
 */
export function redact(attributes: Record<string, unknown>): Record<string, unknown> {
  return redactObject(attributes, 0);
}

function redactObject(value: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    // A number cannot be a credential, and counts of tokens are worth reading.
    const secret =
      secretName.test(name) && field != null && typeof field !== 'number' && typeof field !== 'boolean';
    copy[name] = secret ? '[redacted]' : redactValue(field, depth + 1);
  }
  return copy;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.includes('@') ? value.replace(credentialsInUrl, '$1') : value;
  if (typeof value !== 'object' || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  const isArray = Array.isArray(value);
  if (!isArray && prototype !== Object.prototype && prototype !== null) return value;
  if (depth >= maxDepth) return '[deeper]';
  return isArray ? value.map((item) => redactValue(item, depth + 1)) : redactObject(value, depth);
}
