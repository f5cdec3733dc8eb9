import { type Env, readEnv } from '../env.ts';
import { ConfigError } from './decode.ts';
import { readConfigFile } from './file.ts';
import type { Flags } from './flags.ts';
import { type Settings, settingsDecoder } from './settings.ts';

/** Flags over environment over file over defaults. Throws a `ConfigError` that names the key. */
export function loadSettings(
  flags: Pick<Flags, 'config' | 'settings'>,
  environment: NodeJS.ProcessEnv,
): { settings: Settings; subgraphUrls: Env['subgraphUrls'] } {
  const env = readEnv(environment);
  const file = flags.config === undefined ? {} : readConfigFile(flags.config, environment);
  const merged = overlay(overlay(file, env.settings), flags.settings);
  try {
    return { settings: settingsDecoder.decode(merged, ''), subgraphUrls: env.subgraphUrls };
  } catch (error) {
    const variable = error instanceof ConfigError && env.variables.get(error.key);
    // Somebody who has set a variable looks for its name.
    if (variable && !(error.key in flags.settings)) error.message += ` (from the variable ${variable})`;
    throw error;
  }
}

/** Objects are merged, anything else of `above` replaces what is below. */
function overlay(below: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    merged[key] = isObject(value) && isObject(under) ? overlay(under, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
