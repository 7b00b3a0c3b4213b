/**
 * Who stands behind a resource: its authors (for the originator of psychotherapy notes, 45 CFR 164.508(a)(2)(i)(A)),
 * its organizations (for 42 CFR 2.12(c)(3)) and the encounter it belongs to.
 */

import { Once } from '../fhir/once.ts';
import { perResource } from '../fhir/per-resource.ts';
import { localReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { visitsOf } from '../fhir/survey-resource.ts';

/** Elements that name the person who made the record; a department or device never makes somebody its originator. */
export const AUTHOR_ELEMENTS: ReadonlySet<string> = new Set(
  'author recorder asserter requester performer sender operator assessor enterer'.split(' '),
);
const ORGANIZATION_ELEMENTS = new Set(
  'custodian author performer managingOrganization serviceProvider provider source insurer authenticator organization'.split(' '),
);
const AUTHOR_TYPES = /^(Practitioner|PractitionerRole|Patient|RelatedPerson)\//;

/** The party that an element names, itself or one step in (`performer.actor`); not everything that it refers to. */
function addParties(value: unknown, base: string, found: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) addParties(item, base, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const { reference, actor, author, party } = value as Record<string, unknown>;
  const local = typeof reference === 'string' ? localReference(reference, base) : undefined;
  if (local !== undefined) found.push(local);
  if (typeof actor === 'object') addParties(actor, base, found);
  if (typeof author === 'object') addParties(author, base, found);
  if (typeof party === 'object') addParties(party, base, found);
}

/** @returns of the parties in these elements those that are of a type, each once */
function named(resource: Resource, elements: ReadonlySet<string>, base: string, type: RegExp): readonly string[] {
  const found: string[] = [];
  for (const element in resource) {
    const value: unknown = resource[element];
    if (typeof value === 'object' && elements.has(element)) addParties(value, base, found);
  }
  return ofType(found, type);
}

function ofType(references: readonly string[], type: RegExp): readonly string[] {
  if (references.length === 0) return references;
  const found = new Once();
  for (const reference of references) if (type.test(reference)) found.add(reference);
  return found.items;
}

/** Relative references of the persons who authored a resource: `Practitioner/p1`. */
export const authorsOf = perResource((resource, base) => named(resource, AUTHOR_ELEMENTS, base, AUTHOR_TYPES));

/** Relative references of the organizations that hold or made a resource: `Organization/o1`. */
export const organizationsOf = perResource((resource, base) => named(resource, ORGANIZATION_ELEMENTS, base, /^Organization\//));

/**
 * Relative references of the Encounters that a resource belongs to: its own (`encounter`, `context`, of an Encounter `partOf`),
 * those of its parts (`Claim.item.encounter`) and of what it contains.
 */
export const encountersOf = visitsOf;
