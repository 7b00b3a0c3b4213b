/**
 * What several servers hold of a subject's consents as one record in which every name is clear (design.md 4.2). A server writes its
 * own things relative or below its own address: both are one name. Patients and people go by one name everywhere; where a later
 * server has something else under a name of an earlier one, its own is the one below its address. A Provenance signs
 * Consents of its own server only.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ConsentRecord } from '../consent/vote.ts';
import { localReference, parseReference } from '../fhir/reference.ts';
import { referencesIn } from '../fhir/references-in.ts';
import type { Reference, Resource } from '../fhir/resource.ts';

/** What one server holds of some subjects. */
export interface ReadConsents {
  readonly base: string;
  readonly consents: readonly Resource[];
  readonly provenances: readonly Resource[];
  readonly references: ReadonlyMap<string, Resource>;
}

/**
 * @param parts the first is the server of the record itself
 * @param publicBase address under which the gateway shows that server, where known
 * @returns one record a subject, in their order
 */
export function mergeConsents(subjects: readonly string[], parts: readonly ReadConsents[], publicBase?: string): readonly ConsentRecord[] {
  const base = parts[0]?.base ?? '';
  const merged: ReadConsents[] = [];
  for (const [index, part] of parts.entries()) {
    const aliases = [...(index === 0 ? [] : [part.base]), ...(publicBase === undefined ? [] : [publicBase])];
    const local = aliases.length === 0 ? part : rename(part, (text) => withoutBase(text, aliases));
    merged.push(parts.length === 1 ? local : withOwnNames(local, merged, index));
  }
  const references = new Map(merged.flatMap((part) => [...part.references]).reverse());
  return subjects.map((subject) => {
    const own = merged.map((part) => part.consents.flatMap((consent) => standingFor(consent, subject, subjects, base)));
    const names = own.map((consents) => new Set(consents.map(({ id }) => `Consent/${id}`)));
    const provenances = merged.flatMap((part, index) =>
      part.provenances.filter((provenance) => targetsOf(provenance, base).some((name) => names[index]?.has(name))),
    );
    return { subject, base, consents: own.flat(), provenances, references };
  });
}

/** R4 `patient`, R5 `subject`; relations by `subject`, `beneficiary` or a participant. */
export function isAbout(resource: Resource, subject: string, base: string): boolean {
  return patientsOf(resource, base).includes(subject);
}

function patientsOf(resource: Resource, base: string): readonly (string | undefined)[] {
  const named = [
    resource.patient,
    resource.subject,
    resource.beneficiary,
    ...(resource.participant ?? []).map((row: { actor?: unknown }) => row?.actor),
  ];
  return named.flatMap((reference) => (typeof reference?.reference === 'string' ? [localReference(reference.reference, base)] : []));
}

/**
 * The server found it for these subjects. Where nobody can say for which (a patient written as a list, contained, by identifier, below
 * another address) it stands for each as a Consent that can not be read: as a deny (threats.md 33). What names its patient and
 * its grantor would otherwise make it somebody else's.
 */
function standingFor(consent: Resource, subject: string, subjects: readonly string[], base: string): readonly Resource[] {
  const patients = patientsOf(consent, base);
  if (patients.includes(subject)) return [consent];
  const isClear = patients.some((patient) => patient !== undefined && /^Patient\/[^/]+$/.test(patient));
  if (isClear || patients.some((patient) => subjects.includes(patient ?? ''))) return [];
  return [Object.fromEntries(Object.entries(consent).filter(([name]) => !WHOSE.has(name))) as unknown as Resource];
}

const WHOSE: ReadonlySet<string> = new Set(['patient', 'subject', 'performer', 'grantor']);

function targetsOf(provenance: Resource, base: string): readonly string[] {
  const rows = [provenance.target].flat() as readonly (Reference | undefined)[];
  return rows.flatMap((row) => (typeof row?.reference === 'string' ? (localReference(row.reference, base) ?? []) : []));
}

