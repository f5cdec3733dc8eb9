import type { Tracer } from '@alexandrite/telemetry/tracer';
import { DefaultLogger, type LogContext, type LoggerOptions } from '@mikro-orm/core';

/** Makes MikroORM's logger tell the trace of each statement: with its question marks, never with its values. */
export function tracingLogger(tracer: Tracer): (options: LoggerOptions) => DefaultLogger {
  return (options) => new TracingLogger(options, tracer);
}

class TracingLogger extends DefaultLogger {
  readonly #tracer: Tracer;

  constructor(options: LoggerOptions, tracer: Tracer) {
    super(options);
    this.#tracer = tracer;
  }

  override logQuery(context: { query: string } & LogContext): void {
    super.logQuery(context);
    const { query, took, level } = context;
    // What only controls a transaction is not timed.
    if (took === undefined) return;
    const [operation = ''] = query.trimStart().split(/\s/, 1);
    const span = this.#tracer.begin(operation.toLowerCase(), {
      kind: 'client',
      began: Date.now() - took,
      attributes: { 'db.system.name': 'postgresql', 'db.operation.name': operation, 'db.query.text': query },
    });
    if (level === 'error') span?.fail('failed');
    span?.end();
  }
}
