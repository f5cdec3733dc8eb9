/** Lengths of the picture's sides in pixels. */
export const STUDIO_SIZE = 256;

/**
 * What polished metal reflects in a photographer's studio, as a "matcap": one grey for every direction a surface can
 * face, to be multiplied with the metal's colour. Made once by arithmetic: no picture to fetch, and, unlike a rendered
 * environment, cheap enough for a machine that draws 3D without a graphics card.
 */
export function studio(size = STUDIO_SIZE): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(size * size * 4);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      // the normal that this pixel stands for; rows go up, as textures do
      const x = (2 * (column + 0.5)) / size - 1;
      const y = (2 * (row + 0.5)) / size - 1;
      const z = Math.sqrt(Math.max(0, 1 - x * x - y * y));
      const grey = Math.round(255 * light(2 * z * x, 2 * z * y, 2 * z * z - 1, z));
      const at = 4 * (row * size + column);
      pixels.fill(grey, at, at + 3);
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

/** How bright the studio is where a mirror would look: 0 to 1, linear. */
function light(x: number, y: number, z: number, facing: number): number {
  const wall = 0.5 + 0.34 * smooth(-0.7, 0.9, y);
  const floor = 0.38 * softbox(y, -0.5, 0.34); // the dark edge of the table gives polish its depth
  const ceiling = 0.2 * smooth(0.72, 0.98, y);
  const key = 0.8 * softbox(x, -0.5, 0.4) * softbox(y, 0.5, 0.3) * smooth(-0.6, 0, z);
  const strip = 0.5 * softbox(x, 0.68, 0.16) * softbox(y, 0.05, 0.7);
  const table = 0.3 * smooth(-0.7, -1, y);
  const rim = 0.3 * (1 - facing) ** 3;
  return Math.min(1, Math.max(0.05, wall - floor - ceiling - rim + key + strip + table));
}

/** A lamp with soft edges: 1 within `half` of its middle, 0 well outside. */
function softbox(value: number, middle: number, half: number): number {
  return smooth(half * 1.7, half * 0.6, Math.abs(value - middle));
}

/** From 0 at `from` to 1 at `to`, without a kink. */
function smooth(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
