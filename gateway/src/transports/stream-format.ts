/** How messages of one operation are written into one HTTP response. */
export interface StreamFormat {
  contentType: string;
  /** Whether what is wrong before the stream begins is told inside a stream, or by an ordinary response. */
  refusesInStream: boolean;
  /** Before the first message. */
  begin: string;
  message(json: string, cursor: string | undefined): string;
  /** Keeps proxies and clients from giving up. */
  heartbeat: string;
  /** What a client may know beside the results, as JSON; clients that do not look for it are not disturbed. */
  notice(json: string): string;
  /** The last of it; `errors` is a JSON list of what has ended it, or null. */
  end(errors: string | null): string;
  /** The last of it when the client shall come back; `errors` is a JSON list that says why. */
  leave(errors: string): string;
}

/** GraphQL over Server-Sent Events, distinct connections mode. */
export const serverSentEvents: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  refusesInStream: true,
  begin: ':\n\n',
  message: (json, cursor) => `event: next\n${cursor === undefined ? '' : `id: ${cursor}\n`}data: ${json}\n\n`,
  heartbeat: ':\n\n',
  notice: (json) => `: ${json}\n\n`,
  end: (errors) => `${errors ? `event: next\ndata: {"errors":${errors}}\n\n` : ''}event: complete\ndata:\n\n`,
  // A stream that ends without `complete` was cut off: clients open it again, behind the last message.
  leave: (errors) => `: ${errors}\n\n`,
};

/** Apollo's multipart subscription protocol 1.0. */
export const multipart: StreamFormat = {
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  refusesInStream: false,
  begin: '--graphql',
  message: (json) => part(`{"payload":${json}}`),
  heartbeat: part('{}'),
  // The protocol has no place for it.
  notice: () => part('{}'),
  end: (errors) => `${errors ? part(`{"payload":null,"errors":${errors}}`) : ''}--\r\n`,
  leave: (errors) => multipart.end(errors),
};

/** The delimiter stands behind its part: a client can read a part as soon as it is there. */
function part(json: string): string {
  return `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--graphql`;
}
