import type { BusMessage } from '@alexandrite/bus';
import type { GraphQLError } from 'graphql';
import type { Caller } from '../caller/caller.ts';
import type { SubgraphAnswerError } from '../subgraph/subgraph.ts';
import type { Gap } from './message.ts';

/** One event, as its source gives it. What no bus has carried has no id and no headers. */
export interface SourceEvent extends BusMessage {
  /** What a subgraph tells of the event beside its data. */
  errors?: readonly SubgraphAnswerError[];
  /** What was lost right before it. */
  gap?: Gap | undefined;
}

/**
 * Events of one subscription, in their order, each with a sequence above that of the one before. The iteration ends when
 * there is nothing more to come; it throws a `SourceEnded` for a reason that clients may know.
 */
export interface EventSource extends AsyncIterable<SourceEvent>, AsyncDisposable {
  /** How many events were dropped because the reader was slow. */
  readonly dropped: number;
  /** The sequence behind which it began. */
  readonly startedAfter: number;
}

/** Where the events of a subscription come from. */
export interface Origin {
  /** The same for the same events. */
  readonly key: string;
  /** For the log. */
  readonly name: string;
  /** Whether one can come back to a sequence. */
  readonly resumable: boolean;
  /**
   * Resolves when every event from now on will be seen, or from behind the sequence `after` where the source still knows
   * it. `caller` is who listens with the freshest token; it is asked whenever the source has to introduce itself. Rejects
   * with a `SourceEnded` for a reason that clients may know.
   */
  open(after: number | undefined, caller: () => Caller | undefined): Promise<EventSource>;
}

/** A source that does not know its place any more, as when a stream was made anew: what was lost is not known. */
export class PlaceLost extends Error {
  constructor(cause: unknown) {
    super('the source has lost its place', { cause });
    this.name = 'PlaceLost';
  }
}

/** A source that is over; clients are told the errors as they may see them. */
export class SourceEnded extends Error {
  readonly errors: readonly GraphQLError[];
  constructor(errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('\n'));
    this.name = 'SourceEnded';
    this.errors = errors;
  }
}
