/**
 * Reads what one provision of a Consent constrains (FHIR R4 and R5 Consent.provision). Nothing here throws: an
 * element that is malformed becomes an alternative that can't be read, one that is unknown is reported as not
 * understood, and both fail closed where rules are matched.
 */
import { canonicalSystem } from '../classify/canonical-code.ts';
import { declaredLabel, labelSystem } from '../classify/declared-label.ts';
import { PARTICIPATION_TYPE } from '../fhir/codes.ts';
import { localReference } from '../fhir/reference.ts';
import type { Coding, Resource } from '../fhir/resource.ts';
import { declaredPurpose } from './declared-purpose.ts';
import { type Interval, periodInterval } from './interval-of.ts';
import type { Alternatives, Constraints, DataReference, Party } from './normalized-consent.ts';

type Row = Readonly<Record<string, unknown>>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface ReadConstraints {
  readonly own: Constraints;
  readonly period?: Alternatives<Interval>;
  readonly notUnderstood: readonly string[];
  /** Element names whose value is malformed. */
  readonly malformed: readonly string[];
}

/** Puts a Party's reference in the form that ConsentRecord.references is keyed by. */
export type ReadParty = (value: unknown) => Party | undefined;

const KNOWN = [
  'id',
  'extension',
  'modifierExtension',
  'period',
  'actor',
  'action',
  'securityLabel',
  'purpose',
  'code',
  'dataPeriod',
  'data',
  'provision',
];
const KNOWN_R4: ReadonlySet<string> = new Set([...KNOWN, 'type', 'class']);
const KNOWN_R5: ReadonlySet<string> = new Set([...KNOWN, 'documentType', 'resourceType']);
const LOCATION_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/consent-location';
const MEANINGS: ReadonlySet<unknown> = new Set(['instance', 'related', 'dependents', 'authoredby']);
/** Roles of whoever gives the data away; an actor in any other role receives it. */
const DISCLOSING_ROLES: ReadonlySet<unknown> = new Set(['CST', 'SOURCE', 'INF']);
const ROLE_SYSTEMS: ReadonlySet<string> = new Set(
  [PARTICIPATION_TYPE, 'http://hl7.org/fhir/v3/ParticipationType', 'urn:oid:2.16.840.1.113883.5.90'].map((name) => canonicalSystem(name)),
);

export const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
const isFilled = (value: unknown): boolean => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

export function readConstraints(provision: Row, form: 'R4' | 'R5', party: ReadParty, understood: ReadonlySet<string>): ReadConstraints {
  const own: Mutable<Constraints> = {};
  const malformed: string[] = [];
  const take = <T>(name: string, read: (item: unknown) => T | readonly T[] | undefined): Alternatives<T> | undefined => {
    const alternatives = readAll(provision[name], read);
    if (alternatives?.unreadable) malformed.push(name);
    return alternatives;
  };
  const actors = take('actor', (item) => readActor(item, party));
  if (actors !== undefined) Object.assign(own, splitActors(actors));
  own.actions = take('action', readConcept);
  own.purposes = take('purpose', readPurpose);
  own.labels = take('securityLabel', readLabel);
  own.classes = take('class', readCoding);
  own.documentTypes = take('documentType', readCoding);
  own.resourceTypes = take('resourceType', readCoding);
  own.codes = take('code', readConcept);
  own.data = take('data', (item) => readData(item, party));
  own.dataPeriod = one(provision.dataPeriod, 'dataPeriod', malformed);
  own.locations = readLocations(provision, party);
  for (const name of Object.keys(own) as (keyof Constraints)[]) if (own[name] === undefined) delete own[name];
  return { own, period: one(provision.period, 'period', malformed), notUnderstood: strangers(provision, form, understood), malformed };
}

function readAll<T>(value: unknown, read: (item: unknown) => T | readonly T[] | undefined): Alternatives<T> | undefined {
  if (!isFilled(value)) return undefined;
  if (!Array.isArray(value)) return { any: [], unreadable: true };
  const items = value.map(read);
  return { any: items.filter((item) => item !== undefined).flat() as T[], unreadable: items.includes(undefined) };
}

/** An element that does not repeat: a Period. */
export function one(value: unknown, name: string, malformed: string[]): Alternatives<Interval> | undefined {
  if (!isFilled(value)) return undefined;
  const interval = periodInterval(value);
  if (interval !== undefined) return { any: [interval], unreadable: false };
  malformed.push(name);
  return { any: [], unreadable: true };
}

function readCoding(item: unknown): Coding | undefined {
  if (!isRow(item) || typeof item.code !== 'string' || item.code === '') return undefined;
  if (item.system !== undefined && typeof item.system !== 'string') return undefined;
  return { code: item.code, ...(item.system === undefined || item.system.trim() === '' ? {} : { system: item.system }) };
}

/** A label in another spelling is the same label; a code of an unknown or wrong system stays what it is: it must not permit. */
function readLabel(item: unknown): Coding | undefined {
  const coding = readCoding(item);
  const system = coding?.system === undefined ? undefined : labelSystem(coding.system);
  if (system === undefined) return coding;
  const declared = declaredLabel(coding);
  return declared?.system === system ? declared : { ...coding, system };
}

