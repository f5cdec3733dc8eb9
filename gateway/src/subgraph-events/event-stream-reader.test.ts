import { expect, test } from '@jest/globals';
import { EventStreamReader, type StreamEvent } from './event-stream-reader.ts';

function read(pieces: readonly Buffer[], maxCharacters = 1_000): StreamEvent[] {
  const events: StreamEvent[] = [];
  const reader = new EventStreamReader(maxCharacters, (event) => events.push(event));
  for (const piece of pieces) reader.write(piece);
  return events;
}

const stream = Buffer.from(
  [
    ':\n\n: a heartbeat\r\n\r\n',
    'event: next\ndata: {"ring":"Перстень 💍"}\n\n',
    'event:next\r\ndata:{"a":\r\ndata:1}\r\nid: 7\r\nunknown\r\n\r\n',
    'data: of no type\r\r',
    '\n\n\n',
    'event: complete\ndata\n\n',
    'event: next\ndata: without an end',
  ].join(''),
);
const events = [
  { type: 'next', data: '{"ring":"Перстень 💍"}' },
  { type: 'next', data: '{"a":\n1}' },
  { type: 'message', data: 'of no type' },
  { type: 'complete', data: '' },
];

test('events are the same in whatever pieces they come', () => {
  expect(read([stream])).toEqual(events);
  for (let size = 1; size < 20; size++) {
    const pieces = [];
    for (let from = 0; from < stream.length; from += size) pieces.push(stream.subarray(from, from + size));
    expect(read(pieces)).toEqual(events);
  }
});

test('an event has a largest length, whatever it is made of', () => {
  const line = Buffer.from(`data: ${'x'.repeat(90)}\n`);
  expect(() => read([line, Buffer.from('\n'), line], 150)).not.toThrow();
  const endless = Array.from({ length: 20 }, () => Buffer.from('y'.repeat(10)));
  expect(() => read([Buffer.from('data: '), ...endless], 150)).toThrow(RangeError);
  const many = Array.from({ length: 20 }, () => Buffer.from('data: yyyyyyyyyy\n'));
  expect(() => read(many, 150)).toThrow(RangeError);
});
