/**
 * Decoders of the configuration: each turns unknown JSON into a typed value or says which key is wrong, and each carries
 * its JSON schema, so that an editor knows what the file may hold.
 */
export interface Decoder<T> {
  decode(value: unknown, key: string): T;
  /** The value of an absent key; absent here means that the key must be given. */
  fallback?: { value: T };
  schema: JsonSchema;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A configuration that cannot be used; `key` is the dotted path to what is wrong. */
export class ConfigError extends Error {
  readonly key: string;
  constructor(key: string, expected: string, got: unknown) {
    super(`${key}: expected ${expected}, got ${got === undefined ? 'nothing' : JSON.stringify(got)}`);
    this.name = 'ConfigError';
    this.key = key;
  }
}

export function text(description: string): Decoder<string> {
  return {
    schema: { type: 'string', description },
    decode(value, key) {
      if (typeof value !== 'string' || value === '') throw new ConfigError(key, 'a text', value);
      return value;
    },
  };
}

/** A secret: checked like a text, never shown in an error. */
export function secret(description: string): Decoder<string> {
  return {
    schema: { type: 'string', minLength: 32, description },
    decode(value, key) {
      if (typeof value !== 'string' || Buffer.byteLength(value) < 32) {
        throw new ConfigError(key, 'a secret of at least 32 bytes', '[hidden]');
      }
      return value;
    },
  };
}

export function url(
  description: string,
  protocols: readonly string[] = ['http:', 'https:'],
): Decoder<string> {
  return {
    schema: { type: 'string', format: 'uri', description },
    decode(value, key) {
      if (typeof value !== 'string' || !URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
        throw new ConfigError(key, `a URL (${protocols.join(' ')})`, value);
      }
      return value;
    },
  };
}

/** An absolute path of a URL, without a slash at its end. */
export function urlPath(description: string): Decoder<string> {
  return {
    schema: { type: 'string', pattern: '^/', description },
    decode(value, key) {
      if (typeof value !== 'string' || !/^\/([\w./-]*[\w.-])?$/.test(value)) {
        throw new ConfigError(key, 'a path such as /pages', value);
      }
      return value;
    },
  };
}

/** A subject of the bus, without wildcards. */
export function subject(description: string): Decoder<string> {
  return {
    schema: { type: 'string', pattern: '^[A-Za-z0-9_=-]+(\\.[A-Za-z0-9_=-]+)*$', description },
    decode(value, key) {
      if (typeof value !== 'string' || !/^[\w=-]+(\.[\w=-]+)*$/.test(value)) {
        throw new ConfigError(key, 'a subject such as dead.gateway', value);
      }
      return value;
    },
  };
}

export function integer(description: string, minimum: number, maximum: number): Decoder<number> {
  return {
    schema: { type: 'integer', minimum, maximum, description },
    decode(value, key) {
      const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isInteger(number) || number < minimum || number > maximum) {
        throw new ConfigError(key, `a whole number from ${minimum} to ${maximum}`, value);
      }
      return number;
    },
  };
}

export function positive(description: string): Decoder<number> {
  return {
    schema: { type: 'number', exclusiveMinimum: 0, description },
    decode(value, key) {
      const number = typeof value === 'string' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0) {
        throw new ConfigError(key, 'a number above 0', value);
      }
      return number;
    },
  };
}

/** A share of all. */
export function share(description: string): Decoder<boolean | number> {
  return {
    schema: { type: ['boolean', 'number'], minimum: 0, maximum: 100, description },
    decode(value, key) {
      if (typeof value === 'boolean') return value;
      if (typeof value !== 'number' || !(value >= 0 && value <= 100)) {
        throw new ConfigError(key, 'true, false or percent from 0 to 100', value);
      }
      return value;
    },
  };
}

export function flag(description: string): Decoder<boolean> {
  return {
    schema: { type: 'boolean', description },
    decode(value, key) {
      if (value === true || value === 'on' || value === 'true') return true;
      if (value === false || value === 'off' || value === 'false') return false;
      throw new ConfigError(key, 'true or false (on or off)', value);
    },
  };
}

export function oneOf<const T extends string>(description: string, values: readonly T[]): Decoder<T> {
  return {
    schema: { enum: values, description },
    decode(value, key) {
      const found = values.find((known) => known === value);
      if (found === undefined) throw new ConfigError(key, `one of ${values.join(', ')}`, value);
      return found;
    },
  };
}

export function list<T>(item: Decoder<T>): Decoder<T[]> {
  return {
    schema: { type: 'array', items: item.schema },
    decode(value, key) {
      if (!Array.isArray(value)) throw new ConfigError(key, 'a list', value);
      return value.map((entry, index) => item.decode(entry, `${key}[${index}]`));
    },
  };
}

export function record<T>(item: Decoder<T>): Decoder<Record<string, T>> {
  return {
    schema: { type: 'object', additionalProperties: item.schema },
    decode(value, key) {
      const decoded: Record<string, T> = {};
      for (const [name, entry] of Object.entries(asObject(value, key))) {
        decoded[name] = item.decode(entry, `${key}.${name}`);
      }
      return decoded;
    },
  };
}

export type Decoded<F> = { [K in keyof F]: F[K] extends Decoder<infer T> ? T : never };

export function object<F extends Record<string, Decoder<unknown>>>(fields: F): Decoder<Decoded<F>> {
  const required = Object.keys(fields).filter((name) => !fields[name]?.fallback);
  return {
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.schema])),
      ...(required.length > 0 ? { required } : {}),
    },
    decode(value, key) {
      const given = asObject(value, key);
      const prefix = key === '' ? '' : `${key}.`;
      for (const name of Object.keys(given)) {
        if (!Object.hasOwn(fields, name)) {
          throw new ConfigError(
            `${prefix}${name}`,
            `one of the keys ${Object.keys(fields).join(', ')}`,
            name,
          );
        }
      }
      const decoded: Record<string, unknown> = {};
      for (const [name, field] of Object.entries(fields)) {
        const entry = given[name];
        decoded[name] =
          entry === undefined && field.fallback
            ? field.fallback.value
            : field.decode(entry, `${prefix}${name}`);
      }
      return decoded as Decoded<F>;
    },
  };
}

/** The key may be missing; then it is `value`. */
export function or<T, const D>(decoder: Decoder<T>, value: D): Decoder<T | D> {
  return {
    schema: value === undefined ? decoder.schema : { ...decoder.schema, default: value },
    decode: decoder.decode,
    fallback: { value },
  };
}

/** The key may be missing; then the object is what its own fields fall back to. */
export function orDefaults<F extends Record<string, Decoder<unknown>>>(fields: F): Decoder<Decoded<F>> {
  const decoder = object(fields);
  return { ...decoder, fallback: { value: decoder.decode({}, '') } };
}

function asObject(value: unknown, key: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(key === '' ? 'the configuration' : key, 'an object', value);
  }
  return value as Record<string, unknown>;
}
