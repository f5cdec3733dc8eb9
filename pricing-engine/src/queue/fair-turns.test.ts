import type { Channel } from '@alexandrite/schema/events';
import { expect, test } from '@jest/globals';
import { FairTurns, type Turn } from './fair-turns.ts';

const never = new AbortController().signal;

/** Lets every promise that can go on go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Takes one turn after another, all asked for at once, and says in which order they came. */
async function order(turns: FairTurns, wanted: Channel[]): Promise<Channel[]> {
  const came: Channel[] = [];
  const blocker = await turns.take('B2B', never);
  const all = wanted.map(async (channel) => {
    using _turn = await turns.take(channel, never);
    came.push(channel);
    await settled();
  });
  blocker[Symbol.dispose]();
  await Promise.all(all);
  return came;
}

test('three of four turns are a partner’s while both wait, and none is wasted when one does not', async () => {
  const wanted = [...Array(60).fill('B2C'), ...Array(60).fill('B2B')] as Channel[];
  const came = await order(new FairTurns(1), wanted);
  expect(came.slice(0, 80).filter((channel) => channel === 'B2B')).toHaveLength(60);
  for (let from = 0; from < 76; from++) expect(came.slice(from, from + 4)).toContain('B2C');
  expect(came.slice(80)).toEqual(Array(40).fill('B2C'));
});

test('a channel that did not wait has not saved up', async () => {
  const turns = new FairTurns(1);
  await order(turns, Array(20).fill('B2C'));
  const came = await order(turns, [...Array(8).fill('B2C'), ...Array(8).fill('B2B')]);
  expect(came.slice(0, 8).filter((channel) => channel === 'B2B')).toHaveLength(6);
});

test('no more turns at a time than there are, and one given back twice counts once', async () => {
  const turns = new FairTurns(2);
  const given: Turn[] = [];
  for (let index = 0; index < 5; index++) void turns.take('B2C', never).then((turn) => given.push(turn));
  await settled();
  expect(given).toHaveLength(2);
  given[0]![Symbol.dispose]();
  given[0]![Symbol.dispose]();
  await settled();
  expect(given).toHaveLength(3);
  expect(turns.waiting('B2C')).toBe(2);
});

test('who gives up waiting loses the place and holds up nobody', async () => {
  const turns = new FairTurns(1);
  const first = await turns.take('B2B', never);
  const gone = new AbortController();
  const left = turns.take('B2B', gone.signal);
  const stays = turns.take('B2B', never);
  gone.abort(new Error('changed my mind'));
  await expect(left).rejects.toThrow('changed my mind');
  first[Symbol.dispose]();
  (await stays)[Symbol.dispose]();
  expect(turns.waiting('B2B')).toBe(0);
  expect(() => turns.take('B2B', gone.signal)).toThrow('changed my mind');
});
