import type { Trace } from './trace.ts';

/** What a step is to the one above it, as OpenTelemetry names it. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Names of OpenTelemetry's semantic conventions where they have one. Never variables, tokens, bodies. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  kind: SpanKind;
  attributes?: SpanAttributes | undefined;
  /** Steps of other traces that this one has to do with. */
  links?: readonly Trace[] | undefined;
  /** Milliseconds since 1970, for a step that is told of when it is over. Default: now. */
  began?: number | undefined;
}

/** A step of a trace that is being recorded. */
export interface Span {
  /** To be run in (`withTrace`) and passed on (`formatTraceparent`). */
  readonly trace: Trace;
  set(attributes: SpanAttributes): void;
  /** The step has failed. Of an error only its code or name is recorded: a message may quote what somebody sent. */
  fail(error: unknown): void;
  /** Once; what comes later is not recorded. */
  end(): void;
}

/** Records spans and sends them somewhere. */
export interface SpanRecorder {
  /** Whether single statements of databases are wanted, too. */
  readonly statements: boolean;
  /** `parent` null begins a trace; `remote` says that the parent is another process's. */
  begin(service: string, name: string, options: SpanOptions, parent: Trace | null, remote: boolean): Span;
}
