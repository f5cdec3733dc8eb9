import type { PriceDocument } from '@alexandrite/schema/events';

/** What the engine might say of a small silver ring. */
export const priceDocument: PriceDocument = {
  model: { format: 'STL', bytes: 50_084, sha256: 'a'.repeat(64), triangles: 1_000, unit: 'mm' },
  geometry: {
    volumeMm3: 451.9,
    signedVolumeMm3: 451.9,
    areaMm2: 717.2,
    boundingBoxMm: [20.4, 20.4, 4.1],
    watertight: true,
    shells: 1,
    repairs: {},
    minWallMm: 1.4,
    thinAreaShare: 0,
  },
  manufacturability: [{ code: 'THIN_WALL', severity: 'WARNING', message: 'A wall is thinner than 0.8 mm.' }],
  print: { heightMm: 20.4, layers: 816, seconds: 9_228, supportMm3: 60.5 },
  metal: { alloy: 'SILVER_925', densityGcm3: 10.4, castGrams: 4.7, finishedGrams: 4.3 },
  price: {
    currency: 'RUB',
    lines: [
      { code: 'METAL', label: 'Metal', amountMinor: 300_000 },
      { code: 'VAT', label: 'VAT 22 %', amountMinor: 66_000 },
    ],
    unitMinor: 183_000,
    totalMinor: 366_000,
    vatMinor: 66_000,
    tariffVersion: '2026-01',
  },
};
