/** An expected refusal: nothing was changed, and the message says why. GraphQL's `Refusal`. */
export interface Refusal {
  __typename: 'Refusal';
  /** Stable, see docs/errors.md. */
  code: string;
  message: string;
}

export function refusal(code: string, message: string): Refusal {
  return { __typename: 'Refusal', code, message };
}

export function isRefusal(value: unknown): value is Refusal {
  return (
    typeof value === 'object' && value !== null && '__typename' in value && value.__typename === 'Refusal'
  );
}

/** Thrown inside the work of `hold` or `create` to undo the transaction; the caller of those gets the refusal. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'Refused';
    this.refusal = refusal(code, message);
  }
}
