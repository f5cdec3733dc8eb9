import { type DestinationStream, type Logger, pino } from 'pino';
import { redact } from './redact.ts';
import { currentTrace } from './trace.ts';

/** Attributes first, message second: `log.info({ orderId }, 'order submitted')`. `log.child({ … })` for a part. */
export type Log = Logger;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  /** Which service speaks. */
  service: string;
  /** `LOG_LEVEL`. Default `info`. */
  level?: LogLevel | undefined;
  /** Where the lines go. Default: standard output, synchronously, so that the last words of a process are not lost. */
  destination?: DestinationStream;
}

/** One JSON object a line, with the trace id of the work in hand and without secrets. */
export function createLog({ service, level = 'info', destination }: LogOptions): Log {
  const log = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redact },
      mixin: () => {
        const trace = currentTrace();
        if (!trace) return {};
        const { traceId, spanId, span } = trace;
        return span ? { traceId, spanId } : { traceId };
      },
      messageKey: 'message',
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
  // pino's own formatter of bindings is not passed on to children; children inherit this function through the prototype.
  const child = log.child;
  log.child = function (this: Log, bindings, options) {
    return child.call(this, redact(bindings), options);
  } as typeof child;
  return log;
}

/** `LOG_LEVEL` read strictly: a misspelt level must not silence a service. */
export function logLevel(text: string | undefined): LogLevel {
  if (!text) return 'info';
  const level = logLevels.find((known) => known === text);
  if (!level) throw new TypeError(`LOG_LEVEL: expected one of ${logLevels.join(', ')}, got ${text}`);
  return level;
}
