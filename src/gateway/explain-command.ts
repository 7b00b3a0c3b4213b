/**
 * `privity explain`: asks a running gateway's `/admin/explain` and prints the answer. Exit 0 only where something was explained.
 * Over HTTP, so that what is explained is what that gateway enforces.
 */
import { readFile } from 'node:fs/promises';
import { explainText } from '../decide/explain-text.ts';
import { PrivityError } from '../errors.ts';

const EVENT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * @param what a file with the question as JSON (as `POST /admin/explain` takes it), or the id of an audit event
 * @param environment `PRIVITY_TOKEN`; `PRIVITY_GATEWAY`, default http://127.0.0.1:8080
 * @throws PrivityError `invalid-request` with what the gateway said
 */
export async function explainCommand(what: string | undefined, environment: NodeJS.ProcessEnv): Promise<string> {
  const { PRIVITY_TOKEN: token, PRIVITY_GATEWAY: gateway = 'http://127.0.0.1:8080' } = environment;
  if (what === undefined || token === undefined) {
    throw new PrivityError('invalid-request', 'explain needs a FILE with the question or the id of an audit event, and PRIVITY_TOKEN');
  }
  const body = EVENT.test(what) ? JSON.stringify({ event: what }) : await readFile(what, 'utf8');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const reply = await fetch(new URL('/admin/explain', gateway), { method: 'POST', headers, body });
  const answer = (await reply.json()) as { title?: string; detail?: string; problems?: readonly { path?: string; message: string }[] };
  if (reply.ok) return explainText(answer as unknown as Parameters<typeof explainText>[0]);
  const problems = (answer.problems ?? []).map(({ path, message }) => `\n  ${path ?? ''}: ${message}`).join('');
  throw new PrivityError('invalid-request', `${reply.status} ${answer.title ?? ''} ${answer.detail ?? ''}${problems}`);
}
