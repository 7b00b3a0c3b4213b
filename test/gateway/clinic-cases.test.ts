/** Runs the topics' cases against one gateway in front of the demo's clinic. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';
import { directives } from './directives.cases.ts';
import { authorizations, familySession, minors } from './family.cases.ts';
import { checkCase, type GatewayCase } from './gateway-case.ts';
import { mixedVisit } from './mixed-visit.cases.ts';
import { part2 } from './part-2.cases.ts';
import { psychotherapyNotes } from './psychotherapy-notes.cases.ts';

const topics: Readonly<Record<string, readonly GatewayCase[]>> = {
  'psychotherapy notes': psychotherapyNotes,
  'a visit for two illnesses': mixedVisit,
  'a session of two patients': familySession,
  '42 CFR Part 2': part2,
  'authorizations, revoked and run out': authorizations,
  directives,
  minors,
};

let clinic: TestGateway;

beforeAll(async () => {
  clinic = await startClinic();
});

afterAll(() => clinic?.close());

for (const [topic, cases] of Object.entries(topics)) {
  describe(topic, () => {
    test.each(cases)('$name', (row) => checkCase(clinic, row));
  });
}
