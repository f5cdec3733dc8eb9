import { createLog } from '@alexandrite/telemetry/log';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { compose } from '../../test/federation.ts';
import { loadSupergraph } from '../supergraph/supergraph.ts';

test('nobody waits behind large operations', async () => {
  const sdl = compose([{ name: 'numbers', url: 'http://numbers', sdl: 'type Query { number: Int }' }]);
  const { planner } = await loadSupergraph(sdl, createLog({ service: 'test', level: 'silent' }), 'hive');
  const order: string[] = [];
  const plan = (name: string, text: string) =>
    planner.plan(parse(text), undefined, {}).then(() => order.push(name));
  const large = (n: number) =>
    plan('large', `{ ${Array.from({ length: 2_500 + n }, (_, i) => `a${i}: number`).join(' ')} }`);
  try {
    const all = Array.from({ length: 6 }, (_, n) => large(n));
    await Promise.all([...all, plan('small', '{ number }')]);
  } finally {
    planner[Symbol.dispose]();
  }
  expect(order.slice(0, 1)).toEqual(['small']);
});
