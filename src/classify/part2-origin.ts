/**
 * Whether a resource comes from a Part 2 program (42 CFR 2.11, 2.12(d)(2)): the law follows the source of a record,
 * never a code. An organization that is only asked, paid or told does not make a record a program's record.
 */
import type { Path, Reference, Resource } from '../fhir/resource.ts';

/** Elements that name who made or keeps the resource, or within one of them, the party (`performer.actor`). */
const ORIGIN = [
  'author',
  'custodian',
  'performer',
  'managingOrganization',
  'serviceProvider',
  'provider',
  'sender',
  'source',
  'asserter',
  'recorder',
  'requester',
  'authenticator',
  'attester',
  'agent',
  'informationSource',
  'enterer',
  'operator',
  'dispenser',
  'assessor',
  'contributor',
  'organization',
  'owner',
] as const;
const PARTY = ['actor', 'party', 'who', 'onBehalfOf', 'individual', 'member'] as const;
/** Types in which these name who is asked to act. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  ServiceRequest: ['performer'],
  MedicationRequest: ['performer'],
  DeviceRequest: ['performer'],
  CommunicationRequest: ['sender'],
  Task: ['owner'],
  Consent: ['organization', 'performer'],
  Appointment: ['performer'],
};

function isListed(reference: Reference | undefined, programs: readonly string[]): boolean {
  const literal = reference?.reference?.replace(/\/_history\/.*$/, '');
  const { system = '', value = '' } = reference?.identifier ?? {};
  return programs.some(
    (program) => literal === program || literal?.endsWith(`/${program}`) === true || (value !== '' && `${system}|${value}` === program),
  );
}

/** @returns where a listed program stands as the origin; `undefined` = nowhere */
export function part2Origin(resource: Resource, programs: readonly string[]): Path | undefined {
  const asked = ASKED[resource.resourceType];
  for (const name of ORIGIN) {
    const value = resource[name];
    if (value === undefined || asked?.includes(name)) continue;
    const items: readonly (Reference & Record<string, Reference>)[] = Array.isArray(value) ? value : [value];
    for (const [index, item] of items.entries()) {
      if (typeof item !== 'object' || item === null) continue;
      const step = Array.isArray(value) ? [name, index] : [name];
      if (isListed(item, programs)) return step;
      for (const party of PARTY) if (isListed(item[party], programs)) return [...step, party];
    }
  }
  return undefined;
}
