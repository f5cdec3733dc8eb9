/** A copy of a binary STL, turned about z and then x by angles in radians, and moved: the same piece in other bytes. */
export function turnedStl(bytes: Uint8Array, aboutZ: number, aboutX: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice() as Uint8Array<ArrayBuffer>;
  const view = new DataView(copy.buffer);
  const [c, s, d, t] = [Math.cos(aboutZ), Math.sin(aboutZ), Math.cos(aboutX), Math.sin(aboutX)];
  for (let triangle = 84; triangle + 50 <= copy.length; triangle += 50)
    for (let corner = triangle + 12; corner < triangle + 48; corner += 12) {
      const [x, y, z] = [0, 4, 8].map((offset) => view.getFloat32(corner + offset, true)) as [
        number,
        number,
        number,
      ];
      const [u, v] = [x * c - y * s, x * s + y * c];
      view.setFloat32(corner, u + 31, true);
      view.setFloat32(corner + 4, v * d - z * t - 7, true);
      view.setFloat32(corner + 8, v * t + z * d + 12, true);
    }
  return copy;
}

/** A copy of a binary STL with that direction, of length 1, upwards. */
export function laidStl(
  bytes: Uint8Array,
  [x, y, z]: readonly [number, number, number],
): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice() as Uint8Array<ArrayBuffer>;
  const view = new DataView(copy.buffer);
  // Rows of the turn: two directions across, and the one that goes up.
  const side = Math.abs(x) < 0.6 ? [0, -z, y] : [z, 0, -x];
  const [ax, ay, az] = side.map((value) => value / Math.hypot(...side)) as [number, number, number];
  const [bx, by, bz] = [y * az - z * ay, z * ax - x * az, x * ay - y * ax];
  for (let triangle = 84; triangle + 50 <= copy.length; triangle += 50)
    for (let corner = triangle + 12; corner < triangle + 48; corner += 12) {
      const [u, v, w] = [0, 4, 8].map((offset) => view.getFloat32(corner + offset, true)) as [
        number,
        number,
        number,
      ];
      view.setFloat32(corner, ax * u + ay * v + az * w, true);
      view.setFloat32(corner + 4, bx * u + by * v + bz * w, true);
      view.setFloat32(corner + 8, x * u + y * v + z * w, true);
    }
  return copy;
}
