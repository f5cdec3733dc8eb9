import { createClient, type Client as SocketClient } from 'graphql-ws';
import WebSocket from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape that the test asked for
type Data = any;

export interface Answer {
  data?: Data;
  errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
  extensions?: Record<string, Data>;
}

/** A client that knows only the public names: one endpoint, one token. */
export class Client implements Disposable {
  readonly url: string;
  readonly token: string | null;
  #socket: SocketClient | undefined;

  constructor(url: string, token: string | null) {
    this.url = url;
    this.token = token;
  }

  /** The whole answer, errors and all. */
  async send(query: string, variables: Record<string, unknown> = {}, extensions?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
      },
      body: JSON.stringify({ query, variables, extensions }),
    });
    return (await response.json()) as Answer;
  }

  /** The data; an error in the answer is thrown. */
  async ask(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    const answer = await this.send(query, variables);
    if (answer.errors !== undefined) throw new Error(`${query}\n${JSON.stringify(answer.errors)}`);
    return answer.data;
  }

  /** Announces a model, puts its bytes where it was told to, and returns the model's id. */
  async upload(filename: string, bytes: Buffer): Promise<string> {
    const { createModelUpload } = await this.ask(
      `mutation ($filename: String!, $bytes: Int!) {
        createModelUpload(filename: $filename, bytes: $bytes) {
          ... on ModelUpload { uploadUrl model { id } }
          ... on Refusal { code message }
        }
      }`,
      { filename, bytes: bytes.length },
    );
    if (createModelUpload.uploadUrl === undefined) throw new Error(JSON.stringify(createModelUpload));
    const response = await fetch(createModelUpload.uploadUrl, { method: 'PUT', body: new Uint8Array(bytes) });
    if (!response.ok) throw new Error(`PUT ${response.status}: ${await response.text()}`);
    return createModelUpload.model.id;
  }

  /** Sends a mutation whose answer is an OrderResult: `{ id status version }` or `{ code message }`. */
  async move(field: string, id: string, args: Record<string, string> = {}): Promise<Data> {
    const extra = Object.entries(args)
      .map(([name, value]) => `, ${name}: ${JSON.stringify(value)}`)
      .join('');
    const data = await this.ask(
      `mutation ($id: ID!) { ${field}(id: $id${extra}) { ... on Order { id status version } ... on Refusal { code message } } }`,
      { id },
    );
    return data[field];
  }

  /** The messages of a subscription as they come. Ends when the server ends it or the loop is left. */
  subscribe(query: string, variables: Record<string, unknown> = {}): AsyncIterableIterator<Answer> {
    this.#socket ??= createClient({
      url: `${this.url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: this.token === null ? {} : { authorization: `Bearer ${this.token}` },
      retryAttempts: 0,
    });
    return this.#socket.iterate({ query, variables }) as AsyncIterableIterator<Answer>;
  }

  [Symbol.dispose](): void {
    void this.#socket?.dispose();
  }
}
