/**
 * Whether a clinician treats a subject (45 CFR 164.506(c)(1)-(2)): asserted by a trusted issuer with a treatment
 * purpose, or evidenced by a CareTeam, Encounter or Appointment that names them, as `policy.treatmentRelationship` says.
 */

import { localReference } from '../fhir/reference.ts';
import type { Reference, Resource } from '../fhir/resource.ts';
import { dateRange } from '../fhir/search/date-range.ts';
import type { Requester } from '../requester/requester.ts';
import type { SubjectRecord } from './decision.ts';
import { TREATMENT_PURPOSES } from './recipient-of.ts';
import type { DecideSettings } from './settings.ts';

/** What was agreed on, is under way or was had; what is proposed, suspended or in error is no relationship. */
const LIVE: ReadonlyMap<string, ReadonlySet<unknown>> = new Map([
  ['CareTeam', new Set([undefined, 'active'])],
  ['Encounter', new Set(['planned', 'arrived', 'triaged', 'in-progress', 'onleave', 'finished'])],
  ['Appointment', new Set(['booked', 'arrived', 'checked-in', 'fulfilled'])],
]);

interface Participant {
  readonly member?: Reference;
  readonly individual?: Reference;
  readonly actor?: Reference;
  /** Of an Appointment: whether this one takes part. */
  readonly status?: string;
  readonly period?: Period;
}
type Period = { readonly start?: string; readonly end?: string };

/** Who takes part in a resource at a time: a place on a care team begins and ends, an encounter that was had stays evidence. */
function participants(resource: Resource, at: string): readonly (string | undefined)[] {
  if (!LIVE.get(resource.resourceType)?.has(resource.status)) return [];
  const team = resource.resourceType === 'CareTeam';
  if (team && !isWithin(resource.period, at)) return [];
  return ((resource.participant ?? []) as Participant[])
    .filter((row) => (!team || isWithin(row.period, at)) && (row.status === undefined || row.status === 'accepted'))
    .map((row) => (row.member ?? row.individual ?? row.actor)?.reference);
}

/** A day begins at its start and is over at its end; what can not be read has not begun, and has passed. */
function isWithin(period: Period | undefined, at: string): boolean {
  const now = Date.parse(at);
  const hasBegun = period?.start === undefined || (dateRange(period.start)?.low ?? Number.POSITIVE_INFINITY) <= now;
  return hasBegun && (period?.end === undefined || (dateRange(period.end)?.high ?? 0) > now);
}

/** @param at the moment of the decision, ISO 8601 */
export function treats(requester: Requester, subject: SubjectRecord | undefined, settings: DecideSettings, at: string): boolean {
  if (!TREATMENT_PURPOSES.includes(requester.purpose)) return false;
  if (settings.treatmentRelationship === 'asserted') return true;
  const base = subject?.consents.base ?? '';
  const isRequester = (text: string | undefined) => text !== undefined && requester.references.includes(localReference(text, base) ?? '');
  return (subject?.relations ?? []).some((row) => participants(row, at).some(isRequester));
}
