import { expect, test } from '@jest/globals';
import { UploadPlaces } from './upload-places.ts';

test('a place is waited for in turn, and one account cannot take them all', async () => {
  const places = new UploadPlaces({ most: 3, mostOfOne: 2, patienceMs: 60_000 });
  const entered: string[] = [];
  const take = async (name: string) => {
    const leave = await places.take(name[0]!);
    entered.push(name);
    return leave;
  };
  const [a1] = await Promise.all([take('a1'), take('a2')]);
  const a3 = take('a3');
  const b1 = await take('b1');
  const c1 = take('c1'); // all three are taken
  expect(entered).toEqual(['a1', 'a2', 'b1']);
  b1();
  await c1;
  expect(entered.at(-1)).toBe('c1');
  a1();
  a1(); // counts once
  await a3;
  expect(entered.at(-1)).toBe('a3');
});

test('who has waited in vain is told so', async () => {
  const places = new UploadPlaces({ most: 1, mostOfOne: 1, patienceMs: 20 });
  const leave = await places.take('a');
  await expect(places.take('b')).rejects.toMatchObject({ code: 'TOO_MANY_UPLOADS', statusCode: 503 });
  leave();
  await places.take('b');
});

test('there is an end to waiting', async () => {
  const places = new UploadPlaces({ most: 1, mostOfOne: 1, patienceMs: 200 });
  await places.take('a');
  const waiting = Array.from({ length: 8 }, () => places.take('a').catch((error) => error.code));
  const asked = performance.now();
  await expect(places.take('a')).rejects.toMatchObject({ code: 'TOO_MANY_UPLOADS' });
  expect(performance.now() - asked).toBeLessThan(150);
  expect(await Promise.all(waiting)).toEqual(Array(8).fill('TOO_MANY_UPLOADS'));
});
