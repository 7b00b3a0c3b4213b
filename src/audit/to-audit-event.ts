/**
 * A record of the log as FHIR AuditEvents (R4, IHE BALP 1.1): the interaction, once for each patient in it, for each patient
 * whose consents had a say the authorization decision, and the disclosure where something of the patient went outside. References, codes and counts: a query by the names of
 * its parameters, never a value; of the token its `jti`. An event claims a BALP profile only where it fulfils it.
 */
import { ACT_REASON } from '../fhir/codes.ts';
import type { Coding, Resource } from '../fhir/resource.ts';
import { clientAgent, observerReference, organizationReference, serverAgent, source, userAgent } from './audit-event-agents.ts';
import { AUDIT_TYPE, AUTHORIZATION_SUBTYPE, DCM, EXTENSION, PROFILE, RESOURCE_TYPE, shapeOf, subtypesOf } from './audit-event-codes.ts';
import { adminEntity, dataEntity, patientEntity, queryEntity, requestEntity, resourceEntity, tokenEntity } from './audit-event-entities.ts';
import { disclosureEvent } from './disclosure-event.ts';
import { isAboutNobody } from './is-about-nobody.ts';
import type { Element, LoggedRecord, Observer } from './logged-record.ts';

/** @returns one event for each subject of the record (one where it has none), each followed by its authorization decision and disclosure */
export function toAuditEvents(record: LoggedRecord, observer: Observer): readonly Resource[] {
  const subjects = record.subjects.length === 0 ? [undefined] : record.subjects;
  return subjects.flatMap((subject, index) => {
    const id = index === 0 ? record.id : `${record.id}.${index}`;
    const decisions = record.decisions.filter((row) => row.subject === subject || (index === 0 && !isOneOf(row.subject, record.subjects)));
    const event = { ...interactionEvent({ ...record, decisions }, observer, subject), id };
    const authorization = authorizationEvent({ ...record, decisions }, observer, subject);
    const disclosure = disclosureEvent({ ...record, decisions }, observer, subject);
    return [
      event,
      ...(authorization === undefined ? [] : [{ ...authorization, id: `${id}.authz` }]),
      ...(disclosure === undefined ? [] : [{ ...disclosure, ...purposeOfEvent(record), id: `${id}.disclosed` }]),
    ];
  });
}

function isOneOf(subject: string | undefined, subjects: readonly string[]): boolean {
  return subject !== undefined && subjects.includes(subject);
}

function interactionEvent(record: LoggedRecord, observer: Observer, subject: string | undefined): Resource {
  const shape = shapeOf(record.interaction);
  const { type, subtype } = kindOf(record);
  const agents = [clientAgent(record, shape.client), serverAgent(observer, shape.server), userAgent(record, shape.user)];
  const patient = subject?.startsWith('Patient/') ? patientEntity(subject) : undefined;
  const asked = adminEntity(record) ?? (shape.asks === 'query' ? queryEntity(record) : dataEntity(record));
  const others = shape.asks === 'query' ? record.decisions : record.decisions.slice(1);
  const fulfils = record.door === 'rest' && record.outcome === '0' && record.address !== undefined && asked !== undefined;
  const profiles = [
    ...(fulfils && shape.profile !== undefined ? [`${PROFILE}${patient === undefined ? '' : 'Patient'}${shape.profile}`] : []),
    ...(record.requester?.tokenId === undefined ? [] : [`${PROFILE}OAUTHaccessTokenUse.Minimal`]),
  ];
  return {
    resourceType: 'AuditEvent',
    ...(profiles.length === 0 ? {} : { meta: { profile: profiles } }),
    ...eventExtensions(record),
    type,
    subtype,
    action: shape.profile === undefined ? record.action : shape.action,
    recorded: record.recordedAt,
    outcome: record.outcome,
    ...(record.reason === undefined ? {} : { outcomeDesc: record.reason }),
    ...purposeOfEvent(record),
    agent: agents.filter((agent) => agent !== undefined),
    source: source(observer, '4', 'Application Server'),
    entity: [asked, patient, ...others.map(resourceEntity), requestEntity(record)].filter((entity) => entity !== undefined),
  };
}

