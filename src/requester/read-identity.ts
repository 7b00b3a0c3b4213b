/**
 * Who the token names, as references and identifiers that records and consents use: `fhirUser` and `patient` (SMART App
 * Launch 2.2), the organization (IHE IUA, UDAP B2B). What is there but can not be read is refused, never dropped: a
 * consent's deny that names the party would silently miss it (threats.md 44).
 */
import { PrivityError } from '../errors.ts';
import { isId, parseReference } from '../fhir/reference.ts';
import type { Identifier } from '../fhir/resource.ts';
import type { Claims } from '../ports.ts';
import { claimAt } from './claim-at.ts';
import type { Requester } from './requester.ts';
import type { RequesterRules } from './requester-rules.ts';

type Organization = NonNullable<Requester['organization']>;

const USER_TYPES: ReadonlySet<string> = new Set(['Practitioner', 'PractitionerRole', 'Patient', 'RelatedPerson', 'Person']);
const ORGANIZATION_PLACES = ['organization', 'extensions.ihe_iua.subject_organization_id', 'extensions.hl7-b2b.organization_id'];
const URI = 'urn:ietf:rfc:3986';
const NPI = 'http://hl7.org/fhir/sid/us-npi';
const NPI_OID = 'urn:oid:2.16.840.1.113883.4.6';

function incomplete(claim: string): PrivityError {
  return new PrivityError('context-incomplete', claim);
}

/** `Practitioner/p1` for a reference of one of these types in this record, relative or below one of its bases. */
function ownReference(text: string, types: ReadonlySet<string>, bases: readonly string[]): string | undefined {
  const parsed = parseReference(text);
  if (parsed === undefined || !types.has(parsed.type) || /^\.+$/.test(parsed.id)) return undefined;
  return parsed.base === undefined || bases.includes(parsed.base) ? `${parsed.type}/${parsed.id}` : undefined;
}

/** @throws PrivityError `context-incomplete` for a claim that is no reference to a person of this record */
export function readFhirUser(claims: Claims, { issuer, bases }: RequesterRules): string | undefined {
  const claim = claimAt(claims, issuer.claims.fhirUser ?? 'fhirUser');
  if (claim === undefined) return undefined;
  const reference = typeof claim === 'string' ? ownReference(claim, USER_TYPES, bases) : undefined;
  if (reference === undefined) throw incomplete('fhirUser');
  return reference;
}

/** The SMART launch patient: an id, or a reference. @throws PrivityError `context-incomplete` */
export function readLaunchPatient(claims: Claims, { issuer, bases }: RequesterRules): string | undefined {
  const claim = claimAt(claims, issuer.claims.patient ?? 'patient');
  if (claim === undefined) return undefined;
  const text = typeof claim === 'string' && isId(claim) ? `Patient/${claim}` : claim;
  const reference = typeof text === 'string' ? ownReference(text, new Set(['Patient']), bases) : undefined;
  if (reference === undefined) throw incomplete('patient');
  return reference;
}

function organizationOf(value: unknown, bases: readonly string[]): Organization | undefined {
  if (Array.isArray(value)) return value.length === 1 ? organizationOf(value[0], bases) : undefined;
  if (typeof value === 'object' && value !== null) {
    const { reference, identifier, system, value: code } = value as Record<string, unknown>;
    if (typeof reference === 'string') return organizationOf(reference, bases);
    if (typeof identifier === 'object') return organizationOf(identifier, bases);
    return typeof system === 'string' && typeof code === 'string' ? { identifier: { system, value: code } } : undefined;
  }
  if (typeof value !== 'string' || value === '' || /\s/.test(value)) return undefined;
  const own = ownReference(value, new Set(['Organization']), bases);
  if (own !== undefined) return { reference: own };
  const parsed = parseReference(value);
  if (parsed !== undefined) return parsed.type === 'Organization' ? { reference: `${parsed.base}/Organization/${parsed.id}` } : undefined;
  const [, system, code] = /^((?:urn|https?):[^|]+)\|([^|]+)$/.exec(value) ?? [];
  if (system !== undefined && code !== undefined) return { identifier: { system, value: code } };
  return /^(?:urn|https?):[^|]+$/.test(value) ? { identifier: { system: URI, value } } : undefined;
}

/**
 * @param configured the organization that configuration gives to this client, where the token names none
 * @throws PrivityError `context-incomplete` for a name or anything else that is neither reference nor identifier
 */
export function readOrganization(claims: Claims, { issuer, bases }: RequesterRules, configured?: string): Organization | undefined {
  const places = issuer.claims.organization === undefined ? ORGANIZATION_PLACES : [issuer.claims.organization];
  const claim = places.map((place) => claimAt(claims, place)).find((found) => found !== undefined) ?? configured;
  if (claim === undefined) return undefined;
  const organization = organizationOf(claim, bases);
  if (organization === undefined) throw incomplete('organization');
  return organization;
}

/** Identifiers of the person: NPI (IHE IUA), `subject_id` (UDAP B2B), each also under the NPI's other system name. */
export function readIdentifiers(claims: Claims): readonly Identifier[] {
  const npi = claimAt(claims, 'extensions.ihe_iua.national_provider_identifier');
  const subject = claimAt(claims, 'extensions.hl7-b2b.subject_id');
  const found: Identifier[] = typeof npi === 'string' && npi !== '' ? [{ system: NPI, value: npi }] : [];
  const [, system, value] = typeof subject === 'string' ? (/^((?:urn|https?):[^\s#|]+)[#|](\S+)$/.exec(subject) ?? []) : [];
  if (system !== undefined && value !== undefined) found.push({ system, value }, ...(system === NPI_OID ? [{ system: NPI, value }] : []));
  return found;
}
