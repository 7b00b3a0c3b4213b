/**
 * The names under which the record knows a requester: the practitioner and organization behind a PractitionerRole of the token
 * (an author is a person, 45 CFR 164.508(a)(2)(i)(A)), and the identifiers of its own resource where a Consent names its
 * actors by identifier alone. Read only where a decision can turn on it.
 */
import type { SubjectRecord } from '../decide/decision.ts';
import { localReference } from '../fhir/reference.ts';
import type { Identifier, Resource } from '../fhir/resource.ts';
import type { Requester } from '../requester/requester.ts';
import { fetchResources } from './fetch-resources.ts';
import type { Session } from './session.ts';

export async function identifyRequester(session: Session, subjects: readonly SubjectRecord[]): Promise<Requester> {
  const { fhirUser = '' } = session.requester;
  if (isIdentified(session, subjects)) return session.requester;
  const known = identified.get(session) ?? identify(session, fhirUser, isRole(fhirUser));
  identified.set(session, known);
  return known;
}

/** The names of the token are enough. */
export function isIdentified({ requester: { fhirUser } }: Session, subjects: readonly SubjectRecord[]): boolean {
  return fhirUser === undefined || !(isRole(fhirUser) || subjects.some(namesByIdentifier));
}

function isRole(fhirUser: string): boolean {
  return fhirUser.startsWith('PractitionerRole/');
}

/** Once a request: the same names for every resource in it. */
const identified = new WeakMap<Session, Promise<Requester>>();

async function identify(session: Session, fhirUser: string, role: boolean): Promise<Requester> {
  const { requester, deps } = session;
  const own = (await fetchResources(session, [fhirUser])).get(fhirUser);
  if (own === undefined) return requester;
  const behind = role && isCurrent(own, session.at.iso) ? [own.practitioner, own.organization] : [];
  const references = behind.flatMap((row) =>
    typeof row?.reference === 'string' ? (localReference(row.reference, deps.upstream.base) ?? []) : [],
  );
  return {
    ...requester,
    references: [...new Set([...requester.references, ...references])],
    identifiers: [...requester.identifiers, ...((own.identifier ?? []) as Identifier[])],
  };
}

function isCurrent({ active, period }: Resource, at: string): boolean {
  const ended = period?.end !== undefined && Date.parse(period.end) < Date.parse(at);
  return active !== false && !ended;
}

const byIdentifier = new WeakMap<SubjectRecord, boolean>();

/** Records are kept between requests, so the look through their Consents is made once. */
function namesByIdentifier(record: SubjectRecord): boolean {
  const known = byIdentifier.get(record);
  if (known !== undefined) return known;
  const names = record.consents.consents.some((consent) => hasBareIdentifier(consent.provision));
  byIdentifier.set(record, names);
  return names;
}

interface Provision {
  readonly actor?: readonly { readonly reference?: { readonly reference?: string; readonly identifier?: Identifier } }[];
  readonly provision?: Provision | readonly Provision[];
}

function hasBareIdentifier(node: Provision | readonly Provision[] | undefined, depth = 0): boolean {
  if (depth > 32) return false;
  return [node ?? []].flat().some((provision) => {
    if (typeof provision !== 'object' || provision === null) return false;
    const actors = Array.isArray(provision.actor) ? provision.actor : [];
    const bare = actors.some((actor) => actor?.reference?.identifier !== undefined && actor.reference.reference === undefined);
    return bare || hasBareIdentifier(provision.provision, depth + 1);
  });
}