function readPurpose(item: unknown): Coding | undefined {
  const coding = readCoding(item);
  return coding === undefined ? undefined : declaredPurpose(coding);
}

function readConcept(item: unknown): readonly Coding[] | undefined {
  if (!isRow(item) || !Array.isArray(item.coding)) return undefined;
  const codings = item.coding.map(readCoding);
  return codings.length === 0 || codings.includes(undefined) ? undefined : (codings as Coding[]);
}

interface Actor extends Party {
  readonly discloses: boolean;
}

function readActor(item: unknown, party: ReadParty): Actor | undefined {
  if (!isRow(item)) return undefined;
  const named = party(item.reference);
  if (named === undefined) return undefined;
  const role = isRow(item.role) && Array.isArray(item.role.coding) ? item.role.coding : [];
  return { ...named, discloses: role.some(isDisclosing) };
}

function isDisclosing(coding: unknown): boolean {
  if (!isRow(coding) || typeof coding.system !== 'string') return false;
  return DISCLOSING_ROLES.has(coding.code) && ROLE_SYSTEMS.has(canonicalSystem(coding.system));
}

/** Receivers and disclosers constrain different parties; an actor that can't be read may be a receiver. */
function splitActors(actors: Alternatives<Actor>): Pick<Constraints, 'recipients' | 'disclosers'> {
  const bare = ({ discloses: _, ...named }: Actor): Party => named;
  const recipients = actors.any.filter((actor) => !actor.discloses).map(bare);
  const disclosers = actors.any.filter((actor) => actor.discloses).map(bare);
  return {
    ...(recipients.length > 0 || actors.unreadable ? { recipients: { any: recipients, unreadable: actors.unreadable } } : {}),
    ...(disclosers.length > 0 ? { disclosers: { any: disclosers, unreadable: false } } : {}),
  };
}

function readData(item: unknown, party: ReadParty): DataReference | undefined {
  if (!isRow(item) || !MEANINGS.has(item.meaning)) return undefined;
  const { reference, identifier } = party(item.reference) ?? {};
  if (reference === undefined) return undefined;
  return { meaning: item.meaning as DataReference['meaning'], reference, ...(identifier === undefined ? {} : { identifier }) };
}

function readLocations(provision: Row, party: ReadParty): Alternatives<string> | undefined {
  if (!Array.isArray(provision.extension)) return undefined;
  const rows = provision.extension.filter((row) => isRow(row) && row.url === LOCATION_EXTENSION);
  return readAll(rows, (row) => party((row as Row).valueReference)?.reference);
}

/** Modifier extensions at any depth, extensions and elements on the provision or its parts that this reader does not know. */
function strangers(provision: Row, form: 'R4' | 'R5', understood: ReadonlySet<string>): string[] {
  const known = form === 'R4' ? KNOWN_R4 : KNOWN_R5;
  const found = Object.keys(provision).filter((name) => !known.has(name) && isFilled(provision[name]));
  if (hasUnknownExtension(provision.extension, understood)) found.push('extension');
  for (const [name, value] of Object.entries(provision)) {
    if (name === 'provision' || name === 'extension') continue;
    if (name === 'modifierExtension' ? isFilled(value) : hasModifier(value, 0)) found.push(name);
    else if (
      ['actor', 'data'].includes(name) &&
      [value].flat().some((part) => isRow(part) && hasUnknownExtension(part.extension, understood))
    )
      found.push(name);
  }
  return found;
}

function hasUnknownExtension(extensions: unknown, understood: ReadonlySet<string>): boolean {
  if (!isFilled(extensions)) return false;
  if (!Array.isArray(extensions)) return true;
  return extensions.some((row) => !isRow(row) || (row.url !== LOCATION_EXTENSION && !understood.has(String(row.url))));
}

function hasModifier(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth > 8) return true;
  if (Array.isArray(value)) return value.some((item) => hasModifier(item, depth + 1));
  return Object.entries(value).some(([name, inner]) => (name === 'modifierExtension' ? isFilled(inner) : hasModifier(inner, depth + 1)));
}

/**
 * @param contained Consent.contained
 * @returns a reader of References; `undefined` for one that names nobody (display only, malformed)
 */
export function partyReader(contained: unknown, base: string): ReadParty {
  const inside = (Array.isArray(contained) ? contained : []) as Resource[];
  return (value) => {
    if (!isRow(value)) return undefined;
    const identifier =
      isRow(value.identifier) && typeof value.identifier.value === 'string' ? (value.identifier as Party['identifier']) : undefined;
    const text = typeof value.reference === 'string' && value.reference !== '' ? value.reference : undefined;
    if (text === undefined) return identifier === undefined ? undefined : { identifier };
    const target = text.startsWith('#') ? inside.find((resource) => `#${resource?.id}` === text) : undefined;
    return {
      reference: localReference(text, base) ?? text,
      ...(identifier === undefined ? {} : { identifier }),
      ...(target === undefined ? {} : { contained: target }),
    };
  };
}
