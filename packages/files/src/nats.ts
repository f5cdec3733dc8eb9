import { createHash, randomUUID } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { type ConnectNatsOptions, connectNats, type NatsLink } from '@alexandrite/bus/nats-connection';
import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import { type ObjectInfo, type ObjectStore, Objm, StorageType } from '@nats-io/obj';
import { bucketSubjects, incomingPrefix } from './bucket-subjects.ts';
import { type Files, FilesError, type StoredFile } from './files.ts';
import { assertSha256, SizedHash } from './sized-hash.ts';
import { sweepBucket } from './sweep-bucket.ts';

export interface NatsFilesOptions extends ConnectNatsOptions {
  /** The object store's name. Letters, digits, `_` and `-`. */
  bucket: string;
  /** What all files together may take; past it `put` says `DISK_FULL`. Default: what the server has. */
  maxBytes?: number;
}

const waitMs = 5_000;

/**
 * Connects to a NATS object store, creating it if need be. A connection of its own: megabytes of models must not stand
 * in the way of messages.
 */
export async function openNatsFiles(options: NatsFilesOptions): Promise<Files> {
  const link = await connectNats(options);
  try {
    const client = jetstream(link.connection, { timeout: waitMs });
    const manager = await jetstreamManager(link.connection, { timeout: waitMs, checkAPI: false });
    const store = await new Objm(client).create(options.bucket, {
      storage: StorageType.File,
      replicas: 1,
      max_bytes: options.maxBytes ?? -1,
    });
    const swept = await sweepBucket(manager, options.bucket);
    if (swept > 0) options.log.info({ swept }, 'uploads that never ended were thrown away');
    return new NatsFiles(link, client, manager, store, options.bucket);
  } catch (error) {
    await link[Symbol.asyncDispose]();
    throw filesError(error);
  }
}

class NatsFiles implements Files {
  readonly #link: NatsLink;
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #store: ObjectStore;
  readonly #subjects: ReturnType<typeof bucketSubjects>;

  constructor(
    link: NatsLink,
    client: JetStreamClient,
    manager: JetStreamManager,
    store: ObjectStore,
    bucket: string,
  ) {
    this.#link = link;
    this.#client = client;
    this.#manager = manager;
    this.#store = store;
    this.#subjects = bucketSubjects(bucket);
  }

  async put(bytes: Readable, { maxBytes }: { maxBytes: number }): Promise<StoredFile> {
    const counted = new SizedHash(maxBytes);
    let broken: unknown;
    pipeline(bytes, counted, (error) => {
      broken = error;
    });
    const name = `${incomingPrefix}${randomUUID()}`;
    try {
      await this.#link.whenConnected(waitMs);
      const web = Readable.toWeb(counted) as ReadableStream<Uint8Array>;
      const info = await this.#store.put({ name }, web, { timeout: waitMs });
      const sha256 = counted.sha256();
      await this.#rename(info, sha256);
      return { sha256, bytes: counted.bytes };
    } catch (error) {
      counted.destroy();
      // What broke the bytes says more than what the store made of it.
      throw broken ?? filesError(error);
    }
  }

  async get(sha256: string): Promise<Readable | null> {
    const info = await this.#info(sha256);
    return info ? Readable.from(this.#read(info, sha256), { objectMode: false }) : null;
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.#info(sha256)) !== null;
  }

  async delete(sha256: string): Promise<void> {
    const info = await this.#info(sha256);
    if (!info) return;
    try {
      await this.#erase(info);
    } catch (error) {
      throw filesError(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#link[Symbol.asyncDispose]();
  }

  async #info(sha256: string): Promise<ObjectInfo | null> {
    assertSha256(sha256);
    try {
      const info = await this.#link.ask(waitMs, () => this.#store.info(sha256));
      return info?.deleted ? null : info;
    } catch (error) {
      throw filesError(error);
    }
  }

  /** Gives the bytes their name if no other bytes have it; the same bytes twice are kept once. */
  async #rename(info: ObjectInfo, sha256: string): Promise<void> {
    const { stream, description } = this.#subjects;
    const stored = await this.#manager.streams.getMessage(stream, { last_by_subj: description(info.name) });
    if (!stored) throw new Error(`the description of ${info.name} has disappeared`);
    const named = JSON.stringify({ ...stored.json<object>(), name: sha256 });
    try {
      await this.#client.publish(description(sha256), named, {
        expect: { lastSubjectSequence: 0 },
        timeout: waitMs,
      });
    } catch (error) {
      if (!(error instanceof JetStreamApiError && error.code === 10071)) throw error; // wrong last sequence: it exists
      await this.#erase(info);
      return;
    }
    await this.#manager.streams.purge(stream, { filter: description(info.name) });
  }

  async #erase(info: ObjectInfo): Promise<void> {
    const { stream, chunks, description } = this.#subjects;
    // The description first: a file must not be found without its bytes.
    await this.#manager.streams.purge(stream, { filter: description(info.name) });
    await this.#manager.streams.purge(stream, { filter: chunks(info.nuid) });
  }

  /** One chunk at a time, as the reader asks: the store's own reading keeps the whole file in memory. */
  async *#read(info: ObjectInfo, sha256: string): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let bytes = 0;
    const { stream, chunks } = this.#subjects;
    let next = 1;
    for (let i = 0; i < info.chunks; i++) {
      const query = { seq: next, next_by_subj: chunks(info.nuid) };
      const chunk = await this.#link
        .ask(waitMs, () => this.#manager.direct.getMessage(stream, query))
        .catch((error) => {
          throw filesError(error);
        });
      if (!chunk) throw new FilesError('UNAVAILABLE', `${sha256} was deleted while it was read`);
      next = chunk.seq + 1;
      hash.update(chunk.data);
      bytes += chunk.data.length;
      yield chunk.data;
    }
    if (bytes !== info.size || hash.digest('hex') !== sha256) {
      throw new FilesError('UNAVAILABLE', `${sha256} is damaged: ${bytes} of ${info.size} bytes`);
    }
  }
}

function filesError(error: unknown): unknown {
  if (error instanceof FilesError || error instanceof TypeError) return error;
  // 10077: the stream is at its bound; 10047 and 10023: the server is at its own.
  if (error instanceof JetStreamApiError && [10077, 10047, 10023].includes(error.code)) {
    return new FilesError('DISK_FULL', 'no space is left for the file', { cause: error });
  }
  return new FilesError('UNAVAILABLE', 'the object store does not answer now', { cause: error });
}