/** Consents whose id an earlier server has as well get one of their own; what else is called alike is named below its server's address. */
function withOwnNames(part: ReadConsents, earlier: readonly ReadConsents[], index: number): ReadConsents {
  const taken = new Set(earlier.flatMap(({ consents }) => consents.map(({ id }) => id)));
  const ids = new Map(part.consents.map(({ id = '' }) => [id, freeId(id, taken, index)]));
  const clashing = new Set([...part.references.keys()].filter((name) => earlier.some((other) => clashes(name, part, other))));
  const own = (text: string): string => {
    const local = localReference(text, part.base);
    return local !== undefined && clashing.has(local) ? `${part.base}/${local}` : text;
  };
  const { consents, provenances, references } = rename(part, own, BY_COMMON_NAMES);
  return {
    ...part,
    consents: consents.map((consent) =>
      ids.get(consent.id ?? '') === consent.id ? consent : { ...consent, id: ids.get(consent.id ?? '') },
    ),
    provenances: provenances.map((provenance) => ({ ...provenance, target: ownTargets(provenance, ids, part.base) })),
    references: new Map([...references].map(([name, resource]) => [own(name), resource])),
  };
}

function freeId(id: string, taken: ReadonlySet<string | undefined>, index: number): string {
  return taken.has(id) ? freeId(`source-${index + 1}.${id}`, taken, index) : id;
}

/** Targets among the Consents of the same server, their versions kept. */
function ownTargets(provenance: Resource, ids: ReadonlyMap<string, string>, base: string): readonly Reference[] {
  return ([provenance.target].flat() as readonly (Reference | undefined)[]).flatMap((row) => {
    const parsed = typeof row?.reference === 'string' ? parseReference(row.reference) : undefined;
    const id = parsed?.type === 'Consent' && (parsed.base === undefined || parsed.base === base) ? ids.get(parsed.id) : undefined;
    if (id === undefined) return [];
    return [{ reference: `Consent/${id}${parsed?.version === undefined ? '' : `/_history/${parsed.version}`}` }];
  });
}

/** The earlier server means something else by the name, or something that it does not have. Patients are the same everywhere. */
function clashes(name: string, part: ReadConsents, earlier: ReadConsents): boolean {
  if (name.startsWith('Patient/')) return false;
  const other = earlier.references.get(name);
  if (other !== undefined) return !isDeepStrictEqual(toldApartBy(part.references.get(name)), toldApartBy(other));
  const naming = [...earlier.consents, ...earlier.provenances, ...earlier.references.values()];
  return naming.some((resource) => [...referencesIn(resource, earlier.base)].includes(name));
}

/** Versions of one thing on two servers differ; who somebody is, only identifiers tell. */
function toldApartBy(resource: Resource | undefined): unknown {
  if (resource === undefined) return undefined;
  const { meta: _, text: __, ...content } = resource;
  return ['Practitioner', 'Organization', 'Device'].includes(resource.resourceType) ? content.identifier : content;
}

/** In a Consent: what it is about, and who answers for it, go by the record's own names. */
const BY_COMMON_NAMES: ReadonlySet<string> = new Set(['data', 'organization', 'controller', 'manager']);
const NONE: ReadonlySet<string> = new Set();

function rename(part: ReadConsents, name: (text: string) => string, kept: ReadonlySet<string> = NONE): ReadConsents {
  return {
    ...part,
    consents: part.consents.map((consent) => renamed(consent, name, kept)),
    provenances: part.provenances.map((provenance) => renamed(provenance, name, NONE)),
    references: new Map([...part.references].map(([key, resource]) => [key, renamed(resource, name, NONE)])),
  };
}

/** @returns the same object where nothing in it is called otherwise */
function renamed<Value extends object>(value: Value, name: (text: string) => string, kept: ReadonlySet<string>): Value {
  const changes = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const isName = key === 'reference' && typeof inner === 'string';
    if (kept.has(key) || (!isName && (typeof inner !== 'object' || inner === null))) return [];
    const next = isName ? name(inner) : renamed(inner as object, name, kept);
    return next === inner ? [] : [[key, next]];
  });
  if (changes.length === 0) return value;
  return Object.assign(Array.isArray(value) ? [...value] : { ...value }, Object.fromEntries(changes)) as Value;
}

/** Relative, its version kept. */
function withoutBase(text: string, bases: readonly string[]): string {
  const { base = '' } = parseReference(text) ?? {};
  return bases.includes(base) ? text.slice(base.length + 1) : text;
}
