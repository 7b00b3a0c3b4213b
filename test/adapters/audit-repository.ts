/**
 * An audit record repository for tests (IHE ITI-20): takes AuditEvents one by one and in batches, creates conditionally by tag, and
 * fails in the ways that repositories and networks do.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Resource } from '../../src/fhir/resource.ts';

/** What it does with a request; after it has stored, where it says so. */
export type Fault =
  | 'refuse'
  | 'hang'
  | 'die in the middle'
  | 'store and cut'
  | 'no answer to a batch'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export interface TestRepository {
  readonly url: string;
  /** Ids of the events (their tags), as often as they are stored. */
  readonly stored: readonly string[];
  readonly resources: readonly Resource[];
  readonly requests: readonly {
    readonly path: string;
    readonly authorization: string | undefined;
    readonly at: number;
    readonly events: number;
  }[];
  /** For the next requests, one each. */
  readonly faults: Fault[];
  /** What becomes of an event by itself; none = stored. */
  judge: (id: string) => number | undefined;
  /** Knows no conditional create. */
  forgetful: boolean;
  close(): Promise<void>;
}

/** @param port for one that comes back */
export async function startRepository(port = 0): Promise<TestRepository> {
  const resources: Resource[] = [];
  const stored: string[] = [];
  const requests: { path: string; authorization: string | undefined; at: number; events: number }[] = [];

  const create = (resource: Resource, condition: string | undefined): number => {
    const id = resource.meta?.tag?.[0]?.code ?? '';
    const judged = repository.judge(id);
    if (judged !== undefined) return judged;
    const asked = decodeURIComponent(condition?.replace(/^_tag=/, '') ?? '');
    if (!repository.forgetful && asked === `urn:privity:audit-event|${id}` && stored.includes(id)) return 200;
    stored.push(id);
    resources.push(resource);
    return 201;
  };
  const handle = (body: Resource, request: IncomingMessage): { status: number; body: unknown } => {
    if (body.resourceType !== 'Bundle') {
      const status = create(body, request.headers['if-none-exist'] as string | undefined);
      return { status, body: status < 300 ? '' : outcome };
    }
    const entry = (body.entry as { resource: Resource; request: { ifNoneExist?: string } }[]).map((row) => {
      const status = create(row.resource, row.request.ifNoneExist);
      return { response: { status: `${status} said`, ...(status < 300 ? {} : { outcome }) } };
    });
    return { status: 200, body: { resourceType: 'Bundle', type: 'batch-response', entry } };
  };
  const server: Server = createServer(async (request, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Resource;
    const events = body.resourceType === 'Bundle' ? (body.entry as unknown[]).length : 1;
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization, at: Date.now(), events });
    const fault = repository.faults.shift();
    if (fault === 'hang') return;
    if (fault === 'refuse') return void request.socket.destroy();
    if (typeof fault === 'object') return void response.writeHead(fault.status, fault.headers ?? {}).end();
    const answer = handle(body, request);
    if (fault === 'store and cut') return void request.socket.destroy();
    const text = JSON.stringify(fault === 'no answer to a batch' ? {} : answer.body);
    response.writeHead(answer.status, { 'content-type': 'application/fhir+json', 'content-length': Buffer.byteLength(text) });
    if (fault !== 'die in the middle') return void response.end(text);
    response.write(text.slice(0, text.length / 2));
    setTimeout(() => request.socket.destroy(), 5);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const repository: TestRepository = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    stored,
    resources,
    requests,
    faults: [],
    judge: () => undefined,
    forgetful: false,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return repository;
}

const outcome = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'invariant', diagnostics: 'Patient/p1 is not what it was' }],
};
