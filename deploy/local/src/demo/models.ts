type Point = readonly [x: number, y: number, z: number];

/** A closed outline in the (radius, height) plane at an angle around the finger, all in mm, anticlockwise. */
type Profile = (angle: number) => readonly (readonly [radius: number, z: number])[];

/** Pieces of the demonstration: every one watertight, none of them anybody's property. */
export const demoModels = {
  'comfort-band.stl': () => revolve(() => superellipse({ inner: 8.6, wall: 1.9, width: 5, power: 2.6 }), 180),
  'flat-band.stl': () => revolve(() => superellipse({ inner: 9.1, wall: 1.5, width: 3.2, power: 8 }), 160),
  'wave-ring.stl': () =>
    revolve(
      (angle) =>
        superellipse({ inner: 8.3, wall: 1.8, width: 3, power: 2.2 }).map(([r, z]) => [
          r,
          z + 1.2 * Math.sin(3 * angle),
        ]),
      240,
    ),
  'signet-blank.stl': () =>
    revolve((angle) => {
      const face = Math.exp(-((angle - Math.PI) ** 2) / 0.35); // thick and wide on one side
      return superellipse({ inner: 9, wall: 1.7 + 2.2 * face, width: 3.5 + 7 * face, power: 4 });
    }, 220),
  'twisted-bangle.stl': () =>
    revolve((angle) => {
      const [turn, half] = [2 * angle, 1.9]; // a square that turns twice on its way around
      return [0, 1, 2, 3].flatMap((corner) => {
        const at = (share: number, from: number) => from + share * (Math.PI / 2);
        return [0, 0.25, 0.5, 0.75].map((share) => {
          const a = turn + at(share, (corner * Math.PI) / 2);
          const reach = half / Math.max(Math.abs(Math.cos(a - turn)), Math.abs(Math.sin(a - turn)));
          return [31 + reach * Math.cos(a), reach * Math.sin(a)] as const;
        });
      });
    }, 400),
} satisfies Record<string, () => Buffer>;

export type DemoModel = keyof typeof demoModels;

/** A band of another size each time: for orders in number, whose models should not all be known. */
export function bandOfSize(innerRadiusMm: number): Buffer {
  return revolve(() => superellipse({ inner: innerRadiusMm, wall: 1.6, width: 4, power: 2.4 }), 96);
}

/** A finely engraved piece, whose exact price takes a while. */
export function engravedBand(segments: number): Buffer {
  const outline = (angle: number) =>
    superellipse({ inner: 9.4, wall: 2, width: 8, power: 5, points: 128 }).map(([r, z]) => {
      const groove = r > 11 ? 0.12 * Math.sin(40 * angle) * Math.cos(6 * z) : 0;
      return [r + groove, z] as const;
    });
  return revolve(outline, segments);
}

interface Outline {
  /** Radius of the finger. */
  inner: number;
  wall: number;
  width: number;
  /** 2 is an ellipse, large is a rectangle. */
  power: number;
  points?: number;
}

function superellipse({ inner, wall, width, power, points = 32 }: Outline): (readonly [number, number])[] {
  const root = (value: number) => Math.sign(value) * Math.abs(value) ** (2 / power);
  return Array.from({ length: points }, (_, i) => {
    const t = (2 * Math.PI * i) / points;
    return [inner + wall / 2 + (wall / 2) * root(Math.cos(t)), (width / 2) * root(Math.sin(t))] as const;
  });
}

/** Sweeps the outline once around the z axis; a binary STL. */
function revolve(profile: Profile, segments: number): Buffer {
  const rings = Array.from({ length: segments }, (_, i) => {
    const angle = (2 * Math.PI * i) / segments;
    return profile(angle).map(([r, z]): Point => [r * Math.cos(angle), r * Math.sin(angle), z]);
  });
  const points = rings[0]!.length;
  const bytes = Buffer.alloc(84 + 50 * 2 * segments * points);
  bytes.write('Alexandrite, a piece of the demonstration');
  bytes.writeUInt32LE(2 * segments * points, 80);
  let offset = 84;
  const triangle = (...corners: readonly [Point, Point, Point]) => {
    offset += 12; // the normal stays zero: readers compute it
    for (const corner of corners) for (const value of corner) offset = bytes.writeFloatLE(value, offset);
    offset += 2;
  };
  for (let i = 0; i < segments; i++) {
    const [here, next] = [rings[i]!, rings[(i + 1) % segments]!];
    for (let j = 0; j < points; j++) {
      const k = (j + 1) % points;
      triangle(here[j]!, next[j]!, next[k]!);
      triangle(here[j]!, next[k]!, here[k]!);
    }
  }
  return bytes;
}
