const began = performance.now();

/** A line of progress on stderr, with the seconds since the start: stdout belongs to the result. */
export function say(line: string): void {
  const seconds = ((performance.now() - began) / 1_000).toFixed(1).padStart(6);
  process.stderr.write(`[${seconds} s] ${line}\n`);
}
