/** Who took part in a logged event (AuditEvent.agent, .source) per IHE BALP 1.1: the application, the gateway, the requester. */
import { ACT_REASON, PARTICIPATION_TYPE } from '../fhir/codes.ts';
import { parseReference } from '../fhir/reference.ts';
import type { Coding, Reference } from '../fhir/resource.ts';
import { ROLE_SYSTEM, USER_AGENT } from './audit-event-codes.ts';
import type { Element, LoggedRecord, Observer } from './logged-record.ts';

export function clientAgent({ requester, address }: LoggedRecord, type: Coding): Element {
  const who = requester === undefined ? { display: 'unknown' } : identified(requester.issuer, requester.clientId ?? requester.id);
  return { type: { coding: [type] }, who, requestor: false, ...(address === undefined ? {} : { network: { address, type: '2' } }) };
}

export function serverAgent(observer: Observer, type: Coding): Element {
  return { type: { coding: [type] }, who: observerReference(observer), requestor: false, network: { address: observer.url, type: '5' } };
}

export function userAgent({ requester, purpose }: LoggedRecord, participation: string): Element | undefined {
  if (requester === undefined) return undefined;
  const { id, issuer, fhirUser, tokenId, roles } = requester;
  const token = tokenId === undefined ? [] : [{ system: USER_AGENT, code: 'UserOauthAgent' }];
  return {
    type: { coding: [{ system: PARTICIPATION_TYPE, code: participation }, ...token] },
    ...(roles.length === 0 ? {} : { role: roles.map((code) => ({ coding: [{ system: ROLE_SYSTEM, code }] })) }),
    who: { ...(fhirUser === undefined ? {} : { reference: fhirUser }), ...identified(issuer, id) },
    requestor: true,
    ...(tokenId === undefined ? {} : { policy: [tokenUri(tokenId)] }),
    ...(purpose === undefined ? {} : { purposeOfUse: [{ coding: [{ system: ACT_REASON, code: purpose }] }] }),
  };
}

function identified(system: string, value: string): Reference {
  return { identifier: { system, value } };
}

export function organizationReference(organization: string): Reference {
  return parseReference(organization) === undefined ? { identifier: { value: organization } } : { reference: organization };
}

export function observerReference({ name, url }: Observer): Reference {
  return { identifier: { system: 'urn:ietf:rfc:3986', value: url }, display: name };
}

export function source(observer: Observer, code: string, display: string): Element {
  const type = { system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code, display };
  return { site: observer.url, observer: observerReference(observer), type: [type] };
}

/** Of the token only its id (BALP, minimal form). */
export function tokenUri(tokenId: string): string {
  return `urn:ietf:params:oauth:jti:${encodeURIComponent(tokenId.toWellFormed())}`;
}
