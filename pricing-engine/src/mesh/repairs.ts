/** What had to be done to the surface before it could be measured: how often, by what. Zeros are left out. */
export type Repairs = Partial<Record<Repair, number>>;

export type Repair =
  /** Triangles with two corners in one place, left out. */
  | 'degenerateTriangles'
  /** Copies of triangles, or pairs back to back, left out. */
  | 'duplicateTriangles'
  /** Triangles that stuck out of the surface by one edge, left out. */
  | 'finTriangles'
  /** Vertices that lay next to each other along an open seam, joined. */
  | 'stitchedVertices'
  /** Triangles split where a neighbour had a vertex on their edge. */
  | 'splitTJunctions'
  /** Triangles that looked inwards, turned. */
  | 'flippedTriangles'
  /** Edges at which more than two triangles meet, told apart. */
  | 'separatedEdges'
  /** Whole shells that looked inwards without being a void, turned. */
  | 'invertedShells'
  /** Shells without volume, left out. */
  | 'flatShells';

export function note(repairs: Repairs, repair: Repair, times: number): void {
  if (times > 0) repairs[repair] = (repairs[repair] ?? 0) + times;
}
