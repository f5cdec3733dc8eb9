import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoFragmentCyclesRule,
  parse,
  type ValidationRule,
  validate,
} from 'graphql';
import { gatewayError } from '../errors.ts';
import { spreadsItself } from './fragment-cycles.ts';
import { exceeded, type Limits } from './limits.ts';
import { rulesFor } from './rules.ts';

/** Throws an array of GraphQLErrors that the client may see. */
export function parseDocument(text: string, maxTokens: number | undefined): DocumentNode {
  try {
    return parse(text, { maxTokens });
  } catch (error) {
    if (error instanceof RangeError) throw [tooDeep(error)];
    if (error instanceof GraphQLError) throw [tooLong(error) ?? withCode(error, 'GRAPHQL_PARSE_FAILED')];
    throw error;
  }
}

/**
 * Throws an array of GraphQLErrors that the client may see. The limits come first: what validation costs grows with the
 * square of what they bound.
 */
export function checkDocument(
  document: DocumentNode,
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
  limits: Limits,
): void {
  try {
    // What spreads itself has no end, neither for the limits nor for the other rules.
    if (spreadsItself(document)) refuseWith(validate(schema, document, [NoFragmentCyclesRule]));
    const tooMuch = exceeded(document, limits);
    if (tooMuch) throw [tooMuch];
    refuseWith(validate(schema, document, [...rulesFor(document.loc?.source.body), ...rules]));
  } catch (error) {
    if (error instanceof RangeError) throw [tooDeep(error)];
    // Of a subscription's field that a variable may skip, graphql-js throws instead of telling.
    if (error instanceof GraphQLError) throw [withCode(error, 'GRAPHQL_VALIDATION_FAILED')];
    throw error;
  }
}

/** Instead of the engine's own word for a document so deep that its reader has no stack left. */
export function tooDeep(cause: RangeError): GraphQLError {
  return gatewayError('LIMIT_EXCEEDED', 'The document is deeper than documents may be.', { cause });
}

/** What is said instead when the parser has met more tokens than a document may have; null when it met something else. */
export function tooLong(error: GraphQLError): GraphQLError | null {
  const [, limit] = /^Syntax Error: Document contains more tha[nt] (\d+) tokens/.exec(error.message) ?? [];
  return limit === undefined
    ? null
    : gatewayError('LIMIT_EXCEEDED', `Expected at most ${limit} tokens, got more.`, {
        extensions: { limit: Number(limit) },
      });
}

/** The same error with a code, unless it has one. */
export function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    originalError: error.originalError,
    extensions: { code, ...error.extensions },
  });
}

function refuseWith(errors: readonly GraphQLError[]): void {
  if (errors.length > 0) throw errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
}
