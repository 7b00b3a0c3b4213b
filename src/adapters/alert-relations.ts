/**
 * Who is near a requester, as far as the record knows: Person links the Practitioner with a Patient or a RelatedPerson of his own
 * (FHIR R4 Person.link: the same human), RelatedPerson names whose relative that is, and home addresses can agree. Read with the
 * gateway's own credentials, kept in memory for a while, told to nobody but by the fact.
 */
import { LRUCache } from 'lru-cache';
import { sameHousehold } from '../audit/alert-household.ts';
import type { Relation } from '../audit/alert-rule.ts';
import type { RelationOf } from '../audit/alert-sightings.ts';
import { PrivityError } from '../errors.ts';
import { parseReference } from '../fhir/reference.ts';
import type { Bundle, Reference, Resource } from '../fhir/resource.ts';
import type { Upstream } from '../ports.ts';

export interface Relations {
  /**
   * How these patients (`Patient/p1`) stand to the practitioner behind `fhirUser`; for others nothing is known.
   * @throws PrivityError where the record can't be read now
   */
  load(fhirUser: string, subjects: readonly string[], signal: AbortSignal): Promise<RelationOf>;
}

interface Kin {
  readonly practitioner?: Resource;
  readonly self: ReadonlySet<string>;
  readonly related: ReadonlySet<string>;
}

const KEPT_MS = 3_600_000;
const NONE: RelationOf = () => undefined;

export function createRelations(upstream: Upstream): Relations {
  const kinOf = new LRUCache<string, Kin>({ max: 1000, ttl: KEPT_MS });
  const patients = new LRUCache<string, { readonly resource: Resource | undefined }>({ max: 5000, ttl: KEPT_MS });

  const patient = async (reference: string, signal: AbortSignal): Promise<Resource | undefined> => {
    const found = patients.get(reference) ?? { resource: await read(upstream, reference, signal) };
    patients.set(reference, found);
    return found.resource;
  };
  return {
    async load(fhirUser, subjects, signal) {
      const kin = kinOf.get(fhirUser) ?? (await readKin(upstream, fhirUser, signal));
      kinOf.set(fhirUser, kin);
      const { practitioner } = kin;
      if (practitioner === undefined) return NONE;
      const relations = new Map<string, Relation>();
      for (const subject of subjects) {
        const known = kin.self.has(subject) ? 'self' : kin.related.has(subject) ? 'related' : undefined;
        const near = known ?? ((await livesWith(practitioner, await patient(subject, signal))) ? 'household' : undefined);
        if (near !== undefined) relations.set(subject, near);
      }
      return (subject) => relations.get(subject);
    },
  };
}

async function livesWith(practitioner: Resource, patient: Resource | undefined): Promise<boolean> {
  return patient !== undefined && sameHousehold(practitioner, patient);
}

async function readKin(upstream: Upstream, fhirUser: string, signal: AbortSignal): Promise<Kin> {
  const user = await read(upstream, fhirUser, signal);
  const reference = user?.resourceType === 'PractitionerRole' ? (user.practitioner as Reference | undefined)?.reference : fhirUser;
  const practitioner = reference?.startsWith('Practitioner/') ? await read(upstream, reference, signal) : undefined;
  if (practitioner === undefined || reference === undefined) return { self: new Set(), related: new Set() };
  const own = linksOf(await search(upstream, `Person?practitioner=${reference}`, signal));
  const self = own.filter((link) => link.startsWith('Patient/'));
  const related = new Set<string>();
  // Whose relative the requester is.
  for (const link of own.filter((target) => target.startsWith('RelatedPerson/'))) {
    const relative = await read(upstream, link, signal);
    const of = (relative?.patient as Reference | undefined)?.reference;
    if (of !== undefined) related.add(of);
  }
  // Who is a relative of the requester, and has a record too.
  for (const mine of self) {
    for (const { id } of await search(upstream, `RelatedPerson?patient=${mine}`, signal)) {
      const links = linksOf(await search(upstream, `Person?relatedperson=RelatedPerson/${id}`, signal));
      for (const link of links) if (link.startsWith('Patient/') && !self.includes(link)) related.add(link);
    }
  }
  return { practitioner, self: new Set(self), related };
}

function linksOf(persons: readonly Resource[]): readonly string[] {
  const targets = persons.flatMap(({ link = [] }) => (link as { target?: Reference }[]).flatMap(({ target }) => target?.reference ?? []));
  return targets.filter(isHere);
}

/** They stand in queries: of another server, or of none, nothing is known here. */
function isHere(reference: string): boolean {
  return parseReference(reference)?.local === reference;
}

async function read(upstream: Upstream, reference: string, signal: AbortSignal): Promise<Resource | undefined> {
  if (!isHere(reference)) return undefined;
  const { status, resource } = await upstream.get(reference, signal);
  return status === 200 ? resource : absent(status);
}

/** The first page: nobody has more relatives. A server that does not know the type, or the parameter, knows nobody. */
async function search(upstream: Upstream, query: string, signal: AbortSignal): Promise<readonly Resource[]> {
  const { status, resource } = await upstream.get(`${query}&_count=100`, signal);
  if (status !== 200) return absent(status) ?? [];
  const { entry = [] } = resource as Bundle;
  return entry.flatMap((row) => (row.search?.mode === 'outcome' ? [] : (row.resource ?? [])));
}

function absent(status: number): undefined {
  if ([400, 403, 404, 405, 410, 422, 501].includes(status)) return undefined;
  throw new PrivityError('upstream-unavailable');
}
