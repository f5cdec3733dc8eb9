import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** An instant: ISO 8601 in UTC on the wire, a `Date` in resolvers. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize(value) {
    const instant = value instanceof Date ? value : typeof value === 'string' ? new Date(value) : null;
    if (!instant || Number.isNaN(instant.getTime())) throw wrong('DateTime', 'an instant', value);
    return instant.toISOString();
  },
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : null),
});

/** Money in the smallest unit: a JSON integer up to 2^53 - 1. */
export const MinorUnits = new GraphQLScalarType<number, number>({
  name: 'MinorUnits',
  serialize(value) {
    const amount = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
    return safeInteger(amount);
  },
  parseValue: safeInteger,
  parseLiteral: (node) => safeInteger(node.kind === Kind.INT ? Number(node.value) : null),
});

function parseInstant(value: unknown): Date {
  const instant = typeof value === 'string' ? new Date(value) : null;
  if (!instant || Number.isNaN(instant.getTime())) throw wrong('DateTime', 'an ISO 8601 instant', value);
  return instant;
}

function safeInteger(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw wrong('MinorUnits', 'an integer up to 2^53 - 1', value);
  return value as number;
}

function wrong(scalar: string, expected: string, value: unknown): GraphQLError {
  return new GraphQLError(`${scalar}: expected ${expected}, got ${String(value)}`, {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
