import { GraphQLError } from 'graphql';

/**
 * A fault of the caller that is no `Refusal`: reaches the client as it is, with `extensions.code`. Everything else that a
 * resolver throws is masked.
 */
export class CodedError extends GraphQLError {
  constructor(code: string, message: string) {
    super(message, { extensions: { code } });
    this.name = 'CodedError';
  }
}
