/** What of a record a rule counts: nothing, or the keys of what was given, asked or used, each of which counts once. */
import type { AlertRule, Relation, Shift } from './alert-rule.ts';
import type { StoredDecision, StoredRecord } from './record.ts';

export interface Sighting {
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  /** Id of the record. */
  readonly event: string;
  readonly key: string;
}

/** How a patient (`Patient/p1`) stands to the requester. */
export type RelationOf = (subject: string) => Relation | undefined;

/** Refused because of who asked, or for what; not because of how. */
const DENIALS: ReadonlySet<string> = new Set([
  'purpose-not-held',
  'attestation-not-entitled',
  'scope-insufficient',
  'forbidden',
  'withheld',
  'right-needed',
  'label-lowered',
  'note-label-not-entitled',
]);

/** Who the rules know a requester as. */
export function requesterKey({ requester }: StoredRecord): string | undefined {
  return requester && `${requester.issuer}|${requester.id}`;
}

/** Whether this record is of somebody and of a time that the rule is about. */
export function concerns(rule: AlertRule, record: StoredRecord): boolean {
  const roles = record.requester?.roles ?? [];
  const { roles: only, except } = rule.who;
  const isMeant = record.requester !== undefined && (only === undefined || only.some((role) => roles.includes(role)));
  return (
    isMeant && !except.some((role) => roles.includes(role)) && (rule.outside === undefined || isOutside(rule.outside, record.recordedAt))
  );
}

/** Of a record that concerns the rule. */
export function sightingsIn(rule: AlertRule, record: StoredRecord, relationOf: RelationOf): readonly Sighting[] {
  const keys = new Set(keysIn(rule, record, relationOf));
  return [...keys].map((key) => ({ at: record.recordedAt, event: record.id, key }));
}

function keysIn(rule: AlertRule, record: StoredRecord, relationOf: RelationOf): readonly string[] {
  switch (rule.kind) {
    case 'psychotherapy-notes':
      return given(record).flatMap(({ labels, references }) => (labels.includes('PSYTHPN') ? references : []));
    case 'labels':
      return given(record).flatMap(({ labels, references }) => (rule.labels.some((label) => labels.includes(label)) ? references : []));
    case 'patients':
      return patientsGiven(record);
    case 'family':
      return patientsGiven(record).filter((subject) => {
        const relation = relationOf(subject);
        return relation !== undefined && rule.relations.includes(relation);
      });
    case 'denials': {
      const isHidden = record.decisions.some(({ effect }) => effect === 'withhold');
      return record.outcome === '4' && (isHidden || DENIALS.has(record.reason ?? '')) ? [record.id] : [];
    }
    case 'break-glass':
      return record.breakGlassReason === undefined ? [] : [record.id];
  }
}

function given({ outcome, decisions }: StoredRecord): readonly StoredDecision[] {
  return outcome === '0' ? decisions.filter(({ effect }) => effect !== 'withhold') : [];
}

/** Patients of whom something was given. */
export function patientsGiven(record: StoredRecord): readonly string[] {
  return [...new Set(given(record).flatMap(({ subject }) => subject ?? []))];
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** @param at ISO instant */
export function isOutside({ timezone, weekdays, from, until }: Shift, at: string): boolean {
  const { today, time } = localTime(timezone, at.slice(0, 16));
  const yesterday = today === 1 ? 7 : today - 1;
  if (from < until) return !(weekdays.includes(today) && time >= from && time < until);
  return !((weekdays.includes(today) && time >= from) || (weekdays.includes(yesterday) && time < until));
}

interface LocalTime {
  /** `2026-11-30T06:04`, UTC. */
  readonly minute: string;
  /** 1 = Monday. */
  readonly today: number;
  /** `07:00` */
  readonly time: string;
}

const clocks = new Map<string, { readonly format: Intl.DateTimeFormat; last?: LocalTime }>();

/** Records come by the hundred in a minute: a clock is dear to make, and dear to read. */
function localTime(timezone: string, minute: string): LocalTime {
  const clock = clocks.get(timezone) ?? { format: clockOf(timezone) };
  clocks.set(timezone, clock);
  if (clock.last?.minute === minute) return clock.last;
  const parts = new Map(clock.format.formatToParts(new Date(`${minute}Z`)).map(({ type, value }) => [type, value]));
  const today = WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1;
  clock.last = { minute, today, time: `${parts.get('hour')}:${parts.get('minute')}` };
  return clock.last;
}

function clockOf(timezone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', { timeZone: timezone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** Of a window: so long at most nothing is kept of what is seen again and again. */
const KEPT_EACH = 24;

/**
 * Of what is seen again and again the first time, the last, and one in each twenty-fourth of a window between: what is in a window and what
 * is not stays the same, and a service that reads one record a thousand times a minute is not a thousand rows to count.
 * @param sightings of one requester under one rule, in any order
 * @returns by time
 */
export function thinSightings({ windowHours }: Pick<AlertRule, 'windowHours'>, sightings: readonly Sighting[]): readonly Sighting[] {
  const step = (windowHours * 3_600_000) / KEPT_EACH;
  const kept: Sighting[] = [];
  const ends = new Map<string, { readonly before: number; readonly index: number }>();
  for (const sighting of sightings.toSorted(byTime)) {
    const at = Date.parse(sighting.at);
    const end = ends.get(sighting.key);
    // The one in between goes once a later one stands within reach of the one before it.
    if (end !== undefined && at - end.before < step) kept[end.index] = sighting;
    else {
      const last = end === undefined ? undefined : kept[end.index];
      ends.set(sighting.key, { before: last === undefined ? Number.NEGATIVE_INFINITY : Date.parse(last.at), index: kept.length });
      kept.push(sighting);
    }
  }
  return kept.sort(byTime);
}

function byTime(a: Sighting, b: Sighting): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}
