/** What no client should send, and what each gets: a status and a reason code of section 6, never a stack, never its own words back. */
import type { RawRequest } from './raw-request.ts';

export interface BadCase extends RawRequest {
  readonly name: string;
  readonly status: number;
  /** Absent where HTTP itself breaks off before the gateway can say more. */
  readonly reason?: string;
}

/** Planted wherever a caller's own words could come back. */
export const SECRET = 'Zaphod-Beeblebrox';

const get = (path: string, status: number, reason: string, name = path): BadCase => ({ name, path, status, reason });

export const urls: readonly BadCase[] = [
  get('/fhir/../admin', 400, 'invalid-url', 'dots that lead out of the API'),
  get('/fhir/public/../Patient/maria', 400, 'invalid-url', 'dots inside'),
  get('/fhir/Patient/..', 400, 'invalid-url', 'dots at the end'),
  get('/fhir/./Patient/maria', 400, 'invalid-url', 'a single dot'),
  get('/fhir/%2e%2e/Patient', 400, 'invalid-url', 'escaped dots'),
  get('/fhir/Patient%2fmaria', 400, 'invalid-url', 'an escaped slash'),
  get('/fhir/Patient%2Fmaria%2F_history', 400, 'invalid-url', 'escaped slashes'),
  get('/fhir/%50atient/maria', 400, 'invalid-url', 'an escaped letter: there is one way to write a path'),
  get('/fhir//Patient/maria', 400, 'invalid-url', 'an empty step'),
  get('/fhir/Patient//maria', 400, 'invalid-url', 'an empty step inside'),
  get('/fhir/Patient/maria//', 400, 'invalid-url', 'empty steps at the end'),
  get('/fhir/Patient;x=1/maria', 400, 'invalid-url', 'a path parameter'),
  get('/fhir/Patient/maria;jsessionid=1', 400, 'invalid-url', 'a session in the path'),
  get('/fhir\\Patient\\maria', 404, 'not-found', 'backslashes'),
  get('/fhir/Patient\\maria', 400, 'invalid-url', 'a backslash inside'),
  get('/fhir/Patient/maria%00', 400, 'invalid-url', 'an escaped NUL'),
  get('/fhir/Patient/%', 400, 'invalid-url', 'half an escape'),
  get('/fhir/Patient/%ff%fe', 400, 'invalid-url', 'an escape that is no UTF-8'),
  get('/fhir/Patient/maria#fragment', 400, 'invalid-url', 'a fragment'),
  get(`/fhir/${SECRET}`, 400, 'invalid-url', 'a type that does not exist'),
  get('/fhir/patient/maria', 400, 'invalid-url', 'a type in lower case'),
  get('/fhir/constructor', 400, 'invalid-url', 'a type that is a prototype name'),
  get('/fhir/__proto__/maria', 400, 'invalid-url', 'the prototype itself'),
  get(`/fhir/Patient/${SECRET}_x`, 400, 'invalid-url', 'an id that is none'),
  get(`/fhir/Patient/${'a'.repeat(65)}`, 400, 'invalid-url', 'an id that is too long'),
  get('/fhir/Patient/maria/_history/1/2', 400, 'invalid-url', 'a version of a version'),
  get('/fhir/Patient/maria/Nothing', 400, 'invalid-url', 'a compartment of a type that does not exist'),
  get('/fhir/Encounter/mixed-visit/Observation', 400, 'not-supported', 'the compartment of something else than a patient'),
  get(`/fhir/Patient?name=${'a'.repeat(9_000)}`, 413, 'too-large', 'a long URL'),
  get('/fhirx/Patient/maria', 404, 'not-found', 'next door'),
  get('/', 404, 'not-found', 'the root'),
  get('/admin.php', 404, 'not-found', 'what scanners look for'),
  { name: 'an absolute URL for a proxy', path: 'http://elsewhere.example/fhir/Patient/maria', status: 400, reason: 'invalid-url' },
];

