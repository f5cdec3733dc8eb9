export type ConnectionErrorCode =
  /** What came is not HTTP/1.1, or is not so without a doubt. */
  | 'HTTP_MALFORMED'
  /** More came than is read. */
  | 'HTTP_TOO_LARGE'
  /** What was to be sent is not HTTP. Nothing was. */
  | 'HTTP_UNSENDABLE'
  | 'CONNECT_TIMEOUT'
  /** It ended before the answer did. */
  | 'CONNECTION_LOST'
  /** One that had been used before ended before a byte of the answer came: most likely nobody has read the request. */
  | 'CONNECTION_STALE'
  /** It is too late to ask: there will be no more connections. */
  | 'CONNECTIONS_CLOSED';

/** What keeps a connection from having an answer; those of the operating system have codes of its own. */
export class ConnectionError extends Error {
  readonly code: ConnectionErrorCode;

  constructor(code: ConnectionErrorCode, message: string, options?: ErrorOptions) {
    // There may be thousands of them while something is down, and where they were made says nothing.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'ConnectionError';
    this.code = code;
  }
}

export function malformed(expected: string): ConnectionError {
  return new ConnectionError('HTTP_MALFORMED', `Expected ${expected}.`);
}
