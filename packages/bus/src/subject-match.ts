/** Subjects are tokens joined by dots; a pattern may have `*` for one token and a final `>` for one or more. */

/** Compiles a pattern: the function says whether a subject matches it. */
export function subjectMatcher(pattern: string): (subject: string) => boolean {
  if (!pattern.includes('*') && !pattern.includes('>')) return (subject) => subject === pattern;
  if (pattern === '>') return () => true;
  const tokens = pattern.split('.');
  const open = tokens.at(-1) === '>';
  if (open) tokens.pop();
  return (subject) => {
    const given = subject.split('.');
    if (open ? given.length <= tokens.length : given.length !== tokens.length) return false;
    return tokens.every((token, i) => token === '*' || token === given[i]);
  };
}

/** True when some subject matches both patterns. */
export function subjectsOverlap(a: string, b: string): boolean {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; ; i++) {
    const l = left[i];
    const r = right[i];
    if (l === undefined || r === undefined) return l === r;
    if (l === '>' || r === '>') return true;
    if (l !== r && l !== '*' && r !== '*') return false;
  }
}

/** The narrowest single pattern that matches all that the given ones match. */
export function commonPattern(patterns: readonly string[]): string {
  const [first = '>', ...others] = new Set(patterns);
  return others.reduce((common, pattern) => {
    const left = common.split('.');
    const right = pattern.split('.');
    const merged: string[] = [];
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      const l = left[i];
      const r = right[i];
      if (l === undefined || r === undefined) {
        // One ends here: what both have so far, less its last token, and anything behind it.
        merged.pop();
        return [...merged, '>'].join('.');
      }
      if (l === '>' || r === '>') return [...merged, '>'].join('.');
      merged.push(l === r ? l : '*');
    }
    return merged.join('.');
  }, first);
}

/** Throws `TypeError` for what is no subject to publish on. */
export function assertSubject(subject: string): void {
  if (!/^[^\s.*>]+(\.[^\s.*>]+)*$/.test(subject)) {
    throw new TypeError(`expected a subject of tokens without wildcards, got "${subject}"`);
  }
}

/** Throws `TypeError` for what is no pattern. */
export function assertPattern(pattern: string): void {
  if (!/^(?:(?:\*|[^\s.*>]+)(?:\.(?:\*|[^\s.*>]+))*(?:\.>)?|>)$/.test(pattern)) {
    throw new TypeError(`expected a subject pattern, got "${pattern}"`);
  }
}

/** Why a subscription has no stream. */
export function notTaken(patterns: readonly string[], wanted: string | undefined): string {
  const all = patterns.join(', ');
  return wanted === undefined
    ? `no one stream takes ${all}`
    : `there is no stream ${wanted} that takes ${all}`;
}
