import { formatTraceparent, parseTraceparent, traceparentHeader } from '@alexandrite/telemetry/trace';
import type { Tracer } from '@alexandrite/telemetry/tracer';
import type { Bus, ConsumeOptions, Delivery, Headers } from './bus.ts';

/** Handles each delivery as a step of the trace that its message carries. */
export function tracedHandler(
  tracer: Tracer,
  { stream, durable }: Pick<ConsumeOptions, 'stream' | 'durable'>,
  handle: (message: Delivery) => Promise<void>,
): (message: Delivery) => Promise<void> {
  const name = `process ${durable}`;
  return (message) =>
    tracer.handle(
      name,
      message.headers[traceparentHeader],
      {
        kind: 'consumer',
        attributes: {
          'messaging.system': 'nats',
          'messaging.operation.name': 'process',
          'messaging.operation.type': 'process',
          'messaging.destination.name': stream,
          'messaging.consumer.group.name': durable,
          'messaging.message.id': message.messageId,
          'messaging.delivery.attempt': message.attempt,
        },
      },
      () => handle(message),
    );
}

/**
 * Publishes as a step of the trace that the headers carry, and whoever consumes stands below it. Without a recorded trace
 * it is `bus.publish`.
 */
export async function publishTraced(
  tracer: Tracer,
  bus: Bus,
  subject: string,
  payload: unknown,
  { messageId, headers }: { messageId: string; headers: Headers },
): Promise<void> {
  const parent = tracer.on ? parseTraceparent(headers[traceparentHeader]) : null;
  // The rest of a subject is data: accounts and orders.
  const [kind = ''] = subject.split('.', 1);
  const span =
    parent &&
    tracer.begin(
      `publish ${kind}`,
      {
        kind: 'producer',
        attributes: {
          'messaging.system': 'nats',
          'messaging.operation.name': 'publish',
          'messaging.operation.type': 'send',
          'messaging.destination.name': kind,
          'messaging.message.id': messageId,
        },
      },
      parent,
    );
  if (!span) return bus.publish(subject, payload, { messageId, headers });
  try {
    const traceparent = formatTraceparent(span.trace);
    await bus.publish(subject, payload, {
      messageId,
      headers: { ...headers, [traceparentHeader]: traceparent },
    });
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}
