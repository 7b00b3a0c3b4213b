/** A bare HTTP server on loopback whose every answer a test chooses; it can go down and come back on the same port. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestServer {
  readonly url: string;
  /** Every request since the start: method, path, headers, body. */
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  answerWith(listener: RequestListener): void;
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
}

export function json(response: ServerResponse, value: unknown, status = 200, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value));
}

export async function startServer(first: RequestListener): Promise<TestServer> {
  const requests: TestServer['requests'] = [];
  let listener = first;
  let server: Server;
  const listen = async (port: number) => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      requests.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      listener(request, response);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answerWith(next) {
      listener = next;
    },
    async goDown() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async comeBack() {
      await listen(port);
    },
  };
}

/** A port of the loopback address that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
