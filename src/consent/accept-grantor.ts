/**
 * Who may give a Consent: the patient, or a personal representative whose authority is on file as a RelatedPerson
 * (45 CFR 164.502(g); law/authorization-elements.json AE-07). Nobody else, whatever the Consent itself says
 * (threats.md 33).
 */
import { ROLE_CODE } from '../fhir/codes.ts';
import { localReference } from '../fhir/reference.ts';
import type { Coding, Identifier, Resource } from '../fhir/resource.ts';
import { intervalOf, isWithin } from './interval-of.ts';
import { sharesIdentifier } from './match-party.ts';
import type { NormalizedConsent, Party } from './normalized-consent.ts';
import type { ConsentRecord } from './vote.ts';

const AUTHORITY: ReadonlySet<string> = new Set(['HPOWATT', 'POWATT', 'DPOWATT', 'SPOWATT', 'GUARD', 'GUADLTM', 'RESPRSN', 'EXCEST']);
/** Parents decide for minors only. */
const PARENT: ReadonlySet<string> = new Set(['PRN', 'FTH', 'MTH', 'NPRN', 'NFTH', 'NMTH', 'NFTHF', 'ADOPTP', 'ADOPTF', 'ADOPTM']);
const ADULT_YEARS = 18;

export type GrantorAnswer =
  | { readonly accepted: true; readonly by: 'patient' | 'representative' | 'nobody'; readonly party?: Party }
  | { readonly accepted: false };

/**
 * @param at milliseconds since 1970, when the authority must hold
 * @returns `by: 'nobody'` where the Consent names no grantor: good enough for a directive that the custodian holds as
 * active, never for an authorization
 */
export function acceptGrantor(consent: NormalizedConsent, record: ConsentRecord, at: number): GrantorAnswer {
  if (consent.grantors.length === 0) return { accepted: true, by: 'nobody' };
  const patient = consent.grantors.find((party) => isSubject(party, record));
  if (patient !== undefined) return { accepted: true, by: 'patient', party: patient };
  const representative = consent.grantors.find((party) => isRepresentative(party, record, at));
  return representative === undefined ? { accepted: false } : { accepted: true, by: 'representative', party: representative };
}

const identifiersOf = (resource: Resource | undefined): readonly Identifier[] =>
  Array.isArray(resource?.identifier) ? resource.identifier : [];

/** Whether a party is the subject of the record, by reference or by an identifier of the Patient on file. */
export function isSubject(party: Party, record: ConsentRecord): boolean {
  if (party.reference === record.subject) return true;
  if (party.reference !== undefined || party.identifier === undefined) return false;
  return sharesIdentifier([party.identifier], identifiersOf(record.references.get(record.subject)), 'permit');
}

function isRepresentative(party: Party, record: ConsentRecord, at: number): boolean {
  if (party.reference === undefined) return false; // what the Consent itself contains is not on file
  const named = record.references.get(party.reference);
  if (named?.resourceType === 'RelatedPerson') return hasAuthority(named, record, at);
  if (named?.resourceType !== 'Patient') return false;
  // The representative's own patient record counts where it is linked to the RelatedPerson that holds the authority.
  const links = [named.link].flat().map((link) => link?.other?.reference);
  return links.some((link) => {
    const person = typeof link === 'string' ? record.references.get(localReference(link, record.base ?? '') ?? link) : undefined;
    return person?.resourceType === 'RelatedPerson' && hasAuthority(person, record, at);
  });
}

/** An active RelatedPerson of this patient, within its period, in a role that may decide for the patient. */
export function hasAuthority(person: Resource, record: ConsentRecord, at: number): boolean {
  const patient = person.patient?.reference;
  if (typeof patient !== 'string' || localReference(patient, record.base ?? '') !== record.subject) return false;
  if (person.active === false || !isWithin(person.period, at)) return false;
  const codes = ([person.relationship].flat().flatMap((concept) => concept?.coding ?? []) as Coding[])
    .filter((coding) => coding?.system === ROLE_CODE)
    .map((coding) => coding.code ?? '');
  return codes.some((code) => AUTHORITY.has(code)) || (codes.some((code) => PARENT.has(code)) && !isAdult(record, at));
}

/** Whether the patient is known to be of age; an age that is not on file leaves a parent's authority standing. */
function isAdult(record: ConsentRecord, at: number): boolean {
  const born = intervalOf(record.references.get(record.subject)?.birthDate);
  if (born === undefined) return false;
  const birthday = new Date(born.to);
  birthday.setUTCFullYear(birthday.getUTCFullYear() + ADULT_YEARS);
  return birthday.getTime() <= at;
}