export const parameters: readonly BadCase[] = [
  get(`/fhir/Patient?favourite=${SECRET}`, 400, 'invalid-parameter', 'a parameter that does not exist'),
  get('/fhir/Patient?constructor=1', 400, 'invalid-parameter', 'a prototype name'),
  get('/fhir/Patient?__proto__=1', 400, 'invalid-parameter', 'the prototype itself'),
  get('/fhir/Patient?toString:exact=1', 400, 'invalid-parameter', 'a prototype name with a modifier'),
  get('/fhir/Patient?name:constructor=x', 400, 'invalid-parameter', 'a modifier that does not exist'),
  get('/fhir/Patient?name=%', 400, 'invalid-parameter', 'half an escape'),
  get('/fhir/Patient?name=%E0%A4', 400, 'invalid-parameter', 'an escape that is no UTF-8'),
  get('/fhir/Patient?name=a%00b', 400, 'invalid-parameter', 'an escaped NUL'),
  get('/fhir/Patient?_count=1&_count=2', 400, 'invalid-parameter', '_count twice'),
  get('/fhir/Patient?_count=-1', 400, 'invalid-parameter', 'a negative _count'),
  get('/fhir/Patient?_count=1e3', 400, 'invalid-parameter', 'a _count that is no count'),
  get('/fhir/Patient?_summary=maybe', 400, 'invalid-parameter', 'a _summary that does not exist'),
  get('/fhir/Patient?_total=roughly', 400, 'invalid-parameter', 'a _total that does not exist'),
  get(`/fhir/Patient?_sort=${SECRET}`, 400, 'invalid-parameter', 'a sort by what does not exist'),
  get('/fhir/Patient?birthdate=yesterday', 400, 'invalid-parameter', 'a date that is none'),
  get('/fhir/Patient?birthdate=2026-02-30', 400, 'invalid-parameter', 'a day that never was'),
  get('/fhir/Observation?value-quantity=much', 400, 'invalid-parameter', 'a quantity that is none'),
  get('/fhir/Patient?_include=Patient', 400, 'invalid-parameter', 'an include of nothing'),
  get('/fhir/Patient?_include=Patient:nothing', 400, 'invalid-parameter', 'an include by what does not exist'),
  get('/fhir/Patient?_revinclude=Nothing:subject', 400, 'invalid-parameter', 'a revinclude from nowhere'),
  get(`/fhir/Patient/maria?name=${SECRET}`, 400, 'invalid-parameter', 'a search parameter on a read'),
  get('/fhir/Patient/maria?_summary=count', 400, 'invalid-parameter', 'a count of one'),
  get('/fhir/Patient?_page=x&name=y', 400, 'invalid-parameter', 'a page of something else'),
  get(`/fhir/Patient?${'name=a&'.repeat(65)}`, 413, 'too-large', 'more parameters than anybody needs'),
  get('/fhir/Observation?_text=fear', 400, 'not-supported', 'full text'),
  get('/fhir/Observation?_filter=code%20eq%201', 400, 'not-supported', '_filter'),
  get('/fhir/Observation?_query=x', 400, 'not-supported', '_query'),
];

export const negotiation: readonly BadCase[] = [
  { name: 'XML by Accept', path: '/fhir/Patient/maria', headers: ['Accept: application/fhir+xml'], status: 406, reason: 'not-acceptable' },
  { name: 'Turtle by Accept', path: '/fhir/Patient?name=x', headers: ['Accept: text/turtle'], status: 406, reason: 'not-acceptable' },
  {
    name: 'JSON with no weight at all',
    path: '/fhir/Patient/maria',
    headers: ['Accept: application/fhir+json;q=0'],
    status: 406,
    reason: 'not-acceptable',
  },
  get('/fhir/metadata?_format=xml', 406, 'not-acceptable', 'XML of the capabilities'),
  get('/fhir/metadata?_format=%', 400, 'invalid-parameter', 'half an escape for the capabilities'),
  get('/fhir/Patient/maria?_format=xml', 406, 'not-acceptable', 'XML by _format'),
  get('/fhir/Patient?_format=application/fhir%2Bxml', 406, 'not-acceptable', 'XML by _format in a search'),
  get('/fhir/Patient/maria/_history?_format=ttl', 406, 'not-acceptable', 'Turtle of a history'),
  get('/fhir/Patient/maria/$everything?_format=xml', 406, 'not-acceptable', 'XML of everything'),
  {
    name: 'XML by POST _search',
    path: '/fhir/Patient/_search',
    method: 'POST',
    headers: ['Content-Type: application/x-www-form-urlencoded'],
    body: '_format=xml',
    status: 406,
    reason: 'not-acceptable',
  },
  {
    name: 'a compressed body',
    path: '/fhir/Patient/_search',
    method: 'POST',
    headers: ['Content-Type: application/json'],
    body: '{"name":"x"}',
    status: 415,
    reason: 'unsupported-media-type',
  },
];

const post = (name: string, path: string, type: string, body: string, status: number, reason: string): BadCase => ({
  name,
  path,
  method: 'POST',
  headers: [`Content-Type: ${type}`],
  body,
  status,
  reason,
});
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/fhir+json';

