/**
 * Terminology (FHIR R4 section 4.7): $expand, $lookup, $validate-code, $subsumes, $translate. Codes and their meanings are about no
 * patient, so they are asked of the upstream: rebuilt from allow-listed parameters, for users and systems that may read
 * the type, and only where every resource that they name is released.
 */
import { PrivityError } from '../../errors.ts';
import type { Operation } from '../../fhir/interaction.ts';
import { queryText } from '../../fhir/query-pairs.ts';
import type { Resource } from '../../fhir/resource.ts';
import { rewriteStrings } from '../../redact/rewrite-strings.ts';
import { rewriteUrls, toUpstream } from '../../redact/rewrite-urls.ts';
import type { Answer } from '../answer.ts';
import { answerRead } from '../answer-read.ts';
import { decideResources } from '../decide-resources.ts';
import { releaseResources } from '../release-resources.ts';
import { requireScope } from '../scope-gate.ts';
import type { Session } from '../session.ts';
import { type OperationInput, readOperationInput } from './read-operation-input.ts';
import { requireNamedReleased } from './require-named-released.ts';

interface TerminologyOperation {
  readonly names: readonly string[];
  /** Parameters that may hold more than a simple value. */
  readonly complex: readonly string[];
  readonly answers: 'ValueSet' | 'Parameters';
}

const CODE = ['url', 'system', 'code', 'version', 'display', 'date', 'displayLanguage'];

/** By type and name. Not `context`: which value set an element is bound to, only the upstream knows. */
export const TERMINOLOGY: ReadonlyMap<string, TerminologyOperation> = new Map<string, TerminologyOperation>([
  [
    'ValueSet/$expand',
    {
      names: ['url', 'valueSetVersion', 'filter', 'date', 'offset', 'count', 'includeDesignations', 'activeOnly', 'displayLanguage'],
      complex: [],
      answers: 'ValueSet',
    },
  ],
  [
    'CodeSystem/$lookup',
    { names: ['system', 'code', 'version', 'date', 'displayLanguage', 'property'], complex: ['coding'], answers: 'Parameters' },
  ],
  [
    'ValueSet/$validate-code',
    {
      names: [...CODE, 'systemVersion', 'valueSetVersion', 'abstract'],
      complex: ['coding', 'codeableConcept'],
      answers: 'Parameters',
    },
  ],
  ['CodeSystem/$validate-code', { names: [...CODE, 'abstract'], complex: ['coding', 'codeableConcept'], answers: 'Parameters' }],
  ['CodeSystem/$subsumes', { names: ['codeA', 'codeB', 'system', 'version'], complex: ['codingA', 'codingB'], answers: 'Parameters' }],
  [
    'ConceptMap/$translate',
    {
      names: ['url', 'conceptMapVersion', 'code', 'system', 'version', 'source', 'target', 'targetsystem', 'reverse'],
      complex: ['coding', 'codeableConcept'],
      answers: 'Parameters',
    },
  ],
]);

export async function answerTerminology(session: Session, operation: Operation & { readonly type: string }): Promise<Answer> {
  const { type, id, name } = operation;
  const known = TERMINOLOGY.get(`${type}/${name}`);
  if (known === undefined) throw new PrivityError('not-supported', 'operation');
  const scopes = requireScope(session.requester, 'read', type).filter((scope) => scope.level !== 'patient');
  if (scopes.length === 0) throw new PrivityError('scope-insufficient', `${name} needs a user or system scope for ${type}`);
  const input = asUpstreamKnows(session, readInput(operation, known));
  if (id !== undefined) await answerRead(session, type, id, []);
  await requireNamedReleased(session, { type, scopes, input, mustName: id === undefined });
  const given = await ask(session, `${id === undefined ? type : `${type}/${id}`}/${name}`, input, known.answers);
  return { status: 200, headers: {}, resource: await release(session, given) };
}

const COMPLEX: ReadonlySet<string> = new Set(['valueCoding', 'valueCodeableConcept']);

/** A Coding is given as one: in a URL it would be read by nobody but the upstream. */
function readInput(operation: Operation, known: TerminologyOperation): OperationInput {
  const listed = [...known.names, ...known.complex];
  const input = readOperationInput(operation, (each) => listed.includes(each), listed.join(', '));
  const sound =
    input.resources.size === 0 &&
    input.pairs.every(([each]) => known.names.includes(each)) &&
    input.complex.every(([each, element]) => known.complex.includes(each) && COMPLEX.has(element));
  if (!sound) throw new PrivityError('invalid-parameter', `parameters of ${operation.name}: ${listed.join(', ')}`);
  return input;
}

/** URLs of this gateway are the upstream's. */
function asUpstreamKnows({ deps }: Session, { pairs, ...rest }: OperationInput): OperationInput {
  const back = toUpstream({ upstream: deps.upstream.base, publicBase: deps.publicBase });
  return { ...rest, pairs: pairs.map(([name, value]) => [name, back(value)] as const) };
}

async function ask(session: Session, path: string, { pairs, complex }: OperationInput, answers: string): Promise<Resource> {
  const { upstream } = session.deps;
  const query = pairs.length === 0 ? '' : `?${queryText(pairs)}`;
  const parameter = complex.map(([name, element, value]) => ({ name, [element]: value }));
  const answer =
    complex.length === 0
      ? await upstream.get(`${path}${query}`, session.signal)
      : await upstream.write({ method: 'POST', path: `${path}${query}`, resource: { resourceType: 'Parameters', parameter } });
  if (answer.status === 404 || answer.status === 410) throw new PrivityError('not-found');
  if (answer.status === 400 || answer.status === 422) throw new PrivityError('invalid-parameter', 'refused by the record server');
  if (answer.status !== 200 || answer.resource?.resourceType !== answers) throw new PrivityError('upstream-invalid', 'terminology');
  return answer.resource;
}

/** An expansion is a ValueSet, and decided like one; parameters tell of codes alone. */
async function release(session: Session, resource: Resource): Promise<Resource> {
  const { upstream, publicBase } = session.deps;
  if (resource.resourceType === 'ValueSet') {
    const [released] = await releaseResources(session, await decideResources(session, [resource]));
    if (released === undefined) throw new PrivityError('not-found');
    return released;
  }
  const rewritten = rewriteStrings(resource, rewriteUrls({ upstream: upstream.base, publicBase }));
  if (rewritten === undefined) throw new PrivityError('upstream-invalid', 'terminology');
  return rewritten;
}
