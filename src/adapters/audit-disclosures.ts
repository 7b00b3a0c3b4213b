/** Reads an accounting of disclosures out of the log (45 CFR 164.528): a patient's records of a period, in portions. */
import type { Sql } from 'postgres';
import { accountDisclosures, type Disclosure } from '../audit/account-disclosures.ts';
import { type Accounting, type AccountingScope, addExclusions, type Exclusion, type NamedDisclosure } from '../audit/accounting.ts';
import type { AccountingRules } from '../audit/accounting-rules.ts';
import type { PatientPeriod } from '../audit/parse-patient-period.ts';
import { recordForScope } from '../audit/record-for-scope.ts';
import { PrivityError } from '../errors.ts';
import { type EventRow, readRecords } from './audit-query-records.ts';
import { withinDeadline } from './database-deadline.ts';

export interface AccountingAsked extends PatientPeriod {
  /** To the individual, or who stands in that place: what an agency had suspended is left out, and no references. A parent gets what counts. */
  readonly scope: AccountingScope;
  /** What is not counted is listed too. */
  readonly all: boolean;
  /** ISO instant of the request. */
  readonly now: string;
}

interface Suspension {
  readonly recipient: string | null;
  readonly until: Date | null;
}

const PORTION = 500;
const MAX_LISTED = 20_000;
const AGENCIES = new Set(['health-oversight', 'law-enforcement']);

/** @throws PrivityError `too-costly` where more than 20,000 would be listed; `audit-unavailable` */
export async function readDisclosures(sql: Sql, asked: AccountingAsked, rules: AccountingRules): Promise<Accounting> {
  const { patient, from, before, scope, all, now } = asked;
  const toStaff = scope === 'staff';
  // Who treats a minor, and when, may itself be the minor's own: what does not count is neither listed to a parent nor summed up.
  const countedOnly = scope === 'parent-of-minor';
  const suspensions = await withinDeadline(readSuspensions(sql, patient, now), 'disclosures');
  let excluded: ReadonlyMap<string, Exclusion> = new Map();
  const listed: NamedDisclosure[] = [];
  for (let rows = await portion(sql, asked); rows.length > 0; rows = await portion(sql, asked, rows.at(-1))) {
    for (const { stored } of await withinDeadline(readRecords(sql, rows), 'disclosures')) {
      const made = accountDisclosures(recordForScope(stored, patient, scope), patient, rules, before);
      const found = made.map((row) => ({ row, suspension: suspensionOf(row, suspensions) }));
      const open = found.filter(({ row, suspension }) => (toStaff || suspension === undefined) && (row.counted || !countedOnly));
      excluded = addExclusions(
        excluded,
        open.map(({ row }) => row),
      );
      for (const { row, suspension } of open) {
        if (!row.counted && !all) continue;
        listed.push({ ...row, ...(toStaff ? {} : { references: [] }), ...(row.counted ? suspendedBy(suspension) : {}) });
      }
    }
    if (listed.length > MAX_LISTED) throw new PrivityError('too-costly', 'a shorter period');
  }
  return { patient, period: { start: from, end: before }, madeAt: now, scope, disclosures: listed, excluded: [...excluded.values()] };
}

/** In the order of time; the next after a record. */
function portion(sql: Sql, { patient, from, before }: AccountingAsked, after?: EventRow): Promise<EventRow[]> {
  const rest = after === undefined ? sql`` : sql`and (s.recorded_at, s.event_id) > (${after.recorded_at}, ${after.id})`;
  return withinDeadline(
    sql<EventRow[]>`select e.* from event_subject s join event e on e.id = s.event_id and e.recorded_at = s.recorded_at
      where s.subject = ${patient} and s.recorded_at >= ${from}::text::timestamptz and s.recorded_at < ${before}::text::timestamptz
        ${rest} order by s.recorded_at, s.event_id limit ${PORTION}`,
    'disclosures',
  );
}

/** 164.528(a)(2): for as long as an agency's statement says (recorded as XX-04, `/admin/attestations`). */
function readSuspensions(sql: Sql, patient: string, now: string): Promise<Suspension[]> {
  return sql<Suspension[]>`select recipient, until from attestation where kind = 'XX-04' and subject = ${patient} and withdrawn_at is null
    and recorded_at <= ${now}::text::timestamptz and (until is null or until > ${now}::text::timestamptz)
    order by until desc nulls first`;
}

/** The one that lasts longest. */
function suspensionOf({ recipient }: Disclosure, suspensions: readonly Suspension[]): Suspension | undefined {
  if (!AGENCIES.has(recipient.kind ?? '')) return undefined;
  return suspensions.find(
    (row) => row.recipient === null || row.recipient === recipient.reference || row.recipient === recipient.organization,
  );
}

function suspendedBy(suspension: Suspension | undefined): Pick<NamedDisclosure, 'suspended' | 'suspension'> {
  if (suspension === undefined) return {};
  const until = suspension.until === null ? {} : { until: suspension.until.toISOString() };
  return { suspended: true, suspension: { rule: 'XX-04', citation: '45 CFR 164.528(a)(2)', ...until } };
}
