/**
 * A disclosure that left the organization as IHE BALP 1.1 writes it (ITI TF-1 section 52.1, PrivacyDisclosure.Source): source,
 * recipient, patient, and what was given. Not for treatment, nor to the individual or who stands in that place: those are reads.
 */
import type { Resource } from '../fhir/resource.ts';
import { clientAgent, organizationReference, serverAgent, source, userAgent } from './audit-event-agents.ts';
import { DCM, DESTINATION, LIFECYCLE, PROFILE, SOURCE, subtypesOf } from './audit-event-codes.ts';
import { patientEntity, requestEntity, resourceEntity } from './audit-event-entities.ts';
import { isAboutNobody } from './is-about-nobody.ts';
import type { LoggedRecord, Observer } from './logged-record.ts';

/** Recipient classes of the law that are outside. */
export const OUTSIDE = [
  'hhs',
  'court',
  'law-enforcement',
  'coroner-medical-examiner',
  'health-oversight',
  'public-health',
  'family-friend',
  'payer',
  'other-covered-entity',
  'business-associate',
  'researcher',
  'third-party',
] as const;

const outside: ReadonlySet<string> = new Set(OUTSIDE);

/**
 * @param record with the decisions about this subject alone
 * @returns without id; `undefined` where nothing of the subject went outside
 */
export function disclosureEvent(record: LoggedRecord, observer: Observer, subject: string | undefined): Resource | undefined {
  const { door, outcome, action, recipient = '', requester, address } = record;
  const given = record.decisions.filter((row) => row.effect !== 'withhold' && !isAboutNobody(row));
  const reads = action === 'R' || action === 'E';
  if (door !== 'rest' || outcome !== '0' || !reads || !outside.has(recipient) || given.length === 0) return undefined;
  if (!subject?.startsWith('Patient/')) return undefined;
  const { organization } = requester ?? {};
  const client = clientAgent(record, DESTINATION);
  const agents = [
    serverAgent(observer, SOURCE),
    organization === undefined ? client : { ...client, who: organizationReference(organization) },
    userAgent(record, 'IRCP'),
  ];
  return {
    resourceType: 'AuditEvent',
    // BALP wants to know where the recipient is.
    ...(address === undefined ? {} : { meta: { profile: [`${PROFILE}PrivacyDisclosure.Source`] } }),
    type: { system: DCM, code: '110106', display: 'Export' },
    subtype: [{ system: LIFECYCLE, code: 'disclose', display: 'Disclose Record Lifecycle Event' }, ...subtypesOf(record.interaction)],
    action: 'R',
    recorded: record.recordedAt,
    outcome: '0',
    agent: agents.filter((agent) => agent !== undefined),
    source: source(observer, '4', 'Application Server'),
    entity: [patientEntity(subject), ...given.map(resourceEntity), requestEntity(record)],
  };
}
