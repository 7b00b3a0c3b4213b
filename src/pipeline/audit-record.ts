/** One request as the log keeps it (design.md section 5): who, why, what was decided and on which ground. Ids and codes only. */
import { auditedRequester } from '../audit/audited-requester.ts';
import type { AuditDecision, AuditRecord } from '../audit/record.ts';
import type { LabeledResource } from '../classify/label.ts';
import type { DecidedResource, Decision } from '../decide/decision.ts';
import type { PrivityError } from '../errors.ts';
import type { Interaction, Operation } from '../fhir/interaction.ts';
import { nameOf } from '../fhir/reference.ts';
import { RESULT_PARAMETERS } from '../fhir/search/parse-result-parameter.ts';
import { searchDefinition } from '../fhir/search/search-definition.ts';
import type { FhirRequest } from '../pipeline.ts';
import { isGiven } from './release-resources.ts';
import type { Session } from './session.ts';

/** Of pages, histories and operations: no search defines them. */
const OWN_PARAMETERS = new Set(['_page', '_since', '_until', '_at', '_type', '_outputFormat', '_jobId', 'patient', 'start', 'end']);

/** Operations of FHIR R4 and its bulk access, whether the gateway does them or refuses them by name. */
const OPERATIONS = new Set(
  'everything export export-poll-status export-file export-cancel import meta meta-add meta-delete validate match member-match graph graphql lastn stats document convert expand lookup validate-code subsumes translate closure evaluate find diff transform snapshot process-message populate docref summary'
    .split(' ')
    .map((name) => `$${name}`),
);

export function auditRecord(session: Session, request: FhirRequest, status: number, refused: PrivityError | undefined): AuditRecord {
  const { requester, interaction } = request;
  const recorded = session.recorded.length < 2 ? session.recorded : [...new Set(session.recorded)];
  return {
    id: request.id,
    recordedAt: session.at.iso,
    requestId: request.requestId,
    ...(request.traceId === undefined ? {} : { traceId: request.traceId }),
    door: 'rest',
    interaction: interaction.kind === 'operation' ? knownOperation(interaction) : interaction.kind,
    action: actionOf(interaction),
    outcome: refused === undefined ? '0' : status >= 500 ? '8' : '4',
    status,
    ...(refused === undefined ? {} : { reason: refused.code }),
    requester: auditedRequester(requester),
    ...(recorded[0] === undefined ? {} : { recipient: recorded[0].decision.recipient }),
    purpose: requester.purpose,
    ...(request.address === undefined ? {} : { address: request.address }),
    target: targetOf(interaction),
    ...('type' in interaction ? { resourceType: interaction.type } : {}),
    subjects: [...new Set(recorded.flatMap((row) => row.subjects))].sort(),
    decisions: recorded.flatMap((row) => decisionsOf(row, refused !== undefined)),
    obligations: [...new Set(recorded.flatMap((row) => row.decision.obligations))].sort(),
    ...(requester.breakGlassReason === undefined ? {} : { breakGlassReason: requester.breakGlassReason }),
    attestations: requester.attestations,
    policyVersion: session.policy.version,
  };
}

/** AuditEvent.action: what was asked to happen to the record. */
function actionOf({ kind }: Interaction): AuditRecord['action'] {
  if (kind.startsWith('create')) return 'C';
  if (kind.startsWith('update') || kind.startsWith('patch')) return 'U';
  if (kind.startsWith('delete')) return 'D';
  return kind === 'read' || kind === 'vread' || kind.startsWith('history') ? 'R' : 'E';
}

/** An operation that nobody defined could be named after somebody. */
function knownOperation({ name }: Operation): string {
  return OPERATIONS.has(name) ? name : '$unknown';
}

/** What was asked for, with names of parameters and no values: `Observation?category&date`. */
function targetOf(interaction: Interaction): string {
  const type = 'type' in interaction && interaction.type !== undefined ? interaction.type : '';
  const id = 'id' in interaction && interaction.id !== undefined ? `/${interaction.id}` : '';
  const pairs = 'parameters' in interaction ? interaction.parameters : 'condition' in interaction ? (interaction.condition ?? []) : [];
  const names = pairs.map(([name]) => knownName(type === '' ? 'Resource' : type, name)).join('&');
  const query = names === '' ? '' : `?${names}`;
  switch (interaction.kind) {
    case 'search-compartment':
      return `Patient/${interaction.patient}/${type}${query}`;
    case 'vread':
      return `${type}${id}/_history/${interaction.version}${query}`;
    case 'history-instance':
    case 'history-type':
    case 'history-system':
      return `${type}${id}/_history${query}`;
    case 'operation':
      return `${type}${id}/${knownOperation(interaction)}${query}`;
    case 'batch':
    case 'transaction':
      return interaction.kind;
    default:
      return `${type}${id}${query}`;
  }
}

/** A name that FHIR does not define could itself be somebody's data: it is not kept. */
function knownName(type: string, name: string): string {
  const base = name.split(/[:.]/)[0] ?? '';
  return RESULT_PARAMETERS.has(base) || OWN_PARAMETERS.has(base) || searchDefinition(type, base) !== undefined ? base : 'unknown';
}

/**
 * One row for each patient that the resource is about, so that each one's record of disclosures is whole.
 * @param refused the request as a whole was refused, so that nothing of it was given
 */
function decisionsOf(row: DecidedResource, refused: boolean): readonly AuditDecision[] {
  const { labeled, decision, subjects } = row;
  const { basis, context } = groundsOf(decision);
  const common: AuditDecision = {
    reference: nameOf(labeled.resource),
    versionId: labeled.resource.meta?.versionId,
    subject: subjects[0],
    effect: refused || !isGiven(row) ? 'withhold' : decision.view !== undefined ? 'redact' : decision.effect,
    labels: codesOf(labeled),
    basis,
    context,
    reviews: labeled.reviews.length === 0 ? undefined : labeled.reviews,
  };
  return subjects.length < 2 ? [common] : subjects.map((subject) => ({ ...common, subject }));
}

const NO_CODES: readonly string[] = [];

function codesOf({ labels, segments }: LabeledResource): readonly string[] {
  if (labels.length + segments.length === 0) return NO_CODES;
  const codes = [...new Set([...labels, ...segments.flatMap((segment) => segment.labels)].map((label) => label.code))].sort();
  const key = codes.join(' ');
  const known = combinations.get(key);
  if (known !== undefined) return known;
  if (combinations.size < 1000) combinations.set(key, codes);
  return codes;
}

/** The same few combinations come again and again; as one array they are seen to be the same (store-record.ts). */
const combinations = new Map<string, readonly string[]>();

const grounds = new WeakMap<Decision, Pick<AuditDecision, 'basis' | 'context'>>();

/** A decision is made once for many resources: its grounds are written out once. */
function groundsOf(decision: Decision): Pick<AuditDecision, 'basis' | 'context'> {
  const known = grounds.get(decision);
  if (known !== undefined) return known;
  const { policies, consents } = decision.basis;
  const written: Pick<AuditDecision, 'basis' | 'context'> = {
    basis: [
      ...policies.map(({ policy, citation, effect }) => ({ kind: 'policy' as const, id: policy, citation, effect })),
      ...consents.map(({ consent, says }) => ({ kind: 'consent' as const, id: consent, effect: says })),
    ],
    context: JSON.stringify(decision.asked),
  };
  grounds.set(decision, written);
  return written;
}
