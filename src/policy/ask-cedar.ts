/**
 * Asks Cedar one question about one policy set. Cedar keeps parsed sets under names, and every new name costs 130 KB for
 * good, so a few names are shared: the set asked least recently gives its name up and is parsed again when next asked.
 */
import { type Entities, type EntityUid, preparsePolicySet, preparseSchema, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { PrivityError } from '../errors.ts';
import type { PolicySet, PolicyStatement } from './policy-set.ts';
import type { PolicyQuestion } from './question.ts';

export interface SetAnswer {
  readonly permitted: boolean;
  /** The policies that decided: satisfied permits, or satisfied forbids; empty where nothing permitted. */
  readonly reasons: readonly PolicyStatement[];
  /** Policies that erred: Cedar skips them, a forbid too, so the answer must not be used. */
  readonly errors: readonly string[];
  /** Their ids. */
  readonly failed: readonly string[];
}

const SLOTS = 48;
const SCHEMA = 'privity';
const NO_ENTITIES: Entities = [];

/** Sets that Cedar holds now, least recently asked first. */
const held = new Map<PolicySet, string>();
let heldSchema: string | undefined;

/**
 * @param schema text of the Cedar schema: a question outside it (an unknown purpose, say) is an error, never a no
 */
export function askCedar(set: PolicySet, schema: string, question: PolicyQuestion): SetAnswer {
  hold(schema);
  const answer = statefulIsAuthorized({
    principal: { type: 'Recipient', id: question.recipient },
    action: { type: 'Action', id: question.action },
    resource: { type: 'Category', id: question.category },
    context: contextOf(question.context),
    preparsedSchemaName: SCHEMA,
    validateRequest: true,
    preparsedPolicySetId: slotOf(set),
    entities: NO_ENTITIES,
  });
  if (answer.type === 'failure') return denied(answer.errors.map((error) => `${set.name}: ${error.message}`));
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) {
    return denied(
      diagnostics.errors.map(({ policyId, error }) => `${set.name}/${policyId}: ${error.message}`),
      diagnostics.errors.map(({ policyId }) => policyId),
    );
  }
  const reasons = new Set(diagnostics.reason);
  return {
    permitted: decision === 'allow',
    reasons: set.statements.filter((statement) => reasons.has(statement.id)),
    errors: [],
    failed: [],
  };
}

function denied(errors: readonly string[], failed: readonly string[] = []): SetAnswer {
  return { permitted: false, reasons: [], errors, failed };
}

function hold(schema: string): void {
  if (schema === heldSchema) return;
  const answer = preparseSchema(SCHEMA, schema);
  if (answer.type === 'failure') throw new PrivityError('policy-invalid', 'the policy schema can not be read');
  heldSchema = schema;
}

function slotOf(set: PolicySet): string {
  const slot = held.get(set);
  if (slot !== undefined) {
    held.delete(set);
    held.set(set, slot);
    return slot;
  }
  const [oldest] = held;
  const free = held.size < SLOTS || oldest === undefined ? `privity-${held.size}` : oldest[1];
  const staticPolicies = Object.fromEntries(set.statements.map(({ id, text }) => [id, text]));
  const answer = preparsePolicySet(free, { staticPolicies });
  if (answer.type === 'failure') throw new PrivityError('policy-invalid', `policy set ${set.name}`);
  if (held.size >= SLOTS && oldest !== undefined) held.delete(oldest[0]);
  held.set(set, free);
  return free;
}

function contextOf(context: PolicyQuestion['context']) {
  return {
    purpose: entity('Purpose', context.purpose),
    purposeAncestors: context.purposeAncestors.filter(isPurpose).map((id) => entity('Purpose', id)),
    roles: context.roles.map((id) => entity('Role', id)),
    organization: context.organization,
    labels: [...context.labels],
    resourceType: entity('ResourceType', context.resourceType),
    authorizations: context.authorizations.map((id) => entity('AuthorizationType', id)),
    attestations: context.attestations.map((id) => entity('Attestation', id)),
    facts: context.facts.map((id) => entity('Fact', id)),
    consent: entity('Vote', context.consent),
    hour: context.hour,
    weekday: context.weekday,
  };
}

/** PurposeOfUse and what HL7 groups it under are headings, not purposes. */
function isPurpose(code: string): boolean {
  return code !== 'PurposeOfUse' && !code.startsWith('_');
}

function entity(type: string, id: string): { __entity: EntityUid & { type: string; id: string } } {
  return { __entity: { type, id } };
}
