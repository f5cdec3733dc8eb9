import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { gatewayError } from '../errors.ts';

/** A place in a stream, as far as one subscription has read it. */
export interface StreamPlace {
  /** Of the last message of the stream that is known to be handled. */
  sequence: number;
  /** Of the last message delivered; null where the field has none. */
  position: number | null;
}

/**
 * Signed places in streams. A cursor belongs to an operation with its variables and to what the caller may see, never to
 * a client: it is valid on every gateway that has the same secret.
 */
export class Cursors {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  /** `subscription` is everything that an answer depends on. */
  sign(subscription: string, { sequence, position }: StreamPlace): string {
    const content = Buffer.from(JSON.stringify([sequence, position, digest(subscription)])).toString(
      'base64url',
    );
    return `${content}.${this.#mac(content)}`;
  }

  /** Throws a GraphQLError `CURSOR_INVALID`. */
  read(subscription: string, cursor: unknown): StreamPlace {
    const { of, ...place } = this.open(cursor);
    if (of !== digest(subscription)) {
      throw gatewayError('CURSOR_INVALID', 'The cursor belongs to another operation, or to another caller.');
    }
    return place;
  }

  /** A place, and the digest of the subscription `of` which it is. Throws a GraphQLError `CURSOR_INVALID`. */
  open(cursor: unknown): StreamPlace & { of: string } {
    const [content, mac, ...rest] = typeof cursor === 'string' ? cursor.split('.') : [];
    if (!content || !mac || rest.length > 0 || !same(mac, this.#mac(content))) {
      throw gatewayError('CURSOR_INVALID', 'Expected a cursor that this graph has given.');
    }
    const [sequence, position, of] = JSON.parse(Buffer.from(content, 'base64url').toString('utf8')) as [
      number,
      number | null,
      string,
    ];
    return { sequence, position, of };
  }

  #mac(content: string): string {
    return createHmac('sha256', this.#key).update(content).digest('base64url');
  }
}

/** What stands for a subscription in its cursors. */
export function digest(subscription: string): string {
  return createHash('sha256').update(subscription).digest('base64url').slice(0, 22);
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
