/** Turns request plans into requests against a world, one after another, and keeps what came back in a comparable form. */
import type { Resource } from '../../src/fhir/resource.ts';
import { type Answered, type Asked, GATEWAY, type InProcess } from '../support/in-process.ts';
import type { Claims, RequestPlan } from './requests.ts';

export interface Exchange {
  readonly shape: string;
  readonly asked: Asked;
  readonly status: number;
  /** Everything that leaves but Date, request id and the bytes of page tokens. */
  readonly comparable: string;
  readonly text: string;
}

/** Next links followed after an answer. */
const FOLLOWED = 2;
const IGNORED = new Set(['date', 'x-request-id', 'connection', 'keep-alive', 'content-length']);
const QUIET = [
  '/fhir//Patient',
  '/fhir/Patient/../Patient',
  '/fhir/%2e%2e/Patient',
  '/fhir/Patient?_count=%',
  '/fhir/Nonsense',
  '/fhir/Patient/p1/$graphql',
  '/fhir/$graphql',
  '/fhir/Subscription',
];

/** @param names every id of either world, in one order for both */
export async function runRequests(
  gateway: InProcess,
  requester: { readonly claims: Claims; readonly headers?: Record<string, string> },
  plans: readonly RequestPlan[],
  names: readonly string[],
  bodies: ReadonlyMap<string, Resource>,
): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  let links: string[] = [];
  const send = async (shape: string, asked: Asked): Promise<readonly string[]> => {
    const answered = await gateway.ask(requester.claims, { ...asked, headers: { ...requester.headers, ...asked.headers } });
    exchanges.push({ shape, asked, status: answered.status, comparable: comparable(answered), text: answered.text });
    return linksOf(answered);
  };
  for (const plan of plans) {
    const asked = askedOf(plan, names, bodies, links);
    if (asked === undefined) continue;
    let next = await send(plan.shape, asked);
    links = [...next, ...links].slice(0, 5);
    // Pages are followed at once; and again later by a plan of shape `next`, when something may have been written.
    for (let page = 0; page < FOLLOWED && next[0] !== undefined; page += 1)
      next = await send('next', { url: next[0].replace(GATEWAY, '/fhir') });
  }
  return exchanges;
}

