import { describe, expect, test } from '@jest/globals';
import { parseSubject, renderSubject } from './subject-template.ts';

const render = (text: string, args = {}, claims: Record<string, unknown> | null = null) =>
  renderSubject(parseSubject(text), args, claims);

describe('subjects', () => {
  test('have places for arguments and claims, each one token', () => {
    expect(render('a.*.{{ args.id }}.>', { id: 'x' })).toBe('a.*.x.>');
    expect(render('a.{{claims.sub}}.{{ args.in.n }}', { in: { n: 7 } }, { sub: 'ada' })).toBe('a.ada.7');
    expect(render('a.order-{{ args.id }}', { id: 'x' })).toBe('a.order-x');
  });

  test.each(['*', '>', 'a.b', ' ', 'я'])('cannot be widened by a value such as %j', (value) => {
    const subject = render('a.{{ args.id }}', { id: value });
    expect(subject.split('.')).toHaveLength(2);
    expect(subject).not.toMatch(/[*> ]/);
  });

  test.each([{}, { id: null }, { id: '' }, { id: {} }, { id: ['a'] }])('need a value, not %j', (args) => {
    expect(() => render('a.{{ args.id }}', args)).toThrow('Expected a value for the argument id');
  });

  test('need the claim', () => {
    expect(() => render('a.{{ claims.sub }}')).toThrow('Expected a token with the claim sub');
    expect(() => render('a.{{ claims.constructor }}', {}, {})).toThrow('Expected a token');
  });

  test.each(['', 'a..b', 'a b', 'a.{{ env.x }}', 'a.{{ args }}', 'a.{{ args.x', '>.a', 'a.{{ args.x }}.>.b'])(
    'are refused at the start when they are %j',
    (text) => {
      expect(() => parseSubject(text)).toThrow(TypeError);
    },
  );
});
