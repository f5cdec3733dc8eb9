import { type Box, boxOf, type Mesh, sizeOf } from './mesh.ts';

const cellsPerTriangle = 1;
const mostCells = 8_000_000;
const referencesPerTriangle = 12;
/** Along one side: the cell of a vertex is packed into 30 bits. */
const mostAlong = 1000;

/**
 * Finds where a ray leaves a solid. The box is cut into cells, each knows the triangles that cross it, and a ray visits
 * cell after cell (Amanatides and Woo). Rays through walls are short and begin at the surface: they meet a few cells,
 * where a tree of boxes has to be entered from its root, and was tried: built sooner, asked three times as long.
 */
export class RayGrid {
  readonly #mesh: Mesh;
  readonly #origin: [number, number, number];
  readonly #cell: number;
  readonly #counts: [number, number, number];
  /** The reference of each cell that was written last, the one written before each, and its triangle; 0 is none. */
  #lasts = new Uint32Array(0);
  #before = new Uint32Array(0);
  #references = new Uint32Array(0);

  constructor(mesh: Mesh, box: Box = boxOf(mesh)) {
    this.#mesh = mesh;
    const size = sizeOf(box);
    const triangles = mesh.triangles.length / 3;
    // A hair more than the box, so that nothing lies on the far side of the last cell.
    const wide = size.map((value) => Math.max(value * 1.000001, Math.max(...size) * 1e-6));
    const volume = wide.reduce((product, value) => product * value, 1);
    const wanted = Math.min(cellsPerTriangle * triangles + 64, mostCells);
    this.#origin = box.min;
    let cell = Math.max(Math.cbrt(volume / wanted), Math.max(...wide) / mostAlong);
    for (;;) {
      this.#cell = cell;
      this.#counts = wide.map((value) => Math.max(1, Math.ceil(value / cell))) as [number, number, number];
      const [x, y, z] = this.#counts;
      if (x * y * z <= mostCells * 2 && this.#fill(referencesPerTriangle * triangles + 100_000)) return;
      // Triangles that reach far across the box would fill the memory: coarser.
      cell *= 2;
    }
  }

  /**
   * The distance along a ray of unit direction to the first triangle it meets from inside; Infinity where there is none.
   * What it enters on the way does not count. The ray begins in the box.
   */
  exit(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
    const cell = this.#cell;
    const [nx, ny, nz] = this.#counts;
    const px = (ox - this.#origin[0]) / cell;
    const py = (oy - this.#origin[1]) / cell;
    const pz = (oz - this.#origin[2]) / cell;
    let x = clamp(Math.floor(px), nx);
    let y = clamp(Math.floor(py), ny);
    let z = clamp(Math.floor(pz), nz);
    const stepX = dx > 0 ? 1 : -1;
    const stepY = dy > 0 ? 1 : -1;
    const stepZ = dz > 0 ? 1 : -1;
    const acrossX = dx === 0 ? Infinity : cell / Math.abs(dx);
    const acrossY = dy === 0 ? Infinity : cell / Math.abs(dy);
    const acrossZ = dz === 0 ? Infinity : cell / Math.abs(dz);
    let nextX = dx === 0 ? Infinity : (dx > 0 ? x + 1 - px : px - x) * acrossX;
    let nextY = dy === 0 ? Infinity : (dy > 0 ? y + 1 - py : py - y) * acrossY;
    let nextZ = dz === 0 ? Infinity : (dz > 0 ? z + 1 - pz : pz - z) * acrossZ;
    let nearest = Infinity;
    for (;;) {
      const index = (z * ny + y) * nx + x;
      const last = this.#lasts[index]!;
      if (last > 0) nearest = this.#exitFromCell(last, ox, oy, oz, dx, dy, dz, nearest);
      const leaves = nextX < nextY ? (nextX < nextZ ? nextX : nextZ) : nextY < nextZ ? nextY : nextZ;
      // What lies behind this cell is farther away than what was found in it.
      if (nearest <= leaves) return nearest;
      if (nextX === leaves) {
        x += stepX;
        nextX += acrossX;
        if (x < 0 || x >= nx) return nearest;
      } else if (nextY === leaves) {
        y += stepY;
        nextY += acrossY;
        if (y < 0 || y >= ny) return nearest;
      } else {
        z += stepZ;
        nextZ += acrossZ;
        if (z < 0 || z >= nz) return nearest;
      }
    }
  }

  /**
   * How often the surface goes round a point, by a ray to infinity: every triangle it leaves through counts one, every one
   * it enters through takes one away. What is nearer than `clear` is not looked at: points may lie on the surface.
   */
  winding(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, clear: number): number {
    const seen = this.#seen;
    seen.clear();
    const cell = this.#cell;
    const [nx, ny, nz] = this.#counts;
    let winding = 0;
    const px = (ox - this.#origin[0]) / cell;
    const py = (oy - this.#origin[1]) / cell;
    const pz = (oz - this.#origin[2]) / cell;
    let x = clamp(Math.floor(px), nx);
    let y = clamp(Math.floor(py), ny);
    let z = clamp(Math.floor(pz), nz);
    const acrossX = dx === 0 ? Infinity : 1 / Math.abs(dx);
    const acrossY = dy === 0 ? Infinity : 1 / Math.abs(dy);
    const acrossZ = dz === 0 ? Infinity : 1 / Math.abs(dz);
    let nextX = dx === 0 ? Infinity : (dx > 0 ? x + 1 - px : px - x) * acrossX;
    let nextY = dy === 0 ? Infinity : (dy > 0 ? y + 1 - py : py - y) * acrossY;
    let nextZ = dz === 0 ? Infinity : (dz > 0 ? z + 1 - pz : pz - z) * acrossZ;
    while (x >= 0 && x < nx && y >= 0 && y < ny && z >= 0 && z < nz) {
      const index = (z * ny + y) * nx + x;
      for (let at = this.#lasts[index]!; at > 0; at = this.#before[at]!) {
        const triangle = this.#references[at]!;
        const way = this.#crossing(triangle, ox, oy, oz, dx, dy, dz, clear);
        if (way === 0 || seen.has(triangle)) continue;
        seen.add(triangle);
        winding += way;
      }
      if (nextX <= nextY && nextX <= nextZ) {
        x += dx > 0 ? 1 : -1;
        nextX += acrossX;
      } else if (nextY <= nextZ) {
        y += dy > 0 ? 1 : -1;
        nextY += acrossY;
      } else {
        z += dz > 0 ? 1 : -1;
        nextZ += acrossZ;
      }
    }
    return winding;
  }

  /** Triangles that the ray at hand has crossed: one that lies in several cells counts once. */
  readonly #seen = new Set<number>();

  /** 1 where the ray leaves through the triangle, -1 where it enters, 0 where it misses it. */
  #crossing(
    at: number,
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    clear: number,
  ): number {
    const { positions: p, triangles } = this.#mesh;
    const a = triangles[at]! * 3;
    const b = triangles[at + 1]! * 3;
    const c = triangles[at + 2]! * 3;
    const ux = p[b]! - p[a]!;
    const uy = p[b + 1]! - p[a + 1]!;
    const uz = p[b + 2]! - p[a + 2]!;
    const vx = p[c]! - p[a]!;
    const vy = p[c + 1]! - p[a + 1]!;
    const vz = p[c + 2]! - p[a + 2]!;
    const qx = dy * vz - dz * vy;
    const qy = dz * vx - dx * vz;
    const qz = dx * vy - dy * vx;
    const determinant = ux * qx + uy * qy + uz * qz;
    if (determinant === 0) return 0;
    const tx = ox - p[a]!;
    const ty = oy - p[a + 1]!;
    const tz = oz - p[a + 2]!;
    const u = (tx * qx + ty * qy + tz * qz) / determinant;
    if (!(u >= 0 && u <= 1)) return 0;
    const rx = ty * uz - tz * uy;
    const ry = tz * ux - tx * uz;
    const rz = tx * uy - ty * ux;
    const v = (dx * rx + dy * ry + dz * rz) / determinant;
    if (!(v >= 0 && u + v <= 1)) return 0;
    if (!((vx * rx + vy * ry + vz * rz) / determinant > clear)) return 0;
    return determinant < 0 ? 1 : -1;
  }

  #exitFromCell(
    last: number,
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    limit: number,
  ): number {
    const { positions: p, triangles } = this.#mesh;
    const references = this.#references;
    const before = this.#before;
    let nearest = limit;
    for (let reference = last; reference > 0; reference = before[reference]!) {
      const at = references[reference]!;
      const a = triangles[at]! * 3;
      const b = triangles[at + 1]! * 3;
      const c = triangles[at + 2]! * 3;
      const ax = p[a]!;
      const ay = p[a + 1]!;
      const az = p[a + 2]!;
      const ux = p[b]! - ax;
      const uy = p[b + 1]! - ay;
      const uz = p[b + 2]! - az;
      const vx = p[c]! - ax;
      const vy = p[c + 1]! - ay;
      const vz = p[c + 2]! - az;
      // Möller and Trumbore; the determinant is negative where the ray goes the way of the normal: out.
      const qx = dy * vz - dz * vy;
      const qy = dz * vx - dx * vz;
      const qz = dx * vy - dy * vx;
      const determinant = ux * qx + uy * qy + uz * qz;
      if (!(determinant < 0)) continue;
      const tx = ox - ax;
      const ty = oy - ay;
      const tz = oz - az;
      const u = tx * qx + ty * qy + tz * qz;
      if (u > 0 || u < determinant) continue;
      const rx = ty * uz - tz * uy;
      const ry = tz * ux - tx * uz;
      const rz = tx * uy - ty * ux;
      const v = dx * rx + dy * ry + dz * rz;
      if (v > 0 || u + v < determinant) continue;
      const distance = (vx * rx + vy * ry + vz * rz) / determinant;
      if (distance > 0 && distance < nearest) nearest = distance;
    }
    return nearest;
  }

  /** x, y and z of each vertex's cell, ten bits each. */
  #cellsOfVertices(): Uint32Array {
    const { positions: p } = this.#mesh;
    const [nx, ny, nz] = this.#counts;
    const [ox, oy, oz] = this.#origin;
    const scale = 1 / this.#cell;
    const cells = new Uint32Array(p.length / 3);
    for (let vertex = 0; vertex < cells.length; vertex++) {
      const x = clamp(((p[vertex * 3]! - ox) * scale) | 0, nx);
      const y = clamp(((p[vertex * 3 + 1]! - oy) * scale) | 0, ny);
      const z = clamp(((p[vertex * 3 + 2]! - oz) * scale) | 0, nz);
      cells[vertex] = x | (y << 10) | (z << 20);
    }
    return cells;
  }

  /**
   * Writes each triangle down in the cells it touches: most lie in one cell altogether; of the others those that their box
   * touches and, if these are many, their plane crosses. False when they are more than `most`.
   */
  #fill(most: number): boolean {
    const { triangles } = this.#mesh;
    const [nx, ny, nz] = this.#counts;
    const cells = this.#cellsOfVertices();
    const lasts = new Uint32Array(nx * ny * nz);
    let before = new Uint32Array(triangles.length + 1000);
    let references = new Uint32Array(before.length);
    let total = 0;
    for (let at = 0; at < triangles.length; at += 3) {
      const a = cells[triangles[at]!]!;
      const b = cells[triangles[at + 1]!]!;
      const c = cells[triangles[at + 2]!]!;
      const ax = a & 1023;
      const ay = (a >>> 10) & 1023;
      const az = a >>> 20;
      if (a === b && a === c) {
        const cell = (az * ny + ay) * nx + ax;
        if (++total === before.length) [before, references] = [longer(before), longer(references)];
        references[total] = at;
        before[total] = lasts[cell]!;
        lasts[cell] = total;
        continue;
      }
      const bx = b & 1023;
      const by = (b >>> 10) & 1023;
      const bz = b >>> 20;
      const cx = c & 1023;
      const cy = (c >>> 10) & 1023;
      const cz = c >>> 20;
      const x0 = Math.min(ax, bx, cx);
      const x1 = Math.max(ax, bx, cx);
      const y0 = Math.min(ay, by, cy);
      const y1 = Math.max(ay, by, cy);
      const z0 = Math.min(az, bz, cz);
      const z1 = Math.max(az, bz, cz);
      const many = (x1 - x0 + 1) * (y1 - y0 + 1) * (z1 - z0 + 1) > 8;
      if (many) this.#planeOf(at);
      for (let z = z0; z <= z1; z++)
        for (let y = y0; y <= y1; y++)
          for (let x = x0; x <= x1; x++) {
            if (many && !this.#planeCrosses(x, y, z)) continue;
            const cell = (z * ny + y) * nx + x;
            if (++total === before.length) [before, references] = [longer(before), longer(references)];
            references[total] = at;
            before[total] = lasts[cell]!;
            lasts[cell] = total;
          }
      if (total > most) return false;
    }
    this.#lasts = lasts;
    this.#before = before;
    this.#references = references;
    return true;
  }

  /** Of the triangle last asked for, in cells: its normal, where it is, and how far from it a cell's middle may be. */
  readonly #plane = new Float64Array(5);

  #planeOf(at: number): void {
    const { positions: p, triangles } = this.#mesh;
    const corner = (index: number, axis: number) =>
      (p[triangles[at + index]! * 3 + axis]! - this.#origin[axis]!) / this.#cell;
    const [ax, ay, az] = [corner(0, 0), corner(0, 1), corner(0, 2)];
    const [ux, uy, uz] = [corner(1, 0) - ax, corner(1, 1) - ay, corner(1, 2) - az];
    const [vx, vy, vz] = [corner(2, 0) - ax, corner(2, 1) - ay, corner(2, 2) - az];
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    const offset = x * (ax - 0.5) + y * (ay - 0.5) + z * (az - 0.5);
    const reach = (Math.abs(x) + Math.abs(y) + Math.abs(z)) * 0.500001;
    this.#plane.set([x, y, z, offset, reach]);
  }

  #planeCrosses(x: number, y: number, z: number): boolean {
    const plane = this.#plane;
    return Math.abs(plane[0]! * x + plane[1]! * y + plane[2]! * z - plane[3]!) <= plane[4]!;
  }
}

function longer(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(array.length * 2);
  copy.set(array);
  return copy;
}

function clamp(value: number, count: number): number {
  return value < 0 ? 0 : value >= count ? count - 1 : value;
}
