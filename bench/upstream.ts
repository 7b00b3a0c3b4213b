/**
 * The FHIR server of the benchmark: answers fixed bytes, made once. Of a patient whose name ends in `-fresh` every entry differs
 * in eight digits from answer to answer, as from a record that nobody has read before. The keys of the tokens are here too.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { argument, serveParent } from './children.ts';
import { VERSION } from './records.ts';
import { answerTo } from './records-answer.ts';

const { jwks, consents = 2 } = argument<{ jwks?: object; consents?: number }>();
const made = new Map<string, Fixed | undefined>();
let base = '';
let answers = 0;

interface Fixed {
  readonly bytes: Buffer;
  /** Where eight digits change from answer to answer. */
  readonly digits: readonly number[];
}

function fixedFor(path: string): Fixed | undefined {
  const resource = answerTo(base, path, consents);
  if (resource === undefined) return undefined;
  const bytes = Buffer.from(JSON.stringify(resource));
  const digits: number[] = [];
  if (path.includes('-fresh')) for (let at = bytes.indexOf(VERSION); at !== -1; at = bytes.indexOf(VERSION, at + 9)) digits.push(at + 1);
  return { bytes, digits };
}

function send(response: ServerResponse, { bytes, digits }: Fixed): void {
  let body = bytes;
  if (digits.length > 0) {
    body = Buffer.from(bytes);
    for (const at of digits) {
      answers = (answers + 1) % 100_000_000;
      body.write(String(answers).padStart(8, '0'), at, 'latin1');
    }
  }
  response.writeHead(200, { 'content-type': 'application/fhir+json; charset=utf-8', 'content-length': body.length, etag: 'W/"1"' });
  response.end(body);
}

const server = createServer((request, response) => {
  const path = request.url ?? '';
  if (path === '/jwks') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(jwks));
    return;
  }
  if (!made.has(path)) made.set(path, fixedFor(path));
  const fixed = made.get(path);
  if (fixed === undefined) response.writeHead(404, { 'content-type': 'application/fhir+json' }).end('{"resourceType":"OperationOutcome"}');
  else send(response, fixed);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
  serveParent(base, async () => {
    server.closeAllConnections();
    server.close();
  });
});
