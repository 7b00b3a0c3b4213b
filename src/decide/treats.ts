/**
 * Whether a clinician treats a subject (45 CFR 164.506(c)(1)-(2)): asserted by a trusted issuer with a treatment
 * purpose, or evidenced by a CareTeam, Encounter or Appointment that names them, as `policy.treatmentRelationship` says.
 */
import type { Reference, Resource } from '../fhir/resource.ts';
import type { Requester } from '../requester/requester.ts';
import type { SubjectRecord } from './decision.ts';
import { TREATMENT_PURPOSES } from './recipient-of.ts';
import type { DecideSettings } from './settings.ts';

const ENDED = new Set(['cancelled', 'entered-in-error', 'noshow', 'inactive']);

function participants(resource: Resource): readonly (string | undefined)[] {
  const rows = (resource.participant ?? []) as { member?: Reference; individual?: Reference; actor?: Reference }[];
  return rows.map((row) => (row.member ?? row.individual ?? row.actor)?.reference);
}

export function treats(requester: Requester, subject: SubjectRecord | undefined, settings: DecideSettings): boolean {
  if (!TREATMENT_PURPOSES.includes(requester.purpose)) return false;
  if (settings.treatmentRelationship === 'asserted') return true;
  return (subject?.relations ?? []).some(
    (row) =>
      ['CareTeam', 'Encounter', 'Appointment'].includes(row.resourceType) &&
      !ENDED.has(String(row.status)) &&
      participants(row).some((reference) => reference !== undefined && requester.references.includes(reference)),
  );
}
