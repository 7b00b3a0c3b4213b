/**
 * $validate (FHIR R4 operation-resource-validate) of a resource that comes with the request, by the base definitions. It
 * reads nothing, keeps nothing, and asks nobody.
 */
import { PrivityError } from '../../errors.ts';
import type { Operation } from '../../fhir/interaction.ts';
import { pathText, type Resource } from '../../fhir/resource.ts';
import { type ValidationIssue, validateResource } from '../../fhir/validate-resource.ts';
import type { Answer } from '../answer.ts';
import { askedOf } from '../search-page-link.ts';
import { readOperationInput } from './read-operation-input.ts';

const NAMES = ['resource', 'mode'];
const MODES = ['create', 'update'];
/** Issues in one answer. */
const MAX_ISSUES = 200;

const CODES: Readonly<Record<ValidationIssue['kind'], string>> = {
  unknown: 'structure',
  cardinality: 'required',
  type: 'value',
  choice: 'structure',
  empty: 'structure',
  invariant: 'invariant',
  depth: 'too-long',
};

export async function answerValidate(operation: Operation): Promise<Answer> {
  const { type, id } = operation;
  const resource = resourceOf(operation);
  if (resource.resourceType !== type) throw new PrivityError('invalid-body', 'resourceType is not that of the URL');
  if (id !== undefined && resource.id !== id) throw new PrivityError('invalid-body', 'id of the resource and of the URL differ');
  const issues = validateResource(resource).slice(0, MAX_ISSUES);
  const issue = issues.map(({ kind, what, path }) => ({
    severity: 'error',
    code: CODES[kind],
    details: { text: `${kind}: ${what}` },
    expression: [pathText(resource.resourceType, path)],
  }));
  const sound = { severity: 'information', code: 'informational', details: { text: 'Valid by the base R4 definition.' } };
  return { status: 200, headers: {}, resource: { resourceType: 'OperationOutcome', issue: issue.length === 0 ? [sound] : issue } };
}

/** The body itself, or the `resource` of Parameters. */
function resourceOf(operation: Operation): Resource {
  const { body, type, parameters } = operation;
  if (body === undefined) throw new PrivityError('invalid-body', '$validate needs the resource');
  const direct = body.resourceType !== 'Parameters' || type === 'Parameters';
  const { body: _, ...urlOnly } = operation;
  const input = readOperationInput(direct ? urlOnly : operation, (name) => NAMES.includes(name), `${NAMES.join(', ')}; no profile`);
  const modes = input.pairs.filter(([name]) => name === 'mode');
  if (modes.some(([, mode]) => !MODES.includes(mode))) throw new PrivityError('not-supported', '$validate: mode');
  if (askedOf(parameters).some(([name]) => name === 'resource')) throw new PrivityError('invalid-parameter', 'resource');
  const resource = direct ? body : input.resources.get('resource');
  if (resource === undefined) throw new PrivityError('invalid-body', 'resource');
  return resource;
}
