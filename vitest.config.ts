import { defineConfig } from 'vitest/config';

/** `.ci/run` names a file for the counts; a person sees the default reporter alone. */
const report = process.env.PRIVITY_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Suites start real servers and databases: as many side by side as there are cores.
    maxWorkers: 2,
    reporters: report === undefined ? ['default'] : ['default', 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
});
