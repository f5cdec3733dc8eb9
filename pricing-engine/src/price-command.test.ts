import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { asciiStl, binaryStl, cube } from '../test/shapes.ts';

const command = join(import.meta.dirname, 'price-command.ts');
const folder = mkdtempSync(join(tmpdir(), 'price-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ring = join(folder, 'cube.stl');
writeFileSync(ring, binaryStl(cube(10)));

function price(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, INIT_CWD: folder };
    execFile(process.execPath, [command, ...args], { env }, (error, output, errors) =>
      resolve({ code: error ? Number(error.code) : 0, output, errors }),
    );
  });
}

describe('npm run price', () => {
  test('prints everything that is known of a model and its price', async () => {
    const { code, output, errors } = await price('cube.stl', '--alloy', 'GOLD_585_YELLOW', '--quantity', '3');
    expect(errors).toBe('');
    expect(code).toBe(0);
    const document = JSON.parse(output);
    expect(document).toMatchObject({
      model: {
        format: 'stl',
        bytes: 684,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        triangles: 12,
        unit: 'mm',
      },
      geometry: {
        volumeMm3: 1000,
        signedVolumeMm3: 1000,
        areaMm2: 600,
        boundingBoxMm: [10, 10, 10],
        watertight: true,
        shells: 1,
        repairs: {},
        thinAreaShare: 0,
      },
      manufacturability: [],
      print: { heightMm: 10, layers: 680 },
      metal: { alloy: 'GOLD_585_YELLOW', densityGcm3: 13.07, castGrams: 13.07 },
      price: { currency: 'RUB', tariffVersion: expect.any(String) },
      timings: { totalMs: expect.any(Number) },
    });
    const { lines, totalMinor, vatMinor, unitMinor } = document.price;
    expect(lines.reduce((sum: number, line: { amountMinor: number }) => sum + line.amountMinor, 0)).toBe(
      totalMinor,
    );
    expect(lines.at(-1)).toMatchObject({ code: 'VAT', label: 'VAT', amountMinor: vatMinor });
    expect(Math.abs(unitMinor * 3 - totalMinor)).toBeLessThan(3);
  });

  test('prices copies of a model alike, and by the tariff of a day', async () => {
    writeFileSync(join(folder, 'cube.txt'), asciiStl(cube(10)));
    const [binary, ascii, before] = await Promise.all([
      price(ring),
      price('cube.txt'),
      price(ring, '--date', '2025-12-01'),
    ]);
    expect(JSON.parse(ascii.output).price).toEqual(JSON.parse(binary.output).price);
    expect(JSON.parse(before.output).price.tariffVersion).toBe('2025-07-01');
  });

  test.each([
    ['a file that is not there', ['none.stl'], 'FILE_UNREADABLE'],
    ['a folder', ['.'], 'FILE_UNREADABLE'],
    ['an unknown alloy', ['cube.stl', '--alloy', 'TIN'], 'UNKNOWN_ALLOY'],
    ['an unknown finish', ['cube.stl', '--finish', 'SHINY'], 'UNKNOWN_FINISH'],
    ['a quantity of none', ['cube.stl', '--quantity', '0'], 'INVALID_QUANTITY'],
    ['a quantity that is no number', ['cube.stl', '--quantity', '1e3'], 'INVALID_QUANTITY'],
    ['an unknown option', ['cube.stl', '--metal', 'TIN'], 'USAGE'],
    ['no file', [], 'USAGE'],
    ['two files', ['cube.stl', 'cube.stl'], 'USAGE'],
  ])('refuses %s as JSON', async (_, args, code) => {
    const { code: exit, output, errors } = await price(...args);
    expect(JSON.parse(output)).toEqual({ error: { code, message: expect.any(String) } });
    expect([exit, errors]).toEqual([1, '']);
  });

  test('refuses a model in the language that is asked for', async () => {
    writeFileSync(join(folder, 'open.stl'), binaryStl(cube(10).slice(9)));
    const { output } = await price('open.stl', '--language', 'ru');
    expect(JSON.parse(output).error).toMatchObject({
      code: 'MESH_OPEN',
      message: expect.stringContaining('дыры'),
    });
  });

  test('helps', async () => {
    const { code, output } = await price('--help');
    expect(code).toBe(0);
    expect(output).toContain('--alloy CODE');
  });
});
