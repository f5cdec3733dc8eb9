import type { Metrics } from '@alexandrite/telemetry/metrics';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import { GraphQLError } from 'graphql';
import type { CompilationObserver } from '../operation/compilation-observer.ts';

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const tracer = tracerOf('gateway');

/** Counts and traces what an operation costs that is not known yet. */
export function watchCompilations(metrics: Metrics): CompilationObserver {
  const compilations = metrics.histogram({
    name: 'gateway_compile_seconds',
    help: 'Operations compiled from their text, planning included, by outcome.',
    labelNames: ['outcome'],
    buckets: seconds,
  });
  const plannings = metrics.histogram({
    name: 'gateway_planning_seconds',
    help: 'Plans made, by planner and outcome.',
    labelNames: ['planner', 'outcome'],
    buckets: seconds,
  });
  return {
    compiling: (work) =>
      tracer.step('compile', { kind: 'internal' }, () => timed(compilations.startTimer(), work)),
    planning: (planner, work) =>
      tracer.step('plan', { kind: 'internal', attributes: { 'graphql.planner': planner } }, () =>
        timed(plannings.startTimer({ planner }), work),
      ),
  };
}

async function timed<T>(end: (labels: { outcome: string }) => void, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    end({ outcome: 'ok' });
    return result;
  } catch (error) {
    end({ outcome: error instanceof GraphQLError || Array.isArray(error) ? 'refused' : 'fault' });
    throw error;
  }
}
