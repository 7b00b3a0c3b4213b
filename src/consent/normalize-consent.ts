/**
 * Reads an R4 or R5 Consent into one shape (design.md 4.2; law/authorization-elements.json, r4_to_r5). R4: the root and
 * every nested provision carry their own type. R5: `decision` is the root, provisions are exceptions to it, their
 * provisions exceptions to the exceptions. Never throws: what can't be read is said, and fails closed in evaluation.
 */
import { ACT_CODE } from '../fhir/codes.ts';
import type { Coding, Resource } from '../fhir/resource.ts';
import { type Interval, intervalOf } from './interval-of.ts';
import { kindOf } from './kind-of-consent.ts';
import type { Alternatives, Constraints, Effect, NormalizedConsent, Party, Rule } from './normalized-consent.ts';
import { isRow, one, partyReader, type ReadParty, readConstraints } from './read-constraints.ts';

/** Deeper or wider than any consent form; beyond it a Consent counts as unreadable. */
export const MAX_DEPTH = 32;
export const MAX_RULES = 1000;

/** `valueString`: `none`, `end of treatment`, `end of the research study`, or an event (164.508(c)(1)(v); FHIR has no element). */
export const EXPIRY_EVENT = 'urn:privity:consent-expiry-event';
const UNDERSTOOD: ReadonlySet<string> = new Set([EXPIRY_EVENT]);

const memo = new WeakMap<Resource, { base: string; consent: NormalizedConsent }>();

/**
 * @param consent a Consent; must not be changed afterwards, the answer is kept by its identity
 * @param base base URL whose absolute references count as local
 */
export function normalizeConsent(consent: Resource, base = ''): NormalizedConsent {
  const known = memo.get(consent);
  if (known?.base === base) return known.consent;
  const normalized = read(consent, base);
  memo.set(consent, { base, consent: normalized });
  return normalized;
}

interface Reading {
  readonly form: 'R4' | 'R5';
  readonly party: ReadParty;
  readonly rules: Rule[];
  readonly errors: string[];
  unreadable?: string;
}

function read(consent: Resource, base: string): NormalizedConsent {
  const form = Array.isArray(consent.provision) || consent.decision !== undefined || consent.grantor !== undefined ? 'R5' : 'R4';
  const reading: Reading = { form, party: partyReader(consent.contained, base), rules: [], errors: [] };
  const header = readHeader(consent, reading);
  const root = form === 'R4' ? readR4(consent, reading) : readR5(consent, reading, header.period);
  const unreadable = reading.unreadable;
  return {
    resource: consent,
    reference: `Consent/${consent.id ?? ''}`,
    ...(typeof consent.meta?.versionId === 'string' ? { version: consent.meta.versionId } : {}),
    form,
    status: typeof consent.status === 'string' ? consent.status : '',
    kind: kindOf(consent),
    ...header,
    ...(root === undefined ? {} : { root }),
    ...(form === 'R4' && reading.rules[0]?.depth === 0 ? { period: reading.rules[0].periods[0] } : {}),
    rules: unreadable === undefined ? reading.rules : [],
    ...(unreadable === undefined ? {} : { unreadable }),
    errors: unreadable === undefined ? reading.errors : [...reading.errors, unreadable],
  };
}

function readHeader(consent: Resource, reading: Reading): Pick<NormalizedConsent, 'patient' | 'grantors' | 'period' | 'date'> {
  const patient = reading.party(consent.patient ?? consent.subject);
  const other = consent.patient === undefined ? undefined : reading.party(consent.subject);
  if (other !== undefined && other.reference !== patient?.reference) reading.unreadable = 'patient and subject differ';
  const given = consent.performer ?? consent.grantor;
  const grantors = given === undefined ? [] : Array.isArray(given) ? given.map(reading.party) : [undefined];
  if (grantors.includes(undefined)) reading.unreadable = reading.form === 'R4' ? 'performer' : 'grantor';
  const date = intervalOf(consent.dateTime ?? consent.date) ?? intervalOf(consent.meta?.lastUpdated);
  const period = one(consent.period, 'period', reading.errors);
  return {
    ...(patient === undefined ? {} : { patient }),
    grantors: grantors.filter((party): party is Party => party !== undefined),
    ...(period === undefined ? {} : { period }),
    ...(date === undefined ? {} : { date }),
  };
}

/** Modifiers of the Consent as a whole. */
function wholeNotUnderstood(consent: Resource): string[] {
  return ['modifierExtension', 'implicitRules'].filter((name) => consent[name] !== undefined && [consent[name]].flat().length > 0);
}

const isEffect = (value: unknown): value is Effect => value === 'permit' || value === 'deny';

