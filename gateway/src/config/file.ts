import { readFileSync } from 'node:fs';
import { ConfigError } from './decode.ts';

/** Reads a JSON configuration and puts the environment's values into its `${NAME}` places. */
export function readConfigFile(path: string, environment: NodeJS.ProcessEnv): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${path} cannot be read as JSON: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ConfigError(path, 'an object', json);
  }
  return substitute(json, environment, '') as Record<string, unknown>;
}

/**
 * `${NAME}` is an environment variable that must be there; `${NAME:-text}` has a default. A key whose whole value is
 * `${NAME:-}` and whose variable is missing counts as not given.
 */
export function substitute(value: unknown, environment: NodeJS.ProcessEnv, key: string): unknown {
  if (typeof value === 'string') {
    const filled = value.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback?: string) => {
      const found = environment[name] || fallback;
      if (found === undefined) throw new ConfigError(key, `the environment variable ${name}`, undefined);
      return found;
    });
    return filled === '' && value !== '' ? undefined : filled;
  }
  if (Array.isArray(value))
    return value.map((item, index) => substitute(item, environment, `${key}[${index}]`));
  if (typeof value === 'object' && value !== null) {
    const filled: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(value)) {
      filled[name] = substitute(item, environment, key === '' ? name : `${key}.${name}`);
    }
    return filled;
  }
  return value;
}
