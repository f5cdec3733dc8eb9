import { refuse } from '../refusal.ts';
import { Numbers } from './numbers.ts';
import type { Reader } from './reader.ts';
import type { Oddity } from './soup.ts';
import { TextScanner } from './text-scanner.ts';

/** ASCII STL, any number of solids, any case, any line ends; normals are not trusted and not read. */
export const stlAscii: Reader = {
  recognises(bytes) {
    const start = new TextDecoder().decode(bytes.subarray(0, 4096));
    if (start.includes('\0')) return false;
    return /^\s*(solid\b[\s\S]*?\b(facet|endsolid)\b|facet\s)/i.test(start);
  },

  read(bytes, limits) {
    const scanner = new TextScanner(bytes);
    const coordinates = new Numbers();
    const loop = new Float64Array(9);
    let corners = -1; // outside a loop
    while (scanner.word()) {
      if (scanner.is('vertex')) {
        if (corners < 0 || corners === 3) throw unexpected(scanner, 'three corners in a loop');
        for (let axis = 0; axis < 3; axis++) {
          if (!scanner.word()) throw refuse('FILE_TRUNCATED', 'in the middle of a corner');
          loop[corners * 3 + axis] = scanner.number();
        }
        corners++;
      } else if (scanner.is('loop')) {
        corners = 0;
      } else if (scanner.is('endloop')) {
        if (corners !== 3) throw unexpected(scanner, 'three corners in a loop');
        corners = -1;
        for (const value of loop) coordinates.push(value);
        if (coordinates.length > limits.maxTriangles * 9)
          throw refuse('TOO_MANY_TRIANGLES', coordinates.length / 9, limits.maxTriangles);
      } else if (scanner.is('normal')) {
        for (let axis = 0; axis < 3; axis++) scanner.word();
      } else if (scanner.is('solid') || scanner.is('endsolid')) {
        scanner.nextLine(); // a name, which may be anything
      } else if (!(scanner.is('facet') || scanner.is('outer') || scanner.is('endfacet'))) {
        throw unexpected(scanner, 'a word of STL');
      }
    }
    if (corners >= 0) throw refuse('FILE_TRUNCATED', 'in the middle of a triangle');
    const oddities: Oddity[] = scanner.commas ? ['DECIMAL_COMMAS'] : [];
    return { format: 'stl', unit: 'mm', coordinates: coordinates.values(), oddities };
  },
};

function unexpected(scanner: TextScanner, expected: string) {
  return refuse('FILE_DAMAGED', `line ${scanner.line()}: expected ${expected}, found "${scanner.text()}"`);
}
