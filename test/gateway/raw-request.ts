/** HTTP byte for byte: URLs and headers that every client library would mend before they leave. */
import { connect } from 'node:net';

export interface RawReply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** Reason code of an OperationOutcome or of problem details. */
  readonly reason: string | undefined;
}

export interface RawRequest {
  readonly method?: string;
  /** Request target as it goes on the wire. */
  readonly path: string;
  /** Header lines as they go on the wire. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

export function rawRequest(base: string, { method = 'GET', path, headers = [], body = '' }: RawRequest): Promise<RawReply> {
  const { hostname, port } = new URL(base);
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: privity.test', 'Connection: close', ...headers, ...length, '', body];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.from(lines.join('\r\n'), 'latin1')));
    const chunks: Buffer[] = [];
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) => (chunks.length > 0 ? resolve(parse(Buffer.concat(chunks))) : reject(error)));
    socket.on('close', () => resolve(parse(Buffer.concat(chunks))));
  });
}

function parse(bytes: Buffer): RawReply {
  const text = bytes.toString('utf8');
  const cut = text.indexOf('\r\n\r\n');
  const [head, body] = cut < 0 ? [text, ''] : [text.slice(0, cut), text.slice(cut + 4)];
  const reason = /"urn:privity:reason","code":"([a-z-]+)"|"type":"urn:privity:reason:([a-z-]+)"/.exec(body);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body, reason: reason?.[1] ?? reason?.[2] };
}
