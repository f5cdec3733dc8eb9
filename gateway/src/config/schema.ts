// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are what is explained
import { settingsDecoder } from './settings.ts';

/** The JSON schema of the configuration, as editors read it. `gateway/config.schema.json` is its text. */
export function configSchema(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of the gateway',
    description: 'Every text may hold ${NAME}, an environment variable, or ${NAME:-default}.',
    ...settingsDecoder.schema,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
