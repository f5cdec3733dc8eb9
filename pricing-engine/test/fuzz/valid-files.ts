import { asciiStl, binaryStl, cube, objText, torus, utf8 } from '../shapes.ts';
import { zip } from '../zip.ts';

/** A valid file; of a package the parts too, so that what is inside can be broken without breaking the zip. */
export interface ValidFile {
  bytes: Uint8Array;
  parts?: Record<string, string>;
}

const points = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i & 1 ? 10 : 0, i & 2 ? 10 : 0, i & 4 ? 10 : 0]);
const quads = ['0 2 3 1', '4 5 7 6', '0 1 5 4', '2 6 7 3', '0 4 6 2', '1 3 7 5'].map((quad) =>
  quad.split(' ').map(Number),
);

/** Small ones of every format: of a large file most bytes are alike, and a mutation of one is the mutation of any. */
export function validFiles(): ValidFile[] {
  const ring = torus(10, 2, 8, 5);
  const twoSolids = `${asciiStl(cube(3), 'one')}${asciiStl(cube(2, [5, 5, 5]), 'two')}`;
  const faces = quads.map((quad) => `f ${quad.map((at) => `${at + 1}//1`).join(' ')}`);
  const obj = ['mtllib x.mtl', ...points.map((at) => `v ${at.join(' ')}`), 'vn 0 0 1', ...faces, ''].join(
    '\n',
  );
  const negative = [
    ...points.map((at) => `v ${at.join(' ')} 1`),
    ...quads.map((quad) => `f ${quad.map((at) => at - 8).join(' ')}`),
  ];
  return [
    { bytes: binaryStl(ring) },
    { bytes: binaryStl(cube(10), 'solid of a header') },
    { bytes: utf8(asciiStl(cube(10))) },
    { bytes: utf8(twoSolids.toUpperCase().replaceAll('\n', '\r\n')) },
    { bytes: utf8(objText(ring)) },
    { bytes: utf8(obj) },
    { bytes: utf8(negative.join('\n')) },
    { bytes: ply('ascii') },
    { bytes: ply('binary_little_endian') },
    { bytes: ply('binary_big_endian') },
    threemf(),
  ];
}

function ply(format: string): Uint8Array {
  const header = `ply\nformat ${format} 1.0\ncomment x\nelement vertex 8\nproperty float x\nproperty double y\nproperty short z\nelement face 6\nproperty list uchar int vertex_indices\nend_header\n`;
  if (format === 'ascii')
    return utf8(
      `${header}${[...points.map((at) => at.join(' ')), ...quads.map((quad) => `4 ${quad.join(' ')}`)].join('\n')}\n`,
    );
  const little = format === 'binary_little_endian';
  const body = new DataView(new ArrayBuffer(8 * 14 + 6 * 17));
  let at = 0;
  for (const [x, y, z] of points) {
    body.setFloat32(at, x!, little);
    body.setFloat64(at + 4, y!, little);
    body.setInt16(at + 12, z!, little);
    at += 14;
  }
  for (const quad of quads) {
    body.setUint8(at++, 4);
    for (const vertex of quad) {
      body.setInt32(at, vertex, little);
      at += 4;
    }
  }
  return Buffer.concat([Buffer.from(header), new Uint8Array(body.buffer)]);
}

function threemf(): ValidFile {
  const vertices = points.map(([x, y, z]) => `<vertex x="${x}" y="${y}" z="${z}"/>`).join('');
  const triangles = quads
    .flatMap(([a, b, c, d]) => [
      [a, b, c],
      [a, c, d],
    ])
    .map(([a, b, c]) => `<triangle v1="${a}" v2="${b}" v3="${c}"/>`)
    .join('');
  const parts = {
    '_rels/.rels':
      '<?xml version="1.0"?><Relationships><Relationship Id="r" Target="/3D/3dmodel.model" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>',
    '3D/3dmodel.model': `<?xml version="1.0"?><model unit="centimeter"><resources><object id="1" type="model"><mesh><vertices>${vertices}</vertices><triangles>${triangles}</triangles></mesh></object><object id="2"><components><component objectid="1"/><component objectid="1" transform="1 0 0 0 1 0 0 0 -1 20 0 0"/></components></object></resources><build><item objectid="2" transform="2 0 0 0 2 0 0 0 2 0 0 0"/></build></model>`,
  };
  return { bytes: zip(parts), parts };
}