/** Reading the log is itself an event of DICOM's; so is a change of what decides. */
function kindOf({ door, action, interaction }: LoggedRecord): { type: Coding; subtype: readonly Coding[] } {
  const subtype = subtypesOf(interaction);
  if (door === 'audit') return { type: { system: DCM, code: '110101', display: 'Audit Log Used' }, subtype };
  if (door === 'authentication') {
    return {
      type: { system: DCM, code: '110114', display: 'User Authentication' },
      subtype: [
        interaction === 'sign-out' ? { system: DCM, code: '110123', display: 'Logout' } : { system: DCM, code: '110122', display: 'Login' },
      ],
    };
  }
  if (door === 'admin' && action !== 'R' && action !== 'E') {
    const configured = { system: DCM, code: '110131', display: 'Security Configuration' };
    return { type: { system: DCM, code: '110113', display: 'Security Alert' }, subtype: [configured, ...subtype] };
  }
  return { type: { system: AUDIT_TYPE, code: 'rest', display: 'Restful Operation' }, subtype };
}

/** BALP `AuthZconsent`: which consents were consulted for this patient, and what came of it. */
function authorizationEvent(record: LoggedRecord, observer: Observer, subject: string | undefined): Resource | undefined {
  const bases = record.decisions.flatMap(({ basis }) => basis.filter(({ kind }) => kind === 'consent'));
  const consents = [...new Set(bases.map(({ id }) => id))].sort();
  if (consents.length === 0 || !subject?.startsWith('Patient/')) return undefined;
  const permitted = record.decisions.some((row) => row.effect !== 'withhold' && !isAboutNobody(row));
  const { requester, address } = record;
  const organization = requester?.organization;
  const fulfils = organization !== undefined && address !== undefined;
  return {
    resourceType: 'AuditEvent',
    ...(fulfils ? { meta: { profile: [`${PROFILE}AuthZconsent`] } } : {}),
    type: { system: DCM, code: '110113', display: 'Security Alert' },
    subtype: [{ system: AUTHORIZATION_SUBTYPE, code: 'AuthZ-Consent' }],
    action: 'E',
    recorded: record.recordedAt,
    outcome: permitted ? '0' : '8',
    ...(permitted ? {} : { outcomeDesc: 'withheld' }),
    ...purposeOfEvent(record),
    agent: [
      clientAgent(record, { system: DCM, code: '110150', display: 'Application' }),
      userAgent({ ...record, requester: requester && { ...requester, tokenId: undefined } }, 'IRCP'),
      organization && {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass', code: 'PROV' }] },
        who: organizationReference(organization),
        requestor: false,
      },
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/extra-security-role-type', code: 'authserver' }] },
        who: observerReference(observer),
        requestor: false,
      },
    ].filter((agent) => agent !== undefined),
    source: source(observer, '6', 'Security Server'),
    entity: [
      patientEntity(subject),
      ...consents.map((consent) => ({ type: { system: RESOURCE_TYPE, code: 'Consent' }, what: { reference: consent } })),
      tokenEntity(record),
    ].filter((entity) => entity !== undefined),
  };
}

function purposeOfEvent({ purpose }: LoggedRecord): Element {
  return purpose === undefined ? {} : { purposeOfEvent: [{ coding: [{ system: ACT_REASON, code: purpose }] }] };
}

function eventExtensions(record: LoggedRecord): Element {
  const { traceId, recipient, policyVersion, obligations, breakGlassReason, attestations } = record;
  const found = [
    ...(traceId === undefined ? [] : [{ url: `${EXTENSION}trace-id`, valueString: traceId }]),
    ...(recipient === undefined ? [] : [{ url: `${EXTENSION}recipient`, valueCode: recipient }]),
    ...(policyVersion === undefined ? [] : [{ url: `${EXTENSION}policy-version`, valueString: policyVersion }]),
    ...obligations.map((code) => ({ url: `${EXTENSION}obligation`, valueCode: code })),
    ...(breakGlassReason === undefined ? [] : [{ url: `${EXTENSION}break-glass-reason`, valueString: breakGlassReason }]),
    ...attestations.map(({ kind, text }) => ({
      url: `${EXTENSION}attestation`,
      extension: [{ url: 'kind', valueCode: kind }, ...(text === '' ? [] : [{ url: 'text', valueString: text }])],
    })),
  ];
  return found.length === 0 ? {} : { extension: found };
}
