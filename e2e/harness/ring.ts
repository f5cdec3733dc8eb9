/**
 * A ring nobody has priced: a torus of the given radii, as a binary STL. `volumeMm3` is the exact volume of the
 * polyhedron the file holds (divergence theorem), not of the ideal torus.
 */
export function ring(options: { majorMm: number; minorMm: number; segments?: number; sides?: number }): {
  bytes: Buffer;
  triangles: number;
  volumeMm3: number;
} {
  const { majorMm, minorMm, segments = 96, sides = 24 } = options;
  const point = (i: number, j: number): [number, number, number] => {
    const u = (2 * Math.PI * (i % segments)) / segments;
    const v = (2 * Math.PI * (j % sides)) / sides;
    const r = majorMm + minorMm * Math.cos(v);
    return [r * Math.cos(u), r * Math.sin(u), minorMm * Math.sin(v)].map(Math.fround) as [
      number,
      number,
      number,
    ];
  };
  const triangles = segments * sides * 2;
  const bytes = Buffer.alloc(84 + 50 * triangles);
  bytes.write('a ring for a test');
  bytes.writeUInt32LE(triangles, 80);
  let offset = 84;
  let sixVolumes = 0;
  const write = (...corners: [number, number, number][]) => {
    const [a, b, c] = corners as unknown as [number[], number[], number[]];
    sixVolumes +=
      a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) +
      a[1]! * (b[2]! * c[0]! - b[0]! * c[2]!) +
      a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!);
    offset += 12; // the normal stays zero: readers compute it
    for (const corner of corners) for (const value of corner) offset = bytes.writeFloatLE(value, offset);
    offset += 2;
  };
  for (let i = 0; i < segments; i++) {
    for (let j = 0; j < sides; j++) {
      write(point(i, j), point(i + 1, j), point(i + 1, j + 1));
      write(point(i, j), point(i + 1, j + 1), point(i, j + 1));
    }
  }
  return { bytes, triangles, volumeMm3: sixVolumes / 6 };
}

/** A ring of random size, so that no cache can know it. */
export function unknownRing(detail: { segments?: number; sides?: number } = {}): ReturnType<typeof ring> {
  return ring({ majorMm: 8 + 3 * Math.random(), minorMm: 0.8 + Math.random(), ...detail });
}
