import { subjectToken } from '@alexandrite/bus/subject-token';
import { gatewayError } from '../errors.ts';
import { parseTemplate, type TemplatePart, valueAtPlace } from './template.ts';

/** A subject with places for arguments and claims: `prices.*.{{ args.orderId }}`. */
export interface SubjectTemplate {
  text: string;
  parts: readonly TemplatePart[];
}

/** Throws a TypeError that says what is wrong with the text. */
export function parseSubject(text: string): SubjectTemplate {
  const parts = parseTemplate(text);
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
      const value = valueAtPlace(part, args, claims);
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
