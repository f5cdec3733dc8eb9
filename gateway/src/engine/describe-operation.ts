import { currentTrace } from '@alexandrite/telemetry/trace';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import type { CompiledOperation } from '../operation/compile.ts';

const tracer = tracerOf('gateway');

/** Tells the trace, when there is one, what the request under way turned out to ask for. */
export function describeOperation({ kind, name, key }: CompiledOperation): void {
  if (!tracer.on) return;
  currentTrace()?.span?.set({
    'graphql.operation.type': kind,
    'graphql.operation.name': name ?? '',
    // The document itself may hold what somebody wrote into it.
    'graphql.document.hash': key.slice(0, 64),
  });
}
