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

/** Longer texts are quoted sooner by the engine's own code than by looking at each character. */
const shortText = 48;

/** A text as JSON. */
export function quoted(text: string): string {
  const { length } = text;
  if (length > shortText) return JSON.stringify(text);
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    // Control characters, the quote, the backslash and halves of pairs may have to be escaped.
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) {
      return JSON.stringify(text);
    }
  }
  return `"${text}"`;
}
