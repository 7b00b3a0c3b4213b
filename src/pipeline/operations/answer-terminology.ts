/**
 * Terminology (FHIR R4 section 4.7): $expand, $lookup, $validate-code, $subsumes, $translate. Codes and their meanings are about no
 * patient, so they are asked of the upstream: rebuilt from allow-listed parameters, for users and systems that may read
 * the type, and about a resource of it only where that one is released.
 */
import { PrivityError } from '../../errors.ts';
import type { Operation } from '../../fhir/interaction.ts';
import { queryText } from '../../fhir/query-pairs.ts';
import type { Resource } from '../../fhir/resource.ts';
import { escapeValue } from '../../fhir/search/split-escaped.ts';
import { rewriteStrings } from '../../redact/rewrite-strings.ts';
import { rewriteUrls, toUpstream } from '../../redact/rewrite-urls.ts';
import type { Answer } from '../answer.ts';
import { answerRead } from '../answer-read.ts';
import { searchReleased } from '../collect-matches.ts';
import { decideResources } from '../decide-resources.ts';
import { releaseResources } from '../release-resources.ts';
import { requireScope } from '../scope-gate.ts';
import { searchPage } from '../search-upstream.ts';
import type { Session } from '../session.ts';
import { type OperationInput, onlyValue, readOperationInput } from './read-operation-input.ts';

interface TerminologyOperation {
  readonly names: readonly string[];
  /** Parameters that may hold more than a simple value. */
  readonly complex: readonly string[];
  readonly answers: 'ValueSet' | 'Parameters';
}

const CODE = ['url', 'system', 'code', 'version', 'display', 'date', 'displayLanguage'];

/** By type and name. */
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
      names: [...CODE, 'systemVersion', 'valueSetVersion', 'abstract', 'context'],
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
  const open = requireScope(session.requester, 'read', type).some((scope) => scope.level !== 'patient');
  if (!open) throw new PrivityError('scope-insufficient', `${name} needs a user or system scope for ${type}`);
  const listed = [...known.names, ...known.complex];
  const input = readOperationInput(operation, (each) => listed.includes(each), listed.join(', '));
  if (input.resources.size > 0 || !input.complex.every(([each]) => known.complex.includes(each)))
    throw new PrivityError('invalid-parameter', `parameters of ${name}: ${listed.join(', ')}`);
  if (id !== undefined) await answerRead(session, type, id, []);
  else await requireNotWithheld(session, type, input);
  const given = await ask(session, `${id === undefined ? type : `${type}/${id}`}/${name}`, input, known.answers);
  return { status: 200, headers: {}, resource: await release(session, given) };
}

/** A value set that is withheld, by a label of its own, is as unknown as one that is not there. */
async function requireNotWithheld(session: Session, type: string, input: OperationInput): Promise<void> {
  const url = onlyValue(input, 'url');
  if (url === undefined) return;
  const pairs = [['url', escapeValue(url)] as const];
  const { bundle } = await searchPage(session.deps.upstream, `${type}?${queryText([...pairs, ['_count', '1']])}`, session.signal);
  if ((bundle.entry ?? []).length === 0) return;
  if ((await searchReleased(session, type, pairs)).length === 0) throw new PrivityError('not-found');
}

async function ask(session: Session, path: string, { pairs, complex }: OperationInput, answers: string): Promise<Resource> {
  const { upstream, publicBase } = session.deps;
  const back = toUpstream({ upstream: upstream.base, publicBase });
  const simple = pairs.map(([name, value]) => [name, back(value)] as const);
  const query = simple.length === 0 ? '' : `?${queryText(simple)}`;
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
