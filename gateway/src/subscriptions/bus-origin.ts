import { type Bus, BusError } from '@alexandrite/bus';
import { type EventSource, type Origin, PlaceLost } from './event-source.ts';

/**
 * Subjects of the bus, from now on or from behind a sequence that their stream still has. `stream` is the one that must
 * take them; undefined: whichever does.
 */
export function busOrigin(bus: Bus, subjects: readonly string[], stream: string | undefined): Origin {
  return {
    key: [...subjects, ...(stream === undefined ? [] : [`of ${stream}`])].join('\n'),
    name: subjects.join(' '),
    resumable: true,
    async open(after) {
      if (after === undefined) return endless(await bus.subscribe(subjects, { stream }));
      try {
        return endless(await bus.subscribe(subjects, { stream, after }));
      } catch (error) {
        if (!(error instanceof BusError) || error.code !== 'GONE') throw error;
        return endless(await bus.subscribe(subjects, { stream }));
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
      try {
        yield* source;
      } catch (error) {
        throw error instanceof BusError && error.code === 'GONE' ? new PlaceLost(error) : error;
      }
      throw new BusError('CLOSED', 'the bus has ended the subscription');
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
