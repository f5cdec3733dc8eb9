/** What a reader makes of a file: triangles that know nothing of each other. */
export interface Soup {
  format: Format;
  /** As the file names it, or `mm`, which is what a file without a unit is taken for. */
  unit: string;
  /** Nine coordinates a triangle, in mm. 64 bits where the format may carry more than 32. */
  coordinates: Float32Array | Float64Array;
  /** What was odd about the file, though it could be read. */
  oddities: Oddity[];
}

export type Format = 'stl' | 'obj' | 'ply' | '3mf';

/**
 * TRIANGLE_COUNT_WRONG: a binary STL's count contradicts the size of the file. TRAILING_BYTES: something follows the
 * last triangle. DECIMAL_COMMAS: numbers written with commas. UNIT_ASSUMED is not here: it is judged by size, later.
 */
export type Oddity = 'TRIANGLE_COUNT_WRONG' | 'TRAILING_BYTES' | 'DECIMAL_COMMAS';
