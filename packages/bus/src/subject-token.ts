/**
 * Makes any text one subject token: everything but letters, digits, `_` and `-` becomes `=` and two hex digits per
 * UTF-8 byte, so that no identifier can add a level (`.`) or a wildcard (`*`, `>`) to a subject.
 */
export function subjectToken(text: string): string {
  if (text === '') throw new TypeError('a subject token must not be empty');
  let token = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte);
    token += /[A-Za-z0-9_-]/.test(char) ? char : `=${byte.toString(16).padStart(2, '0')}`;
  }
  return token;
}
