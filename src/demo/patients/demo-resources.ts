/**
 * The demo's patients: everything that the embedded FHIR server is filled with, beside HL7's own examples, and what
 * the gateway must be told about this installation. All people are invented.
 */
import type { RecordedAttestation } from '../../decide/decision.ts';
import type { Resource } from '../../fhir/resource.ts';
import { aisha } from './aisha.ts';
import { calendarOf } from './calendar.ts';
import { couple } from './couple.ts';
import { directory, ORG } from './directory.ts';
import { elena, elenaEarlier } from './elena.ts';
import { james } from './james.ts';
import { lily } from './lily.ts';
import { maria } from './maria.ts';
import { mariaNotes } from './maria-notes.ts';
import { mixedVisit } from './mixed-visit.ts';
import { recordedAttestations } from './recorded.ts';
import { robert } from './robert.ts';
import { APPROVED_FORMS } from './signed-consent.ts';

/** @param today the demo's day; dates of the stories count from it */
export function demoResources(today: Date = new Date()): Resource[] {
  const calendar = calendarOf(today);
  return [directory, maria, mixedVisit, mariaNotes, couple, james, elena, lily, robert, aisha].flatMap((story) => story(calendar));
}

/** Earlier versions of some of those resources, oldest first: put before {@link demoResources}, they become history. */
export function demoEarlierVersions(today: Date = new Date()): Resource[] {
  return elenaEarlier(calendarOf(today));
}

/** Attestations and determinations that entitled staff recorded about these patients. */
export function demoAttestations(today: Date = new Date()): RecordedAttestation[] {
  return recordedAttestations(calendarOf(today));
}

/** What the configuration of a gateway for these patients has to name. */
export const demoInstallation = {
  part2Programs: [ORG.riverbend],
  custodians: [ORG.lakeside, ORG.family, ORG.behavioral, ORG.hospital, ORG.riverbend],
  approvedForms: Object.values(APPROVED_FORMS),
} as const;
