import { describe, expect, test } from '@jest/globals';
import { Dice } from '../../../e2e/harness/dice.ts';
import { Mailbox } from './mailbox.ts';
import { type Gap, Message } from './message.ts';
import { emptyTally } from './metrics.ts';

interface Heard {
  sequence: number;
  gap: Gap | undefined;
  cursor: string | undefined;
}

function open(limit: number) {
  const heard: Heard[] = [];
  const client = { credit: 0 };
  const tally = emptyTally();
  const mailbox = new Mailbox(
    {
      writable: () => client.credit > 0,
      write(json, cursor) {
        client.credit--;
        const { data, extensions } = JSON.parse(json);
        heard.push({ sequence: data.sequence, gap: extensions?.gap, cursor });
      },
    },
    limit,
    tally,
  );
  const put = (sequence: number, key?: string) =>
    mailbox.put(new Message({ data: { sequence } }, { cursor: `c${sequence}` }), undefined, key);
  const read = (count: number) => {
    client.credit = count;
    mailbox.drain();
  };
  return { mailbox, heard, client, tally, put, read, sequences: () => heard.map(({ sequence }) => sequence) };
}

describe('the mailbox of a slow client', () => {
  test('keeps everything until it is full, also of one key', () => {
    const { put, read, sequences, heard } = open(4);
    for (let n = 1; n <= 4; n++) put(n, 'a');
    read(10);
    expect(sequences()).toEqual([1, 2, 3, 4]);
    expect(heard.every(({ gap }) => gap === undefined)).toBe(true);
  });

  test('then keeps the newest of each key, behind what came before it', () => {
    const { put, read, heard, tally } = open(3);
    put(1, 'a');
    put(2, 'b');
    put(3, 'c');
    put(4, 'a');
    put(5, 'a');
    read(10);
    expect(heard).toEqual([
      { sequence: 2, cursor: 'c2', gap: { missed: 2, reason: 'CONFLATED' } },
      { sequence: 3, cursor: 'c3', gap: undefined },
      { sequence: 5, cursor: 'c5', gap: undefined },
    ]);
    expect(tally).toMatchObject({ delivered: 3, conflated: 2, dropped: 0, gaps: 1 });
  });

  test('drops the oldest where no key is there twice, and says that more than needless ones are missing', () => {
    const { put, read, heard, tally } = open(2);
    put(1, 'a');
    put(2, 'b');
    put(3, 'b');
    put(4, 'c');
    put(5);
    put(6, 'c');
    read(10);
    expect(heard.map(({ sequence }) => sequence)).toEqual([5, 6]);
    expect(heard[0]!.gap).toEqual({ missed: 4, reason: 'SLOW_CLIENT' });
    expect(tally).toMatchObject({ conflated: 2, dropped: 2 });
  });

  test('is a plain one again once it was empty', () => {
    const { put, read, sequences } = open(2);
    for (let n = 1; n <= 5; n++) put(n, 'a');
    read(10);
    expect(sequences()).toEqual([5]);
    read(0);
    put(6, 'a');
    put(7, 'a');
    read(10);
    expect(sequences()).toEqual([5, 6, 7]);
  });

  test('knows no number where there is none', () => {
    const { mailbox, put, read, heard } = open(2);
    mailbox.missed({ missed: null, reason: 'RETENTION' });
    mailbox.missed({ missed: 3, reason: 'CONFLATED' });
    put(1);
    read(1);
    expect(heard[0]!.gap).toEqual({ missed: null, reason: 'RETENTION' });
  });
});

/** Whole numbers below the one asked with. */
function random(seed: number): (below: number) => number {
  const dice = new Dice(seed);
  return (below) => Math.floor(dice.next() * below);
}

/**
 * Random streams, read in random portions, broken off and resumed anywhere by the cursor of the last message. Whatever
 * happens: order, no message twice, each message delivered or told as missing, and nothing of a key lost behind a cursor
 * unless the client was told of a loss.
 */
test.each(Array.from({ length: 300 }, (_, seed) => seed))(
  'any interleaving is truthful (seed %i)',
  (seed) => {
    const next = random(seed);
    const limit = 1 + next(6);
    const keys = next(5);
    const stream = Array.from({ length: 60 }, (_, n) => ({
      sequence: n + 1,
      key: keys === 0 || next(5) === 0 ? undefined : `k${next(keys)}`,
    }));
    const box = open(limit);
    let given = 0;
    while (given < stream.length) {
      if (next(3) > 0) {
        const { sequence, key } = stream[given++]!;
        box.put(sequence, key);
      } else {
        box.read(next(4));
      }
    }
    // Broken off here: what would the client who resumes behind its last cursor have had, all in all?
    const heardBefore = [...box.heard];
    const last = heardBefore.at(-1)?.sequence ?? 0;
    const announced = heardBefore.reduce((sum, { gap }) => sum + (gap?.missed ?? 0), 0);
    const had = new Set(heardBefore.map(({ sequence }) => sequence));
    const skipped = stream.filter(({ sequence }) => sequence <= last && !had.has(sequence));
    // Everything at or before the cursor that was not delivered has been announced by then.
    expect(announced).toBeGreaterThanOrEqual(skipped.length);
    if (!heardBefore.some(({ gap }) => gap && gap.reason !== 'CONFLATED')) {
      for (const { sequence, key } of skipped) {
        expect(
          stream.some((later) => later.sequence > sequence && later.key === key && key !== undefined),
        ).toBe(true);
      }
    }

    box.read(1_000);
    const sequences = box.sequences();
    expect(sequences).toEqual([...sequences].sort((one, other) => one - other));
    expect(new Set(sequences).size).toBe(sequences.length);
    const told = box.heard.reduce((sum, { gap }) => sum + (gap?.missed ?? 0), 0);
    expect(sequences.length + told).toBe(stream.length);
    expect(box.tally).toMatchObject({
      delivered: sequences.length,
      gaps: box.heard.filter(({ gap }) => gap).length,
    });
    expect(box.tally.conflated + box.tally.dropped).toBe(told);
    // The newest of each key is there unless something was dropped, and the very last message always is.
    expect(sequences.at(-1)).toBe(stream.length);
    if (box.tally.dropped === 0) {
      for (const { key, sequence } of stream) {
        const newest = stream.findLast((other) => other.key === key)!;
        expect(sequences).toContain(key === undefined ? sequence : newest.sequence);
      }
    }
  },
);
