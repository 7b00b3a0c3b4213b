/**
 * One record of the log -> what an accounting of disclosures says of it for one patient (45 CFR 164.528(b)(2); 42 CFR 2.25):
 * when, to whom, what, why, and the rule by which it is counted or not. What no rule excludes is counted; what is about no patient
 * is nobody's disclosure.
 */
import { parseReference } from '../fhir/reference.ts';
import type { AccountingGround, AccountingRules } from './accounting-rules.ts';
import { isAboutNobody } from './is-about-nobody.ts';
import type { StoredDecision, StoredRecord } from './record.ts';

export interface Disclosure {
  /** ISO instant. */
  readonly date: string;
  /** Id of the record, as `/audit/AuditEvent/{id}` knows it. */
  readonly event: string;
  readonly recipient: {
    /** Recipient class of the decision. */
    readonly kind?: string;
    readonly id?: string;
    readonly reference?: string;
    readonly organization?: string;
  };
  /** Types, how many, and what is sensitive about them: `2 Condition, 1 DocumentReference (mental health)`. */
  readonly what: string;
  readonly references: readonly string[];
  readonly purpose?: { readonly code: string; readonly text: string };
  /** What permitted it. */
  readonly basis: readonly { readonly rule: string; readonly citation?: string }[];
  readonly counted: boolean;
  readonly ground: Pick<AccountingGround, 'id' | 'citation' | 'text'>;
}

/**
 * @param patient `Patient/p1`
 * @param until ISO instant at which the accounting ends, from which a ground's years reach back
 * @returns one for each ground under which something of this patient was given; none where nothing was
 */
export function accountDisclosures(record: StoredRecord, patient: string, rules: AccountingRules, until: string): readonly Disclosure[] {
  if (record.door !== 'rest' || record.outcome !== '0') return [];
  const given = record.decisions.filter((row) => row.effect !== 'withhold' && !isAboutNobody(row) && mayConcern(row, record, patient));
  const decided = given.map((decision) => ({ decision, ground: judge(decision, record, rules, until) }));
  return [...Map.groupBy(decided, ({ ground }) => ground.id)].map(([, rows]) => {
    const decisions = rows.map(({ decision }) => decision);
    const { id, counted, citation, text } = rows[0]?.ground ?? rules.otherwise;
    return {
      date: record.recordedAt,
      event: record.id,
      recipient: recipientOf(record),
      ...described(decisions, rules),
      ...(record.purpose === undefined
        ? {}
        : { purpose: { code: record.purpose, text: rules.purposes.get(record.purpose) ?? record.purpose } }),
      basis: basisOf(decisions),
      counted,
      ground: { id, citation, text },
    };
  });
}

/** A decision whose patient could not be told counts for each patient of the record. */
function mayConcern({ subject }: StoredDecision, { subjects }: StoredRecord, patient: string): boolean {
  return subject === undefined ? subjects.includes(patient) : subject === patient;
}

function judge({ basis }: StoredDecision, { recordedAt }: StoredRecord, rules: AccountingRules, until: string): AccountingGround {
  const order = [...new Set(rules.groundOf.values())];
  const permitted = basis.filter(({ kind, effect }) => kind === 'policy' && effect === 'permit').map(({ id }) => groundOf(id, rules));
  const known = permitted.filter((ground) => ground !== undefined).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const counts = known.filter(({ counted }) => counted);
  const recent = counts.find(({ years }) => years === undefined || recordedAt >= yearsBefore(until, years));
  if (recent !== undefined) return recent;
  const excludes = known.find(({ counted }) => !counted);
  const [lapsed] = counts;
  if (lapsed !== undefined && excludes === undefined) {
    return { ...lapsed, id: `${lapsed.id}-lapsed`, counted: false, text: `${lapsed.text} It is older.` };
  }
  return excludes ?? rules.otherwise;
}

/** Parts of a rule (`MH-04.training`) have its ground, where they have none of their own. */
function groundOf(rule: string, { groundOf: grounds }: AccountingRules): AccountingGround | undefined {
  return grounds.get(rule) ?? grounds.get(rule.split('.')[0] ?? '');
}

function yearsBefore(iso: string, years: number): string {
  const date = new Date(iso);
  date.setUTCFullYear(date.getUTCFullYear() - years);
  return date.toISOString();
}

function recipientOf({ requester, recipient }: StoredRecord): Disclosure['recipient'] {
  return {
    ...(recipient === undefined ? {} : { kind: recipient }),
    ...(requester === undefined ? {} : { id: requester.id }),
    ...(requester?.fhirUser === undefined ? {} : { reference: requester.fhirUser }),
    ...(requester?.organization === undefined ? {} : { organization: requester.organization }),
  };
}

function described(decisions: readonly StoredDecision[], rules: AccountingRules): Pick<Disclosure, 'what' | 'references'> {
  const references = [...new Set(decisions.flatMap((decision) => decision.references))];
  const types = Map.groupBy(references, (reference) => parseReference(reference)?.type ?? 'Resource');
  const counts = [...types]
    .map(([type, { length }]) => ({ length, word: rules.types.get(type)?.[length === 1 ? 0 : 1] ?? type }))
    .sort((one, other) => one.word.localeCompare(other.word))
    .map(({ length, word }) => `${length} ${word}`);
  const labels = new Set(decisions.flatMap((decision) => decision.labels.map((label) => rules.labels.get(label) ?? label)));
  return { what: `${counts.join(', ')}${labels.size === 0 ? '' : ` (${[...labels].sort().join(', ')})`}`, references };
}

function basisOf(decisions: readonly StoredDecision[]): Disclosure['basis'] {
  const permits = decisions.flatMap(({ basis }) => basis.filter(({ kind, effect }) => kind === 'consent' || effect === 'permit'));
  const byRule = new Map(permits.map(({ id, citation }) => [id, citation === undefined ? { rule: id } : { rule: id, citation }]));
  return [...byRule.values()];
}
