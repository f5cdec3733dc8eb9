import { expect, test } from '@jest/globals';
import { History } from './history.ts';
import { type FeedMessage, Message } from './message.ts';

function messageOf(sequence: number, characters: number): FeedMessage {
  const message = new Message({ data: { text: 'x'.repeat(characters) } });
  return { message, sequence, position: null, cost: () => 0 };
}

const sequences = (messages: FeedMessage[] | null) => messages?.map(({ sequence }) => sequence) ?? null;

test('a history keeps so much of what came last, and knows what it does not know', () => {
  const history = new History(10, 1_000);
  for (let sequence = 11; sequence <= 20; sequence++) history.add(messageOf(sequence, 200));
  expect(sequences(history.since(10))).toBeNull();
  expect(sequences(history.since(16))).toEqual([17, 18, 19, 20]);
  expect(sequences(history.since(20))).toEqual([]);
  history.skip(25);
  expect([history.last, sequences(history.since(18))]).toEqual([25, [19, 20]]);
  history.pass(30);
  expect([sequences(history.since(25)), sequences(history.since(30))]).toEqual([null, []]);
});

test('one message that is larger than all it may keep is not kept', () => {
  const history = new History(0, 1_000);
  history.add(messageOf(1, 10));
  history.add(messageOf(2, 2_000));
  expect([sequences(history.since(1)), sequences(history.since(2))]).toEqual([null, []]);
});
