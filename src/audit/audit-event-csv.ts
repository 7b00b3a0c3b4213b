/** AuditEvents as lines of CSV: who, when, what was done to what, why, and what came of it. */
import type { Resource } from '../fhir/resource.ts';
import { csvOf } from './accounting-csv.ts';

interface Coded {
  readonly code?: string;
}
interface Agent {
  readonly requestor?: boolean;
  readonly type?: { readonly coding?: readonly Coded[] };
  readonly who?: { readonly reference?: string; readonly identifier?: { readonly value?: string } };
}
interface Entity {
  readonly what?: { readonly reference?: string };
  readonly role?: Coded;
  readonly securityLabel?: readonly Coded[];
}
interface Event extends Resource {
  readonly recorded?: string;
  readonly type?: Coded;
  readonly subtype?: readonly Coded[];
  readonly action?: string;
  readonly outcome?: string;
  readonly outcomeDesc?: string;
  readonly purposeOfEvent?: readonly { readonly coding?: readonly Coded[] }[];
  readonly agent?: readonly Agent[];
  readonly entity?: readonly Entity[];
}

const COLUMNS: readonly (readonly [name: string, of: (event: Event) => readonly (string | undefined)[]])[] = [
  ['id', ({ id }) => [id]],
  ['recorded', ({ recorded }) => [recorded]],
  ['type', ({ type }) => [type?.code]],
  ['subtype', ({ subtype = [] }) => subtype.map(({ code }) => code)],
  ['action', ({ action }) => [action]],
  ['outcome', ({ outcome }) => [outcome]],
  ['reason', ({ outcomeDesc }) => [outcomeDesc]],
  ['agent', ({ agent = [] }) => agent.filter(({ requestor }) => requestor).map(({ who }) => who?.reference ?? who?.identifier?.value)],
  ['purpose', ({ purposeOfEvent = [] }) => purposeOfEvent.flatMap(({ coding = [] }) => coding.map(({ code }) => code))],
  ['patient', ({ entity = [] }) => entity.filter(({ role }) => role?.code === '1').map(({ what }) => what?.reference)],
  ['entity', ({ entity = [] }) => entity.filter(({ role }) => role?.code === '4').map(({ what }) => what?.reference)],
  ['label', ({ entity = [] }) => entity.flatMap(({ securityLabel = [] }) => securityLabel.map(({ code }) => code))],
];

export const AUDIT_EVENT_CSV_HEAD = csvOf([COLUMNS.map(([name]) => name)]);

/** Several values of a cell are parted by spaces; none of them holds one. */
export function auditEventCsv(events: readonly Resource[]): string {
  return csvOf(
    events.map((event) => COLUMNS.map(([, of]) => [...new Set(of(event as Event).filter((text) => text !== undefined))].join(' '))),
  );
}
