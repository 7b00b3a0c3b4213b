/**
 * The headers by which Helmet keeps browsers from misusing an answer. They are the same for every answer of the API, so Helmet is
 * asked once, at the start, and not by every request. Pages set their own content security policy over it.
 */
import helmet from '@fastify/helmet';
import Fastify from 'fastify';

/** What every answer of an HTTP server has. */
const PLAIN = new Set(['connection', 'content-length', 'content-type', 'date']);

/** @returns by lower-case name */
export async function securityHeaders(): Promise<Readonly<Record<string, string>>> {
  const app = Fastify();
  await app.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } } });
  app.get('/', () => '');
  const { headers } = await app.inject('/');
  await app.close();
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (PLAIN.has(name) ? [] : [[name, String(value)]])));
}
