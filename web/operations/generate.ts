/** `npm run operations -w web`: writes the types and constants of every `.graphql` file of the pages. */
import { writeFileSync } from 'node:fs';
import { validate } from 'graphql';
import { everything, generated, publicSchema } from './files.ts';

const errors = validate(publicSchema(), everything());
if (errors.length > 0) {
  for (const error of errors) console.error(error.message);
  process.exitCode = 1;
} else {
  for (const [path, text] of generated()) writeFileSync(path, text);
}
