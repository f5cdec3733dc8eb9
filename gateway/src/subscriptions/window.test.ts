import { describe, expect, test } from '@jest/globals';
import { Mailbox } from './mailbox.ts';
import { type FeedMessage, Message } from './message.ts';
import { emptyTally } from './metrics.ts';
import { Window } from './window.ts';

/** Numbers that come again with the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

const event = (sequence: number): FeedMessage => ({
  message: new Message({ data: { sequence } }),
  sequence,
  position: null,
  cost: () => 1,
});

describe('a window', () => {
  test.each(Array.from({ length: 40 }, (_, index) => 1 + index))(
    'gives everything once, in its order, and never too much (seed %d)',
    async (seed) => {
      const draw = dice(seed);
      const given: number[] = [];
      let acknowledged = 0;
      let writable = true;
      let published = 0;
      const maxUnacknowledged = 1 + draw(6);
      const outlet = {
        writable: () => writable,
        write: (json: string) => {
          const { sequence } = JSON.parse(json).data;
          given.push(sequence);
          expect(sequence - acknowledged).toBeLessThanOrEqual(maxUnacknowledged);
        },
      };
      const mailbox = new Mailbox(outlet, 2, emptyTally());
      const window = new Window({
        mailbox,
        outlet,
        maxUnacknowledged,
        maxBuffered: 1 + draw(4),
        charge:
          seed % 2 === 0
            ? undefined
            : async () => {
                const taken = draw(4) > 0;
                return { taken, waitMs: 1, report: undefined };
              },
        onTooDear: (error) => {
          throw error;
        },
        // As the stream is read again behind what was given; others may publish meanwhile.
        onCaughtUp: ({ sequence }) => {
          for (let next = sequence + 1; next <= published; next++) window.put(event(next));
        },
      });
      window.begin({ sequence: 0, position: null });
      const step = async () => {
        const what = draw(5);
        if (what === 0) acknowledged += draw((given.at(-1) ?? 0) - acknowledged + 1);
        if (what === 0) window.acknowledge(acknowledged);
        else if (what === 1) writable = !writable;
        else if (what === 2 && draw(4) === 0) window.lose();
        else if (published < 60) window.put(event(++published));
        if (writable) {
          mailbox.drain();
          window.drain();
        }
        await new Promise((resolve) => setImmediate(resolve));
      };
      for (let count = 0; count < 200; count++) await step();
      writable = true;
      while (given.length < published) {
        acknowledged = given.at(-1) ?? 0;
        window.acknowledge(acknowledged);
        mailbox.drain();
        window.drain();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(given).toEqual(Array.from({ length: published }, (_, index) => index + 1));
      window.stop();
    },
  );

  test('tells who reads for it to wait, and when to go on', async () => {
    const outlet = { writable: () => true, write: () => undefined };
    const window = new Window({
      mailbox: new Mailbox(outlet, 2, emptyTally()),
      outlet,
      maxUnacknowledged: 1,
      maxBuffered: 2,
      charge: undefined,
      onTooDear: () => undefined,
      onCaughtUp: () => undefined,
    });
    window.begin({ sequence: 0, position: null });
    for (const sequence of [1, 2]) window.put(event(sequence));
    expect(window.room()).toBeNull();
    window.put(event(3));
    const room = window.room();
    expect(room).not.toBeNull();
    window.acknowledge(1);
    await room;
    expect(window.unacknowledged).toBe(1);
    window.put(event(4));
    const another = window.room();
    window.stop();
    await another;
    expect(window.room()).toBeNull();
  });
});
