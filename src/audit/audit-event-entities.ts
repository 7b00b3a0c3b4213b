/** What a logged event was about (AuditEvent.entity) per IHE BALP 1.1: patient, resources with their decisions, query, request. */
import { ACT_CODE, CONSENT_POLICY } from '../fhir/codes.ts';
import { RESOURCE_TYPES } from '../fhir/definitions.ts';
import { parseReference } from '../fhir/reference.ts';
import type { Coding } from '../fhir/resource.ts';
import { tokenUri } from './audit-event-agents.ts';
import { ENTITY_ROLE, ENTITY_TYPE, EXTENSION, REQUEST_ID_TYPE, RESOURCE_TYPE, USER_AGENT } from './audit-event-codes.ts';
import type { Element, LoggedRecord } from './logged-record.ts';

export function patientEntity(subject: string): Element {
  return {
    what: { reference: subject },
    type: { system: ENTITY_TYPE, code: '1', display: 'Person' },
    role: { system: ENTITY_ROLE, code: '1', display: 'Patient' },
  };
}

/** What a read or a write was about: the first decision's resource, else the resource that was asked for. */
export function dataEntity(record: LoggedRecord): Element | undefined {
  const [decision] = record.decisions;
  const reference = decision?.reference ?? record.target.split('?')[0] ?? '';
  if (decision === undefined && parseReference(reference) === undefined) return undefined;
  return {
    ...(decision === undefined ? what(reference) : resourceEntity(decision)),
    type: { system: ENTITY_TYPE, code: '2', display: 'System Object' },
  };
}

/**
 * What the staff ruled or read, which is no FHIR resource: `policies/clinic/versions/2`. By its role their acts are told from
 * requests for records, those that were refused too.
 */
export function adminEntity({ door, target }: LoggedRecord): Element | undefined {
  if (door !== 'admin') return undefined;
  return {
    name: target,
    type: { system: ENTITY_TYPE, code: '2', display: 'System Object' },
    role: { system: ENTITY_ROLE, code: '13', display: 'Security Resource' },
  };
}

/** What is to be created has a type and no name yet. */
function what(reference: string): Element {
  const named = RESOURCE_TYPES.has(reference) ? { type: reference } : { reference };
  return { what: named, role: { system: ENTITY_ROLE, code: '4', display: 'Domain Resource' } };
}

export function queryEntity({ target }: LoggedRecord): Element {
  return {
    type: { system: ENTITY_TYPE, code: '2', display: 'System Object' },
    role: { system: ENTITY_ROLE, code: '24', display: 'Query' },
    query: base64(target),
  };
}

/** A resource that was decided about; its type is not BALP's `2`, which stands for what was asked. */
export function resourceEntity(decision: LoggedRecord['decisions'][number]): Element {
  const { reference, versionId, effect, labels, basis, subject, contextId } = decision;
  const extension = [
    { url: 'effect', valueCode: effect },
    ...(versionId === undefined ? [] : [{ url: 'version', valueString: versionId }]),
    ...(subject === undefined ? [] : [{ url: 'subject', valueString: subject }]),
    ...basis.map((row) => ({
      url: 'basis',
      extension: [
        { url: 'kind', valueCode: row.kind },
        { url: 'id', valueString: row.id },
        ...(row.citation === undefined ? [] : [{ url: 'citation', valueString: row.citation }]),
        { url: 'effect', valueCode: row.effect },
      ],
    })),
    ...(contextId === undefined ? [] : [{ url: 'context', valueString: contextId }]),
  ];
  return {
    extension: [{ url: `${EXTENSION}decision`, extension }],
    ...what(reference),
    type: { system: RESOURCE_TYPE, code: parseReference(reference)?.type ?? (RESOURCE_TYPES.has(reference) ? reference : 'Resource') },
    ...(labels.length === 0 ? {} : { securityLabel: labels.map(labelCoding) }),
  };
}

const LAW_LABELS: ReadonlySet<string> = new Set(['42CFRPart2', 'HIPAAPsyNotes', 'HIPAAAuthCD']);

function labelCoding(code: string): Coding {
  return { system: LAW_LABELS.has(code) ? CONSENT_POLICY : ACT_CODE, code };
}

export function requestEntity({ requestId }: LoggedRecord): Element {
  return { what: { identifier: { value: requestId } }, type: { system: REQUEST_ID_TYPE, code: 'XrequestId' } };
}

export function tokenEntity({ requester }: LoggedRecord): Element | undefined {
  if (requester?.tokenId === undefined) return undefined;
  return { what: { identifier: { value: tokenUri(requester.tokenId) } }, type: { system: USER_AGENT, code: 'UserOauthAgent' } };
}

/** Base64 of UTF-8, by hand: this folder knows no runtime. */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
