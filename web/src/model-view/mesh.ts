/** A model for looking at: three corners of three coordinates per triangle, in mm. */
export interface Mesh {
  positions: Float32Array;
  triangles: number;
  min: [number, number, number];
  max: [number, number, number];
}

export type ModelProblem =
  | 'EMPTY'
  | 'TOO_LARGE'
  | 'UNKNOWN_FORMAT'
  | 'DAMAGED'
  | 'NO_TRIANGLES'
  | 'NOT_FINITE'
  | 'CANNOT_BE_SHOWN';

/** Why a file cannot be looked at. The pricing engine judges for itself: this is about the picture. */
export class ModelError extends Error {
  readonly problem: ModelProblem;

  constructor(problem: ModelProblem, message: string) {
    super(message);
    this.name = 'ModelError';
    this.problem = problem;
  }
}

/** Checks the corners and measures their box. */
export function meshOf(positions: Float32Array): Mesh {
  if (positions.length < 9) throw new ModelError('NO_TRIANGLES', 'expected at least one triangle, got none');
  const min: Mesh['min'] = [Infinity, Infinity, Infinity];
  const max: Mesh['max'] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const value = positions[i]!;
    if (!Number.isFinite(value))
      throw new ModelError(
        'NOT_FINITE',
        `expected a finite coordinate, got ${value} in triangle ${Math.floor(i / 9)}`,
      );
    const axis = (i % 3) as 0 | 1 | 2;
    if (value < min[axis]) min[axis] = value;
    if (value > max[axis]) max[axis] = value;
  }
  return { positions, triangles: positions.length / 9, min, max };
}

/** Extent along x, y and z. */
export function sizeOf(mesh: Pick<Mesh, 'min' | 'max'>): [number, number, number] {
  return [mesh.max[0] - mesh.min[0], mesh.max[1] - mesh.min[1], mesh.max[2] - mesh.min[2]];
}