function comparable({ status, headers, text }: Answered): string {
  const kept = Object.entries(headers)
    .filter(([name]) => !IGNORED.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([status, kept, text.replaceAll(/_page=[\w.-]+/g, (token) => `_page=<${token.length}>`)]);
}

function linksOf({ text }: Answered): string[] {
  return [...text.matchAll(/"relation":"next","url":"([^"]+)"/g)].map((match) => match[1] ?? '');
}

function query(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

function askedOf(
  plan: RequestPlan,
  names: readonly string[],
  bodies: ReadonlyMap<string, Resource>,
  links: readonly string[],
): Asked | undefined {
  const { shape, kind, pick, parameters, choice } = plan;
  const name = pick % 9 === 0 ? `${kind}/absent` : (names[pick % names.length] ?? `${kind}/absent`);
  const [type = kind] = name.split('/');
  const search = parameters.length === 0 ? '' : `?${query(parameters)}`;
  const fhir = { 'content-type': 'application/fhir+json' };
  // Mostly what the requester can see, so that writes get as far as they can; often pointing at something that may be withheld.
  const seen = [...bodies.keys()].filter((row) => row.includes('-')).sort();
  const written = choice % 5 === 0 || seen.length === 0 ? name : (seen[pick % seen.length] ?? name);
  const [writtenType = type] = written.split('/');
  const pointer = names[choice % names.length] ?? name;
  const body = bodies.get(written) ?? { resourceType: writtenType, id: written.split('/')[1] ?? 'absent' };
  const copy = {
    ...body,
    ...(choice % 3 === 0 ? { language: 'en' } : {}),
    ...(choice % 4 === 1 ? { extension: [{ url: 'http://example.org/see', valueReference: { reference: pointer } }] } : {}),
  } as Resource;
  const fresh = { ...copy, id: undefined, meta: undefined } as unknown as Resource;
  switch (shape) {
    case 'read':
      return { url: `/fhir/${name}` };
    case 'vread':
      return { url: `/fhir/${name}/_history/${1 + (choice % 3)}` };
    case 'history':
      return { url: `/fhir/${name}/_history` };
    case 'head':
      return { method: 'HEAD', url: choice % 2 === 0 ? `/fhir/${name}` : `/fhir/${kind}${search}` };
    case 'conditional-read':
      return { url: `/fhir/${name}`, headers: { 'if-none-match': `W/"${1 + (choice % 2)}"` } };
    case 'binary':
    case 'binary-raw': {
      const binaries = names.filter((row) => row.startsWith('Binary/'));
      const binary = binaries[pick % Math.max(binaries.length, 1)] ?? 'Binary/absent';
      return { url: `/fhir/${binary}`, ...(shape === 'binary-raw' ? { headers: { accept: 'text/plain' } } : {}) };
    }
    case 'search':
      return { url: `/fhir/${kind}${search}` };
    case 'search-post':
      return {
        method: 'POST',
        url: `/fhir/${kind}/_search`,
        body: query(parameters),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      };
    case 'compartment':
      return { url: `/fhir/Patient/${choice % 5 === 0 ? 'absent' : `p${1 + (choice % 2)}`}/${kind}${search}` };
    case 'everything':
      return { url: `/fhir/Patient/p${1 + (choice % 2)}/$everything` };
    case 'next':
      return links[choice % Math.max(links.length, 1)] === undefined
        ? undefined
        : { url: links[choice % links.length]?.replace(GATEWAY, '/fhir') ?? '' };
    case 'system-search':
      return { url: `/fhir?${query([['_type', `${kind},Patient`], ...parameters.slice(0, 1)])}` };
    case 'type-history':
      return { url: `/fhir/${kind}/_history` };
    case 'system-history':
      return { url: '/fhir/_history' };
    case 'operation': {
      const operations = [
        'Observation/$lastn?patient=p1',
        'DocumentReference/$docref?patient=p1',
        `${name}/$meta`,
        'Patient/p1/$summary',
        `${kind}/$validate`,
        'Patient/$everything',
        `${name}/$nonsense`,
        'Observation/$stats',
      ];
      return { url: `/fhir/${operations[choice % operations.length]}` };
    }
    case 'create':
      return { method: 'POST', url: `/fhir/${writtenType}`, body: JSON.stringify(fresh), headers: fhir };
    case 'update':
      return {
        method: 'PUT',
        url: `/fhir/${written}`,
        body: JSON.stringify(copy),
        headers: { ...fhir, ...(choice % 4 === 0 ? { 'if-match': 'W/"1"' } : {}) },
      };
    case 'patch':
      return {
        method: 'PATCH',
        url: `/fhir/${written}`,
        body: JSON.stringify([{ op: 'add', path: '/language', value: 'en' }]),
        headers: { 'content-type': 'application/json-patch+json' },
      };
    case 'delete':
      return { method: 'DELETE', url: `/fhir/${written}` };
    case 'conditional-create':
      return {
        method: 'POST',
        url: `/fhir/${writtenType}`,
        body: JSON.stringify(fresh),
        headers: { ...fhir, 'if-none-exist': query(parameters.slice(0, 1)) || 'identifier=x' },
      };
    case 'conditional-update':
      return { method: 'PUT', url: `/fhir/${writtenType}${search || '?identifier=x'}`, body: JSON.stringify(fresh), headers: fhir };
    case 'conditional-delete':
      return { method: 'DELETE', url: `/fhir/${writtenType}${search || '?identifier=x'}` };
    case 'batch':
    case 'transaction': {
      const entry = [
        { request: { method: 'GET', url: name } },
        { request: { method: 'GET', url: `${kind}${search}` } },
        { resource: copy, request: { method: 'PUT', url: written } },
      ].slice(0, 1 + (choice % 3));
      return { method: 'POST', url: '/fhir', body: JSON.stringify({ resourceType: 'Bundle', type: shape, entry }), headers: fhir };
    }
    default:
      return { url: QUIET[choice % QUIET.length] ?? '/fhir' };
  }
}
