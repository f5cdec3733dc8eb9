/** Jest runs the TypeScript sources as ES modules; swc only strips the types. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          target: 'es2024',
          transform: { react: { runtime: 'automatic' } },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.data/'],
  modulePathIgnorePatterns: ['/.data/', '/dist/'],
  globalSetup: './e2e/harness/jest-setup.ts',
  globalTeardown: './e2e/harness/jest-teardown.ts',
  maxWorkers: 2, // the end-to-end tests mostly wait: two at a time even on two cores
  testTimeout: 30_000, // 30 seconds: machines are shared; tests wait on conditions
};
