import { subjectToken } from '@alexandrite/bus/subject-token';
import { gatewayError } from '../errors.ts';
import { isObject, own } from '../execute/json.ts';

/** A subject with places for arguments and claims: `prices.*.{{ args.orderId }}`. */
export interface SubjectTemplate {
  text: string;
  parts: readonly (string | { from: 'args' | 'claims'; path: readonly string[] })[];
}

/** Throws a TypeError that says what is wrong with the text. */
export function parseSubject(text: string): SubjectTemplate {
  const parts: SubjectTemplate['parts'][number][] = [];
  let end = 0;
  for (const match of text.matchAll(/\{\{(.*?)\}\}/g)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    const [from, ...path] = match[1]!.trim().split('.');
    if (
      (from !== 'args' && from !== 'claims') ||
      path.length === 0 ||
      path.some((name) => !/^\w+$/.test(name))
    ) {
      throw new TypeError(`expected {{ args.name }} or {{ claims.name }}, got ${match[0]}`);
    }
    parts.push({ from, path });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  const literal = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  if (!/^([\w=-]+|\*)(\.([\w=-]+|\*))*(\.>)?$/.test(literal)) {
    throw new TypeError(`expected a subject such as orders.*.{{ args.id }}, got ${JSON.stringify(text)}`);
  }
  return { text, parts };
}

/** The subject for one caller and his arguments. Each value becomes part of one token, whatever it holds. */
export function renderSubject(
  template: SubjectTemplate,
  args: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>> | null,
): string {
  return template.parts
    .map((part) => {
      if (typeof part === 'string') return part;
      let value: unknown = part.from === 'args' ? args : claims;
      for (const name of part.path) value = isObject(value) ? own(value, name) : undefined;
      if (
        (typeof value === 'string' && value !== '') ||
        typeof value === 'number' ||
        typeof value === 'boolean'
      ) {
        return subjectToken(String(value));
      }
      const name = part.path.join('.');
      throw part.from === 'claims'
        ? gatewayError('UNAUTHENTICATED', `Expected a token with the claim ${name}.`)
        : gatewayError('BAD_USER_INPUT', `Expected a value for the argument ${name}.`);
    })
    .join('');
}
