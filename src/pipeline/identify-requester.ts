/**
 * The names under which the record knows a requester: whoever is behind a PractitionerRole or a Person of the token (an author is
 * a person, 45 CFR 164.508(a)(2)(i)(A)), and the identifiers of them and of the organization where a Consent can be told by those.
 * What has ended names its holder for denies only; who can not be found may be whom a deny names (design.md 4.2). Read only
 * where a decision can turn on it.
 */
import { isWithin } from '../consent/interval-of.ts';
import type { HeldName } from '../consent/match-party.ts';
import { normalizeConsent } from '../consent/normalize-consent.ts';
import type { Party } from '../consent/normalized-consent.ts';
import { rowsOf } from '../consent/rows-of.ts';
import type { ConsentRecord } from '../consent/vote.ts';
import type { SubjectRecord } from '../decide/decision.ts';
import { localReference } from '../fhir/reference.ts';
import { referencesIn } from '../fhir/references-in.ts';
import type { Identifier, Reference, Resource } from '../fhir/resource.ts';
import type { Requester } from '../requester/requester.ts';
import { fetchResources } from './fetch-resources.ts';
import type { Session } from './session.ts';

export async function identifyRequester(session: Session, subjects: readonly SubjectRecord[]): Promise<Requester> {
  if (isIdentified(session, subjects)) return session.requester;
  const behind = once(whoIsBehind, session, () => addWhoIsBehind(session));
  if (!subjects.some((record) => namesInConsents(record) === 'several')) return behind;
  return once(everyName, session, async () => addIdentifiers(session, await behind));
}

/** The names of the token are enough. */
export function isIdentified({ requester }: Session, subjects: readonly SubjectRecord[]): boolean {
  const { fhirUser = '', organization } = requester;
  if (isRole(fhirUser)) return false;
  if (fhirUser === '' && organization?.reference === undefined) return true;
  return !subjects.some((record) => {
    const names = namesInConsents(record);
    return names === 'several' || (names === 'reference' && isPerson(fhirUser));
  });
}

const isRole = (fhirUser: string): boolean => fhirUser.startsWith('PractitionerRole/');
const isPerson = (fhirUser: string): boolean => fhirUser.startsWith('Person/');

type Known = WeakMap<Session, Promise<Requester>>;
const whoIsBehind: Known = new WeakMap();
const everyName: Known = new WeakMap();

/** Once a request: the same names, as the same object, for every resource in it. */
function once(known: Known, session: Session, find: () => Promise<Requester>): Promise<Requester> {
  const found = known.get(session) ?? find();
  known.set(session, found);
  return found;
}

async function addWhoIsBehind(session: Session): Promise<Requester> {
  const { requester, at } = session;
  const { fhirUser = '' } = requester;
  if (!isRole(fhirUser) && !isPerson(fhirUser)) return requester;
  const own = (await fetchResources(session, [fhirUser])).get(fhirUser);
  const rows = (isRole(fhirUser) ? [own?.practitioner, own?.organization] : rowsOf(own?.link).map((link) => link.target)).flatMap(rowsOf);
  const references = rows.flatMap((row) => ownReference(row, session) ?? []);
  const identifiers = rows.flatMap(({ identifier }) => rowsOf(identifier) as readonly Identifier[]);
  // That a Person is a practitioner is a link that anybody may have made: enough for a deny.
  const counts = own !== undefined && isRole(fhirUser) && isCurrent(own, at.iso);
  const isKnown = references.some((reference) => reference.startsWith('Practitioner/'));
  const professional = isRole(fhirUser) ? rowsOf(rowsOf(own?.practitioner)[0]?.identifier) : [];
  return {
    ...requester,
    references: counts ? [...new Set([...requester.references, ...references])] : requester.references,
    identifiers: [
      ...requester.identifiers,
      ...(counts ? identifiers : [...references.map((reference) => ({ reference })), ...identifiers].map(againstOnly)),
      ...(isKnown ? [] : unresolved(requester, professional as readonly Identifier[])),
    ],
  };
}

/** A professional who can not be found: of one with another identifier of the same kind it is known that they are not the same. */
function unresolved({ identifiers, organization }: Requester, professional: readonly Identifier[]): readonly HeldName[] {
  const personal = identifiers.filter((identifier) => identifier !== organization?.identifier);
  return [{}, ...personal, ...professional].map((name) => ({ ...name, denyOnly: true, unresolved: true }));
}

const againstOnly = (name: HeldName): HeldName => ({ ...name, denyOnly: true });

/** Relative to the upstream; whoever is named below the gateway's own address is in it as well. */
function ownReference({ reference }: Reference, { deps }: Session): string | undefined {
  if (typeof reference !== 'string') return undefined;
  const local = localReference(reference, deps.upstream.base);
  return local === undefined ? undefined : localReference(local, deps.publicBase);
}

function isCurrent({ active, period }: Resource, at: string): boolean {
  return active !== false && isWithin(period, Date.parse(at));
}

async function addIdentifiers(session: Session, requester: Requester): Promise<Requester> {
  const held = requester.identifiers as readonly HeldName[];
  const against = held.flatMap(({ reference }) => reference ?? []);
  const found = await fetchResources(session, [...requester.references, ...against]);
  const onFile = [...found].flatMap(([reference, resource]) => {
    const counts = requester.references.includes(reference) && isCurrent(resource, session.at.iso);
    const identifiers = rowsOf(resource.identifier) as readonly Identifier[];
    return counts ? identifiers : identifiers.map(againstOnly);
  });
  const published = [...requester.references, ...against].map((name) => againstOnly({ reference: `${session.deps.publicBase}/${name}` }));
  return { ...requester, identifiers: [...held, ...onFile, ...published] };
}

/**
 * How the Consents of a record name the parties of their provisions: not at all, by reference alone, or so that a party may be
 * known by further names: by an identifier of its own, of a member of it or of what is on file of it, below another address.
 */
type Names = 'none' | 'reference' | 'several';

const namesOf = new WeakMap<SubjectRecord, Names>();

/** Records are kept between requests, so the look through their Consents is made once. */
function namesInConsents(record: SubjectRecord): Names {
  const known = namesOf.get(record);
  if (known !== undefined) return known;
  const { consents, base } = record.consents;
  const parties = new Set(
    consents.flatMap((consent) => normalizeConsent(consent, base).rules.flatMap(({ constraints }) => constraints.recipients?.any ?? [])),
  );
  const several = [...parties].some((party) => hasSeveralNames(party, record.consents, new Set()));
  const names = several ? 'several' : parties.size > 0 ? 'reference' : 'none';
  namesOf.set(record, names);
  return names;
}

const HAVE_MEMBERS: ReadonlySet<string> = new Set(['Group', 'CareTeam', 'PractitionerRole']);

function hasSeveralNames({ reference = '', identifier, contained }: Party, record: ConsentRecord, seen: Set<string>): boolean {
  if (identifier !== undefined || /^https?:/.test(reference)) return true;
  if (seen.has(reference)) return false;
  seen.add(reference);
  const target = contained ?? record.references.get(reference);
  if (target === undefined) return false;
  if (holdsIdentifier(target, 0)) return true;
  if (!HAVE_MEMBERS.has(target.resourceType)) return false;
  return [...referencesIn(target, record.base ?? '')].some((member) => hasSeveralNames({ reference: member }, record, seen));
}

/** What is too deep to be looked through may hold one. */
function holdsIdentifier(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth > 32 || (value as { identifier?: unknown }).identifier !== undefined) return true;
  return Object.values(value).some((inner) => holdsIdentifier(inner, depth + 1));
}
