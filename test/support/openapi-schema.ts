/**
 * openapi.yaml (3.1) as the judge of requests and answers: given method, path and status, what of a body is not as described.
 * `expect(answerProblems('POST', '/admin/policies?dryRun=true', reply)).toEqual([])`. A status, a type or a path that is not
 * described is a problem too.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

/** What a test got: a Reply of `support/gateway.ts`, or anything with these. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Described {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}
interface Operation {
  readonly requestBody?: Described;
  readonly responses: Readonly<Record<string, Described>>;
}

const DOCUMENT = 'openapi.yaml';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const document = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
const paths = document.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
// The document as one schema: a reference into it is then a JSON pointer.
ajv.addSchema({ ...document, $id: DOCUMENT });

/** @param url path with or without query, as it was asked: `/admin/policies/clinic` */
export function answerProblems(method: string, url: string, { status, headers, text }: Answered): readonly string[] {
  const operation = operationOf(method, url);
  if (operation === undefined) return [`${method} ${url} is not described`];
  const { place, responses } = operation;
  const own = [String(status), `${Math.floor(status / 100)}XX`, 'default'].find((key) => responses[key] !== undefined);
  if (own === undefined) return [`${method} ${url}: ${status} is not described`];
  return bodyProblems(`${place}/responses/${own}`, responses[own] as Described, headers.get('content-type') ?? '', text);
}

/** @param type of the content, `application/json` by default */
export function requestProblems(method: string, url: string, body: string, type = 'application/json'): readonly string[] {
  const operation = operationOf(method, url);
  if (operation?.requestBody === undefined) return [`${method} ${url} takes no body`];
  return bodyProblems(`${operation.place}/requestBody`, operation.requestBody, type, body);
}

function bodyProblems(where: string, described: Described, contentType: string, text: string): readonly string[] {
  const [place, { content = {} }] = resolve(where, described);
  const type = contentType.split(';')[0]?.trim() ?? '';
  if (text === '' && Object.keys(content).length === 0) return [];
  if (content[type] === undefined) return [`${where}: content of type "${type}" is not described`];
  if (content[type].schema === undefined) return [];
  const body = /[/+]json$/.test(type) ? JSON.parse(text) : text;
  const validate = ajv.getSchema(`${DOCUMENT}#${place}/content/${escaped(type)}/schema`);
  if (validate === undefined) return [`${where}: no schema`];
  validate(body);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath === '' ? '/' : instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** The described operation whose path fits; literal segments before templates. */
function operationOf(method: string, url: string): (Operation & { readonly place: string }) | undefined {
  const wanted = (url.split('?')[0] ?? '').split('/');
  const fits = (path: string) => {
    const segments = path.split('/');
    return segments.length === wanted.length && segments.every((segment, index) => /^\{\w+\}$/.test(segment) || segment === wanted[index]);
  };
  const verb = METHODS.find((name) => name === method.toLowerCase()) ?? '';
  const [path] = Object.keys(paths)
    .filter((one) => paths[one]?.[verb] !== undefined && fits(one))
    .sort((a, b) => a.split('{').length - b.split('{').length);
  const found = path === undefined ? undefined : paths[path]?.[verb];
  return found && { ...found, place: `/paths/${escaped(path ?? '')}/${verb}` };
}

function resolve(place: string, described: Described): [string, Described] {
  if (described.$ref === undefined) return [place, described];
  const pointer = described.$ref.slice(1);
  const target = pointer
    .split('/')
    .slice(1)
    .reduce<Record<string, unknown>>((node, key) => node[key] as Record<string, unknown>, document);
  return [pointer, target as Described];
}

function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}
