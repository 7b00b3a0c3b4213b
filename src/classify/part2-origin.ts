/**
 * Whether a resource comes from a Part 2 program (42 CFR 2.11, 2.12(d)(2)): the law follows the source of a record,
 * never a code. An organization that is only asked, paid or told does not make a record a program's record.
 */
import type { Path, Reference, Resource } from '../fhir/resource.ts';

/** Elements that name who made or keeps the resource, or within one of them, the party (`performer.actor`). */
const ORIGIN: ReadonlySet<string> = new Set(
  (
    'author custodian performer managingOrganization serviceProvider provider sender source asserter recorder requester authenticator attester ' +
    'agent informationSource enterer operator dispenser assessor contributor organization owner'
  ).split(' '),
);
const PARTY = ['actor', 'party', 'who', 'onBehalfOf', 'individual', 'member'] as const;
/** Types in which these name who is asked to act. */
const ASKED: Readonly<Record<string, readonly string[] | undefined>> = {
  ServiceRequest: ['performer'],
  MedicationRequest: ['performer'],
  DeviceRequest: ['performer'],
  CommunicationRequest: ['sender'],
  Task: ['owner'],
  Consent: ['organization', 'performer'],
  Appointment: ['performer'],
};

type Item = Reference & { readonly [party in (typeof PARTY)[number]]?: Reference };

function isListed({ reference, identifier }: Reference, programs: readonly string[]): boolean {
  if (reference?.includes('Organization/')) {
    const literal = reference.replace(/\/_history\/.*$/, '');
    if (programs.some((program) => literal === program || literal.endsWith(`/${program}`))) return true;
  }
  return identifier?.value !== undefined && programs.includes(`${identifier.system ?? ''}|${identifier.value}`);
}

/** @returns the steps from the item to the reference; `undefined` = no program here */
function programIn(item: Item | null, programs: readonly string[]): Path | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  if (isListed(item, programs)) return [];
  if (item.reference !== undefined) return undefined;
  for (const party of PARTY) {
    const inner = item[party];
    if (inner !== undefined && isListed(inner, programs)) return [party];
  }
  return undefined;
}

/** @returns where a listed program stands as the origin; `undefined` = nowhere */
export function part2Origin(resource: Resource, programs: readonly string[]): Path | undefined {
  for (const name in resource) {
    if (!ORIGIN.has(name) || ASKED[resource.resourceType]?.includes(name)) continue;
    const value = resource[name];
    const items: readonly Item[] = Array.isArray(value) ? value : [value];
    for (let at = 0; at < items.length; at += 1) {
      const steps = programIn(items[at] as Item, programs);
      if (steps !== undefined) return Array.isArray(value) ? [name, at, ...steps] : [name, ...steps];
    }
  }
  return undefined;
}
