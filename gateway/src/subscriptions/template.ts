import { isObject, own } from '../execute/json.ts';

/** An argument of the field, or a claim of the caller: `{{ args.x }}`, `{{ claims.x.y }}`. */
export interface Place {
  from: 'args' | 'claims';
  path: readonly string[];
}

export type TemplatePart = string | Place;

/** A text with places in it, cut into its parts. Throws a TypeError that says what is wrong with a place. */
export function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
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
  return parts;
}

/** What stands at a place for one caller and his arguments; undefined when nothing does. */
export function valueAtPlace(
  { from, path }: Place,
  args: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>> | null,
): unknown {
  let value: unknown = from === 'args' ? args : claims;
  for (const name of path) value = isObject(value) ? own(value, name) : undefined;
  return value;
}
