/**
 * Whether a clinician treats a subject (45 CFR 164.506(c)(1)-(2)): asserted by a trusted issuer with a treatment
 * purpose, or evidenced by a CareTeam, Encounter or Appointment that names them, as `policy.treatmentRelationship` says.
 */

import type { Reference, Resource } from '../fhir/resource.ts';
import { dateRange } from '../fhir/search/date-range.ts';
import type { Requester } from '../requester/requester.ts';
import type { SubjectRecord } from './decision.ts';
import { TREATMENT_PURPOSES } from './recipient-of.ts';
import type { DecideSettings } from './settings.ts';

const ENDED = new Set(['cancelled', 'entered-in-error', 'noshow', 'inactive']);

interface Participant {
  readonly member?: Reference;
  readonly individual?: Reference;
  readonly actor?: Reference;
  readonly period?: Period;
}
type Period = { readonly end?: string };

/** Who takes part in a resource at a time: a place on a care team ends, an encounter that was had stays evidence. */
function participants(resource: Resource, at: string): readonly (string | undefined)[] {
  const team = resource.resourceType === 'CareTeam';
  if (team && isOver(resource.period, at)) return [];
  return ((resource.participant ?? []) as Participant[])
    .filter((row) => !(team && isOver(row.period, at)))
    .map((row) => (row.member ?? row.individual ?? row.actor)?.reference);
}

/** A day is over at its end; an end that can not be read has passed. */
function isOver(period: Period | undefined, at: string): boolean {
  return period?.end !== undefined && (dateRange(period.end)?.high ?? 0) <= Date.parse(at);
}

/** @param at the moment of the decision, ISO 8601 */
export function treats(requester: Requester, subject: SubjectRecord | undefined, settings: DecideSettings, at: string): boolean {
  if (!TREATMENT_PURPOSES.includes(requester.purpose)) return false;
  if (settings.treatmentRelationship === 'asserted') return true;
  return (subject?.relations ?? []).some(
    (row) =>
      ['CareTeam', 'Encounter', 'Appointment'].includes(row.resourceType) &&
      !ENDED.has(String(row.status)) &&
      participants(row, at).some((reference) => reference !== undefined && requester.references.includes(reference)),
  );
}
