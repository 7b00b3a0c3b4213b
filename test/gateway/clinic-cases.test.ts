/** Runs the topics' cases against one gateway in front of the demo's clinic. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';
import { TOPICS } from './clinic-topics.ts';
import { checkCase } from './gateway-case.ts';

let clinic: TestGateway;

beforeAll(async () => {
  clinic = await startClinic();
});

afterAll(() => clinic?.close());

describe.each(TOPICS)('%s', (_, cases) => {
  test.each(cases)('$name', (row) => checkCase(clinic, row));
});
