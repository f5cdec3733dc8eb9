import type { Span, SpanOptions, SpanRecorder } from './span.ts';
import { currentTrace, parseTraceparent, startTrace, type Trace, withTrace } from './trace.ts';

/** Absent while traces go nowhere, which costs one look at this variable. Set by `openTracing`, before anything is built. */
let recorder: SpanRecorder | undefined;

export function recordWith(wanted: SpanRecorder | undefined): void {
  recorder = wanted;
}

const tracers = new Map<string, Tracer>();

/** The tracer of a service, by the name that its log and its metrics have. */
export function tracerOf(service: string): Tracer {
  let tracer = tracers.get(service);
  if (!tracer) {
    tracer = new Tracer(service);
    tracers.set(service, tracer);
  }
  return tracer;
}

/**
 * Records the steps of one service. With `npm start` several share a process and keep their names. Names of spans and
 * attributes that cost something to make are made by callers only when `on`.
 */
export class Tracer {
  readonly service: string;

  constructor(service: string) {
    this.service = service;
  }

  /** Whether traces are recorded at all. Does not change while a service runs. */
  get on(): boolean {
    return recorder !== undefined;
  }

  /** Whether each statement of a database shall be a step. Does not change while a service runs. */
  get statements(): boolean {
    return recorder?.statements === true;
  }

  /** A step below `traceparent`, which came from another process, or the first of a new trace. Undefined when off. */
  enter(name: string, traceparent: string | undefined, options: SpanOptions): Span | undefined {
    return recorder?.begin(this.service, name, options, parseTraceparent(traceparent), true);
  }

  /** A step below the current one. Undefined when off, and where there is no trace or it is not sampled. */
  begin(name: string, options: SpanOptions, parent: Trace | undefined = currentTrace()): Span | undefined {
    if (!recorder || !parent?.sampled) return undefined;
    return recorder.begin(this.service, name, options, parent, false);
  }

  /**
   * Handles what came from elsewhere with `traceparent`: `work` runs in its trace whether it is recorded or not. A
   * rejection is recorded and passed on.
   */
  handle<T>(
    name: string,
    traceparent: string | undefined,
    options: SpanOptions,
    work: () => Promise<T>,
  ): Promise<T> {
    const span = this.enter(name, traceparent, options);
    return span ? recorded(span, work) : withTrace(startTrace(traceparent), work);
  }

  /** Runs `work` as a step below the current one. A rejection is recorded and passed on. */
  step<T>(name: string, options: SpanOptions, work: (span?: Span) => Promise<T>): Promise<T> {
    const span = this.begin(name, options);
    return span ? recorded(span, work) : work();
  }
}

async function recorded<T>(span: Span, work: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await withTrace(span.trace, () => work(span));
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}