export const bodies: readonly BadCase[] = [
  post('a search form as JSON', '/fhir/Patient/_search', 'application/json', '{"name":"x"}', 415, 'unsupported-media-type'),
  post('a search form in parts', '/fhir/Patient/_search', 'multipart/form-data; boundary=x', '--x--', 415, 'unsupported-media-type'),
  post('a form with half an escape', '/fhir/Patient/_search', FORM, 'name=%', 400, 'invalid-parameter'),
  post('a form with an unknown parameter', '/fhir/Patient/_search', FORM, `favourite=${SECRET}`, 400, 'invalid-parameter'),
  post('a form without end', '/fhir/Patient/_search', FORM, `name=${'a'.repeat(70_000)}`, 413, 'too-large'),
  post('a body without end', '/fhir/Patient/_search', FORM, `name=${'a'.repeat(5_000_000)}`, 413, 'too-large'),
  post('a resource that is not JSON', '/fhir/Patient', JSON_TYPE, `{"resourceType":"Patient","name":"${SECRET}`, 400, 'invalid-body'),
  post('a resource that is a list', '/fhir/Patient', JSON_TYPE, '[]', 400, 'invalid-body'),
  post('a resource of another type', '/fhir/Patient', JSON_TYPE, '{"resourceType":"Observation"}', 400, 'invalid-body'),
  post('a resource as XML', '/fhir/Patient', 'application/fhir+xml', '<Patient/>', 415, 'unsupported-media-type'),
  post('no body', '/fhir/Patient', JSON_TYPE, '', 400, 'invalid-body'),
  post(
    'a Bundle that is neither batch nor transaction',
    '/fhir',
    JSON_TYPE,
    '{"resourceType":"Bundle","type":"document"}',
    400,
    'invalid-body',
  ),
];

export const methods: readonly BadCase[] = [
  { name: 'GET of _search', path: '/fhir/Patient/_search?name=x', status: 405, reason: 'method-not-allowed' },
  { name: 'OPTIONS', path: '/fhir/Patient/maria', method: 'OPTIONS', status: 405, reason: 'method-not-allowed' },
  { name: 'TRACE', path: '/fhir/Patient/maria', method: 'TRACE', status: 405, reason: 'method-not-allowed' },
  { name: 'a method that does not exist', path: '/fhir/Patient/maria', method: 'FETCH', status: 400 },
  { name: 'DELETE of the log', path: '/audit/AuditEvent', method: 'DELETE', status: 404, reason: 'not-found' },
  {
    name: 'POST to the log',
    path: '/audit/AuditEvent',
    method: 'POST',
    headers: ['Content-Type: application/json'],
    body: '{}',
    status: 404,
    reason: 'not-found',
  },
  { name: 'a method by header is none', path: '/fhir/Patient/maria', headers: ['X-HTTP-Method-Override: DELETE'], status: 200 },
];

export const headers: readonly BadCase[] = [
  {
    name: 'the same purpose twice',
    path: '/fhir/Patient/maria',
    headers: ['X-Purpose-Of-Use: TREAT', 'X-Purpose-Of-Use: TREAT'],
    status: 400,
    reason: 'invalid-request',
  },
  {
    name: 'a reason with control characters',
    path: '/fhir/Patient/maria',
    headers: ['X-Break-Glass: unconscious\x7fno history'],
    status: 400,
  },
  {
    name: 'attestations without end',
    path: '/fhir/Patient/maria',
    headers: Array.from({ length: 9 }, () => 'X-Attestation: PN-14; x'),
    status: 400,
    reason: 'invalid-request',
  },
  { name: 'headers without end', path: '/fhir/Patient/maria', headers: [`X-Long: ${'a'.repeat(70_000)}`], status: 431 },
  { name: 'a header line that is none', path: '/fhir/Patient/maria', headers: ['this is no header'], status: 400 },
  { name: 'two lengths', path: '/fhir/Patient/_search', method: 'POST', headers: ['Content-Length: 3', 'Content-Length: 4'], status: 400 },
  {
    name: 'length and chunks: smuggling',
    path: '/fhir/Patient/_search',
    method: 'POST',
    headers: ['Transfer-Encoding: chunked', 'Content-Length: 3'],
    status: 400,
  },
];

export const audit: readonly BadCase[] = [
  get(`/audit/AuditEvent?favourite=${SECRET}`, 400, 'invalid-parameter', 'a parameter that does not exist'),
  get('/audit/AuditEvent?patient=%', 400, 'invalid-parameter', 'half an escape'),
  get('/audit/AuditEvent?_count=0', 400, 'invalid-parameter', 'a page of nothing'),
  get('/audit/AuditEvent?date=yesterday', 400, 'invalid-parameter', 'a date that is none'),
  get('/audit/AuditEvent?_page=1_2_3', 400, 'invalid-parameter', 'a page that is none'),
  get('/audit/AuditEvent?agent=%27;drop%20table%20event;--', 200, '', 'SQL is somebody’s name'),
  get('/audit/AuditEvent/not-an-id', 404, 'not-found', 'an id that is none'),
];
