/** A JSON object as it comes from `JSON.parse`: it has a prototype, so names are looked up with `own`. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The field's value; never something inherited, whatever a client has called its alias. */
export function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** `own` for a name that is known beforehand: one that objects inherit needs a closer look, the others are just read. */
export function reader(name: string): (object: JsonObject) => unknown {
  return name in Object.prototype ? (object) => own(object, name) : (object) => object[name];
}

/** Sets a field even when it is called `__proto__`. */
export function setOwn(object: JsonObject, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[name] = value;
  }
}

/** Longer texts are looked at sooner by the engine's own code than character by character. */
const shortText = 48;
/** Control characters, the quote, the backslash and halves of pairs may have to be escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /[\u0000-\u001f"\\\ud800-\udfff]/;

/** Whether a text stands in JSON as it is, between quotes. */
export function isPlain(text: string): boolean {
  const { length } = text;
  if (length > shortText) return !special.test(text);
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) return false;
  }
  return true;
}

/** A text as JSON. */
export function quoted(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(text);
}
