/**
 * A request at the door of `/admin`, as handlers see it: who asks, what the path and the query say, a body that is exactly what is
 * expected. Nothing is coerced or dropped; each thing that is wrong is told with its place.
 */
import type { FastifyRequest } from 'fastify';
import type * as z from 'zod';
import { PrivityError } from '../errors.ts';
import { readPairs } from '../fhir/query-pairs.ts';
import type { Requester } from '../requester/requester.ts';
import { AdminProblem, type ContentProblem } from './admin-problem.ts';
import type { EventStream } from './event-stream.ts';
import { type FormLimits, readForm, type UploadedForm } from './read-form.ts';

export interface AdminRequest {
  readonly requester: Requester;
  /** How the log and versions name the person. */
  readonly person: string;
  /** Of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, string>;
  /** Revision of If-Match. */
  readonly seen: number | undefined;
  /** ISO 8601. */
  readonly now: string;
  /** @throws PrivityError `invalid-body`, `unsupported-media-type`, AdminProblem with each thing that is wrong */
  body<T>(shape: z.ZodType<T>): T;
  /** The body where it is multipart/form-data, on routes that take forms. @throws PrivityError `too-large`, `invalid-request` */
  form(limits: FormLimits): Promise<UploadedForm | undefined>;
  /** What was sent, held to a shape. @throws AdminProblem with each thing that is wrong */
  judge<T>(value: unknown, shape: z.ZodType<T>): T;
  /** Told of work that takes a while; heard where the answer is a stream of events. */
  progress(done: number, total: number): void;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface ReadingOptions {
  readonly requester: Requester;
  /** Milliseconds. */
  readonly now: number;
  /** Names of query parameters. */
  readonly known: readonly string[];
  readonly events: EventStream | undefined;
  readonly signal: AbortSignal;
}

/** @throws PrivityError `invalid-request` */
export function readAdminRequest(request: FastifyRequest, { requester, now, known, events, signal }: ReadingOptions): AdminRequest {
  const pairs = readPairs((request.raw.url ?? '').split('?')[1] ?? '');
  const odd = pairs.find(([name], index) => !known.includes(name) || pairs.findIndex((pair) => pair[0] === name) !== index);
  if (odd !== undefined) throw new PrivityError('invalid-request', 'an unknown or repeated query parameter');
  return {
    requester,
    person: `${requester.issuer}|${requester.id}`,
    parameters: request.params as Record<string, string>,
    query: new Map(pairs),
    seen: readIfMatch(request),
    now: new Date(now).toISOString(),
    body: (shape) => readJson(request, shape),
    form: async (limits) => (request.isMultipart?.() ? readForm(request, limits) : undefined),
    judge,
    progress: (done, total) => events?.progress({ done, total }),
    signal,
  };
}

function readIfMatch({ raw }: FastifyRequest): number | undefined {
  const tags = raw.headersDistinct['if-match'];
  if (tags === undefined) return undefined;
  const revision = tags.length === 1 ? /^"(\d{1,9})"$/.exec(tags[0] ?? '')?.[1] : undefined;
  if (revision === undefined) throw new PrivityError('invalid-request', 'If-Match: one ETag as it was given');
  return Number(revision);
}

function readJson<T>(request: FastifyRequest, shape: z.ZodType<T>): T {
  if (!/^application\/(fhir\+)?json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) throw new PrivityError('unsupported-media-type');
  let json: unknown;
  try {
    json = JSON.parse(typeof request.body === 'string' ? request.body : '');
  } catch (cause) {
    throw new PrivityError('invalid-request', 'the body is not JSON', { cause });
  }
  return judge(json, shape);
}

function judge<T>(value: unknown, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(value, { reportInput: false });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue): ContentProblem => ({ severity: 'error', path: issue.path.map(String).join('.'), message: issue.message }),
  );
  throw new AdminProblem('invalid-content', problems);
}
