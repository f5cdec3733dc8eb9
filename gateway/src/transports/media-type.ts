import Negotiator from 'negotiator';

export const json = 'application/json; charset=utf-8';
export const graphqlResponse = 'application/graphql-response+json; charset=utf-8';

const events = 'text/event-stream';

/** A type that only the frame can answer with. */
const callback = 'application/json; callbackSpec=1.0; charset=utf-8';

export type AnswerType = typeof json | typeof graphqlResponse;

/** Headers that were looked at already: clients of one kind all send the same. */
const maxKnown = 500;
const known = new Map<string, AnswerType | null>();

/** The type of an answer to a request with this `Accept` header; null when neither of ours will do. */
export function answerType(accept: string | undefined): AnswerType | null {
  if (accept === undefined || accept === '' || accept === '*/*') return json;
  let type = known.get(accept);
  if (type === undefined) {
    const preferred = new Negotiator({ headers: { accept } }).mediaType([json, graphqlResponse, callback]);
    type = preferred === json || preferred === graphqlResponse ? preferred : null;
    if (known.size >= maxKnown) known.clear();
    known.set(accept, type);
  }
  return type;
}

/** Whether a stream of events is what a client likes best; urql names it behind JSON, with each query. */
export function prefersEvents(accept: string): boolean {
  return (
    accept.includes(events) &&
    new Negotiator({ headers: { accept } }).mediaType([json, graphqlResponse, events]) === events
  );
}