function readR4(consent: Resource, reading: Reading): Effect | undefined {
  const { provision } = consent;
  if (provision === undefined || provision === null) return undefined;
  if (!isRow(provision)) {
    reading.unreadable = 'provision';
    return undefined;
  }
  const nested = Array.isArray(provision.provision) && provision.provision.length > 0;
  if (provision.type !== undefined && !isEffect(provision.type)) reading.unreadable = 'provision.type';
  const untyped = provision.type === undefined;
  const root = isEffect(provision.type) ? provision.type : untypedRoot(consent, provision, nested);
  if (untyped && root === 'deny') reading.errors.push('provision.type');
  const start: Around = { path: '', depth: 0, constraints: {}, periods: [], notUnderstood: wholeNotUnderstood(consent) };
  readRule(provision, 'provision', root, start, reading);
  return root;
}

/**
 * R4 lets the root go without a type; then policyRule decides. OPTOUT denies. Where there are no nested rules, what the
 * root names is denied (HL7's examples notThem, notThis, notTime read so); else the nested rules speak for themselves.
 */
function untypedRoot(consent: Resource, provision: Readonly<Record<string, unknown>>, nested: boolean): Effect | undefined {
  const rules = [consent.policyRule?.coding].flat() as (Coding | undefined)[];
  if (rules.some((coding) => coding?.system === ACT_CODE && (coding.code === 'OPTOUT' || coding.code === 'OPTOUTE'))) return 'deny';
  const constrains = Object.keys(provision).some((name) => name !== 'id' && name !== 'provision');
  return constrains && !nested ? 'deny' : undefined;
}

function readR5(consent: Resource, reading: Reading, period: Alternatives<Interval> | undefined): Effect | undefined {
  const { decision, provision } = consent;
  if (provision !== undefined && !Array.isArray(provision)) reading.unreadable = 'provision';
  if (decision !== undefined && !isEffect(decision)) reading.unreadable = 'decision';
  const provisions = Array.isArray(provision) ? provision : [];
  if (decision === undefined && provisions.length > 0) reading.unreadable = 'decision';
  if (reading.unreadable !== undefined || !isEffect(decision)) return undefined;
  const notUnderstood = wholeNotUnderstood(consent);
  const periods = period === undefined ? [] : [period];
  note(reading, 'decision', notUnderstood);
  reading.rules.push({ path: 'decision', effect: decision, depth: 0, constraints: {}, periods, notUnderstood });
  const around: Around = { path: '', depth: 1, effect: decision, constraints: {}, periods, notUnderstood };
  for (const [index, item] of provisions.entries()) readRule(item, `provision[${index}]`, opposite(decision), around, reading);
  return decision;
}

const opposite = (effect: Effect): Effect => (effect === 'permit' ? 'deny' : 'permit');

/** What holds around a rule. */
interface Around {
  readonly path: string;
  readonly depth: number;
  readonly effect?: Effect;
  readonly constraints: Constraints;
  readonly periods: readonly Alternatives<Interval>[];
  readonly notUnderstood: readonly string[];
}

function readRule(item: unknown, path: string, effect: Effect | undefined, around: Around, reading: Reading): void {
  if (!isRow(item) || around.depth > MAX_DEPTH || reading.rules.length >= MAX_RULES) {
    reading.unreadable = isRow(item) ? 'too many provisions' : path;
    return;
  }
  const { own, period, notUnderstood: strangers, malformed } = readConstraints(item, reading.form, reading.party, UNDERSTOOD);
  // An exception that names nothing would turn the whole rule around it over.
  const empty = effect === 'permit' && around.effect === 'deny' && Object.keys(own).length === 0 && period === undefined;
  const mine = empty ? [...strangers, 'no constraint'] : strangers;
  note(reading, path, [...mine, ...malformed]);
  const notUnderstood = [...around.notUnderstood, ...mine];
  const periods = period === undefined ? around.periods : [...around.periods, period];
  const constraints = { ...around.constraints, ...own };
  if (effect !== undefined) reading.rules.push({ path, effect, depth: around.depth, constraints, periods, notUnderstood });
  const inside: Around = { path, depth: around.depth + 1, effect, constraints, periods, notUnderstood };
  const nested = item.provision ?? [];
  if (!Array.isArray(nested)) {
    reading.unreadable = `${path}.provision`;
    return;
  }
  for (const [index, child] of nested.entries()) {
    readRule(child, `${path}.provision[${index}]`, nestedEffect(child, effect, reading, path), inside, reading);
  }
}

/** A nested R4 rule without a readable type denies: nobody can say that it permits. */
function nestedEffect(child: unknown, around: Effect | undefined, reading: Reading, path: string): Effect {
  if (reading.form === 'R5') return opposite(around ?? 'permit');
  if (isRow(child) && isEffect(child.type)) return child.type;
  note(reading, path, ['provision.type']);
  return 'deny';
}

function note(reading: Reading, path: string, names: readonly string[]): void {
  for (const name of names) reading.errors.push(`${path}: ${name}`);
}
