/**
 * A ring with relief, as a binary STL without holes: a band whose outside is engraved with crossing waves, so that no two
 * parts of it are alike. Has about as many triangles as asked for, a million exactly; `seed` gives another ring.
 */
export function fineRing(triangles: number, seed = 0): { bytes: Buffer<ArrayBuffer>; triangles: number } {
  const sides = 2 * Math.round(Math.sqrt(triangles / 2 / 3.125) / 2); // steps of 0.03 by 0.05 mm at a million
  const segments = Math.round(triangles / 2 / sides);
  const points = new Float32Array(segments * sides * 3);
  for (let i = 0; i < segments; i++) {
    const u = (2 * Math.PI * i) / segments;
    for (let j = 0; j < sides; j++) {
      const v = (2 * Math.PI * j) / sides;
      const outside = Math.max(0, Math.cos(v)) ** 2;
      const relief =
        outside * (0.12 * Math.sin(40 * u + 3 * v) * Math.cos(7 * v) + 0.05 * Math.sin(173 * u + seed));
      const radius = 9.6 + seed / 1_000 + (1.1 + relief) * Math.cos(v);
      points.set(
        [radius * Math.cos(u), radius * Math.sin(u), (2.6 + relief) * Math.sin(v)],
        (i * sides + j) * 3,
      );
    }
  }

  const count = segments * sides * 2;
  const bytes = Buffer.alloc(84 + 50 * count);
  bytes.write('a ring for a measurement');
  bytes.writeUInt32LE(count, 80);
  let offset = 84;
  const write = (corners: readonly number[]) => {
    offset += 12; // the normal stays zero: readers compute it
    for (const corner of corners)
      for (let axis = 0; axis < 3; axis++) offset = bytes.writeFloatLE(points[corner * 3 + axis]!, offset);
    offset += 2;
  };
  for (let i = 0; i < segments; i++) {
    const [here, next] = [i * sides, ((i + 1) % segments) * sides];
    for (let j = 0; j < sides; j++) {
      const k = (j + 1) % sides;
      write([here + j, next + j, next + k]);
      write([here + j, next + k, here + k]);
    }
  }
  return { bytes, triangles: count };
}
