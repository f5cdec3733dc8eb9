export type SupergraphErrorCode =
  /** It is not where it should be, or is too large. */
  | 'SUPERGRAPH_UNREADABLE'
  /** It cannot be served. */
  | 'SUPERGRAPH_INVALID';

/** A supergraph that this gateway cannot take. */
export class SupergraphError extends Error {
  readonly code: SupergraphErrorCode;
  constructor(code: SupergraphErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SupergraphError';
    this.code = code;
  }
}

export function unreadable(source: string, why: string, cause?: unknown): SupergraphError {
  return new SupergraphError('SUPERGRAPH_UNREADABLE', `supergraph: ${source} ${why}`, { cause });
}
