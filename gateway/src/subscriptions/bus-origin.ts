import { type Bus, BusError } from '@alexandrite/bus';
import type { EventSource, Origin } from './event-source.ts';

/** Subjects of the bus, from now on or from behind a sequence that their stream still has. */
export function busOrigin(bus: Bus, subjects: readonly string[]): Origin {
  return {
    key: subjects.join('\n'),
    name: subjects.join(' '),
    resumable: true,
    async open(after) {
      if (after === undefined) return endless(await bus.subscribe(subjects));
      try {
        return endless(await bus.subscribe(subjects, { after }));
      } catch (error) {
        if (!(error instanceof BusError) || error.code !== 'GONE') throw error;
        return endless(await bus.subscribe(subjects));
      }
    },
  };
}

/** A stream has no end: when the bus ends the subscription, something is wrong. */
function endless(source: Awaited<ReturnType<Bus['subscribe']>>): EventSource {
  return {
    get dropped() {
      return source.dropped;
    },
    startedAfter: source.startedAfter,
    async *[Symbol.asyncIterator]() {
      yield* source;
      throw new BusError('CLOSED', 'the bus has ended the subscription');
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
