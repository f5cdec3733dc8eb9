import { ModelError } from './mesh.ts';

/** The corners of an OBJ file: its `v` and `f` lines, polygons cut into fans. Everything else is left aside. */
export function readObj(bytes: Uint8Array): Float32Array {
  const text = new TextDecoder('latin1').decode(bytes).replaceAll(/\\\r?\n/g, ' ');
  const vertices: number[] = [];
  const positions: number[] = [];
  let begin = 0;
  while (begin < text.length) {
    let end = text.indexOf('\n', begin);
    if (end < 0) end = text.length;
    const kind = text.charCodeAt(begin);
    const gap = text.charCodeAt(begin + 1);
    if ((gap === 32 || gap === 9) && (kind === 118 || kind === 102)) {
      const words = text
        .slice(begin + 2, end)
        .trim()
        .split(/\s+/);
      if (kind === 118) vertices.push(Number(words[0]), Number(words[1]), Number(words[2]));
      else pushFan(words, vertices, positions);
    }
    begin = end + 1;
  }
  if (vertices.length === 0)
    throw new ModelError('UNKNOWN_FORMAT', 'expected `v` lines of an OBJ, found none');
  return Float32Array.from(positions);
}

function pushFan(words: string[], vertices: number[], positions: number[]): void {
  const corners = words.map((word) => corner(word, vertices.length / 3));
  for (let i = 2; i < corners.length; i++)
    for (const index of [corners[0]!, corners[i - 1]!, corners[i]!])
      positions.push(vertices[3 * index]!, vertices[3 * index + 1]!, vertices[3 * index + 2]!);
}

/** `7`, `7/1`, `7//3`, or `-1` for the last vertex so far; counted from 0. */
function corner(word: string, count: number): number {
  const given = Number.parseInt(word, 10);
  const index = given < 0 ? count + given : given - 1;
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw new ModelError('DAMAGED', `a face names vertex ${word}, there are ${count}`);
  return index;
}
