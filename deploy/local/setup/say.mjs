/** One line of progress, for people, on stderr. */
export function say(line) {
  process.stderr.write(`set-up: ${line}\n`);
}

/** A failure that is explained to the person at the terminal, without a stack. */
export class SetupError extends Error {}
