/** What is asked of the demo's clinic, by topic; any record server that holds the clinic has to give the same answers. */
import { directives } from './directives.cases.ts';
import { authorizations, familySession, minors } from './family.cases.ts';
import type { GatewayCase } from './gateway-case.ts';
import { mixedVisit } from './mixed-visit.cases.ts';
import { part2 } from './part-2.cases.ts';
import { psychotherapyNotes } from './psychotherapy-notes.cases.ts';

export const TOPICS: readonly (readonly [topic: string, cases: readonly GatewayCase[]])[] = [
  ['psychotherapy notes', psychotherapyNotes],
  ['a visit for two illnesses', mixedVisit],
  ['a session of two patients', familySession],
  ['42 CFR Part 2', part2],
  ['authorizations, revoked and run out', authorizations],
  ['directives', directives],
  ['minors', minors],
];
