/** A command line that asks the same; the key stays out of it, since it would land in the shell's history. */
export function curl(origin: string, query: string, variables: object): string {
  const body = JSON.stringify({ query: oneLine(query), variables });
  return [
    `curl ${shellQuoted(`${origin}/graphql`)}`,
    `-H 'content-type: application/json'`,
    `-H "authorization: Bearer $TOKEN"`,
    `--data ${shellQuoted(body)}`,
  ].join(' \\\n  ');
}

/** Line ends mean nothing in GraphQL, except in its strings and comments. */
function oneLine(query: string): string {
  return /["#]/.test(query) ? query : query.replaceAll(/\s+/g, ' ').trim();
}

/** Single quotes keep everything but themselves. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
