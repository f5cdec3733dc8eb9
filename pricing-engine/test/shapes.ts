/** Shapes with known volumes, as triangles, and the ways to write them down. Nine coordinates a triangle. */
export type Soup = number[];
type Point = [number, number, number];

/** A box of twelve triangles that looks outwards. */
export function box([x0, y0, z0]: Point, [x1, y1, z1]: Point): Soup {
  const corner = (i: number): Point => [i & 1 ? x1 : x0, i & 2 ? y1 : y0, i & 4 ? z1 : z0];
  const quads = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ];
  return quads.flatMap(([a, b, c, d]) => [a, b, c, a, c, d].flatMap((index) => corner(index!)));
}

export function cube(side: number, at: Point = [0, 0, 0]): Soup {
  return box(at, at.map((low) => low + side) as Point);
}

/** A closed surface over a grid that is periodic both ways. `twist` joins the ends of `u` with `v` mirrored. */
export function periodic(
  across: number,
  around: number,
  point: (u: number, v: number) => Point,
  twist = false,
): Soup {
  const at = (i: number, j: number): Point => {
    const wraps = Math.floor(i / across);
    const v = twist && wraps % 2 === 1 ? around - j : j;
    return point((i % across) / across, (((v % around) + around) % around) / around);
  };
  const soup: Soup = [];
  for (let i = 0; i < across; i++)
    for (let j = 0; j < around; j++) {
      const [a, b, c, d] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
      soup.push(...a, ...b, ...c, ...a, ...c, ...d);
    }
  return soup;
}

/** Round z. */
export function torus(radius: number, wire: number, across = 64, around = 32): Soup {
  return periodic(across, around, (u, v) => {
    const [a, b] = [u * 2 * Math.PI, v * 2 * Math.PI];
    const reach = radius + wire * Math.cos(b);
    return [reach * Math.cos(a), reach * Math.sin(a), wire * Math.sin(b)];
  });
}

/** The volume of that polyhedron exactly, by its own sum. */
export function volume(soup: Soup): number {
  let sum = 0;
  for (let at = 0; at < soup.length; at += 9) {
    const [ax, ay, az, bx, by, bz, cx, cy, cz] = soup.slice(at, at + 9) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    sum += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return sum / 6;
}

/** The figure-eight immersion of a Klein bottle: closed, and without an inside. */
export function kleinBottle(): Soup {
  return periodic(
    48,
    24,
    (u, v) => {
      const [a, b] = [u * 2 * Math.PI, v * 2 * Math.PI];
      const reach = 5 + Math.cos(a / 2) * Math.sin(b) - Math.sin(a / 2) * Math.sin(2 * b);
      const height = Math.sin(a / 2) * Math.sin(b) + Math.cos(a / 2) * Math.sin(2 * b);
      return [reach * Math.cos(a), reach * Math.sin(a), height];
    },
    true,
  );
}

/** A cube of 1000 mm³ one of whose faces has an extra vertex on an edge that the neighbour does not know. */
export function tJunctionCube(): Soup {
  const soup = cube(10);
  const triangle = soup.splice(0, 9);
  const [a, b, c] = [triangle.slice(0, 3), triangle.slice(3, 6), triangle.slice(6, 9)];
  const middle = a.map((value, axis) => (value + b[axis]!) / 2);
  return [...soup, ...a, ...middle, ...c, ...middle, ...b, ...c];
}

export function insideOut(soup: Soup): Soup {
  const turned: Soup = [];
  for (let at = 0; at < soup.length; at += 9)
    turned.push(...soup.slice(at, at + 3), ...soup.slice(at + 6, at + 9), ...soup.slice(at + 3, at + 6));
  return turned;
}

export function moved(soup: Soup, by: Point): Soup {
  return soup.map((value, index) => value + by[index % 3]!);
}

/** About z, then about x, by angles in radians. */
export function turnedBy(soup: Soup, aboutZ: number, aboutX: number): Soup {
  const [c, s, d, t] = [Math.cos(aboutZ), Math.sin(aboutZ), Math.cos(aboutX), Math.sin(aboutX)];
  const turned: Soup = [];
  for (let at = 0; at < soup.length; at += 3) {
    const [x, y, z] = [soup[at]! * c - soup[at + 1]! * s, soup[at]! * s + soup[at + 1]! * c, soup[at + 2]!];
    turned.push(x, y * d - z * t, y * t + z * d);
  }
  return turned;
}

/** Another order of the triangles, and another first corner of each. */
export function shuffled(soup: Soup): Soup {
  const count = soup.length / 9;
  return Array.from({ length: count }, (_, index) => {
    const at = ((index * 7919 + 13) % count) * 9;
    const turn = (index % 3) * 3;
    return [...soup.slice(at + turn, at + 9), ...soup.slice(at, at + turn)];
  }).flat();
}

export function binaryStl(soup: Soup, header = ''): Uint8Array<ArrayBuffer> {
  const count = soup.length / 9;
  const bytes = new Uint8Array(84 + count * 50);
  bytes.set(new TextEncoder().encode(header).subarray(0, 80));
  const view = new DataView(bytes.buffer);
  view.setUint32(80, count, true);
  for (const [index, value] of soup.entries())
    view.setFloat32(84 + Math.floor(index / 9) * 50 + 12 + (index % 9) * 4, value, true);
  return bytes;
}

export function asciiStl(soup: Soup, name = 'piece'): string {
  const lines = [`solid ${name}`];
  for (let at = 0; at < soup.length; at += 9) {
    lines.push('facet normal 0 0 0', '  outer loop');
    for (let corner = at; corner < at + 9; corner += 3)
      lines.push(
        `    vertex ${soup
          .slice(corner, corner + 3)
          .map(float32)
          .join(' ')}`,
      );
    lines.push('  endloop', 'endfacet');
  }
  return [...lines, `endsolid ${name}`, ''].join('\n');
}

export function objText(soup: Soup): string {
  const lines: string[] = [];
  for (let at = 0; at < soup.length; at += 3)
    lines.push(
      `v ${soup
        .slice(at, at + 3)
        .map(float32)
        .join(' ')}`,
    );
  for (let at = 0; at < soup.length / 3; at += 3) lines.push(`f ${at + 1} ${at + 2} ${at + 3}`);
  return `${lines.join('\n')}\n`;
}

/** Nine digits: enough to find the same 32 bits again. */
function float32(value: number): string {
  return Math.fround(value).toPrecision(9);
}

/** Every second triangle first, then the others: no body ends before all of them do. */
export function interleaved(soup: Soup): Soup {
  const half = (odd: number) => soup.filter((_, index) => Math.floor(index / 9) % 2 === odd);
  return [...half(0), ...half(1)];
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}
