/**
 * Signing in to the demo's console: a page on which one chooses who to be, instead of a password. It is the authorization
 * endpoint of the demo's issuer (OpenID Connect Core 1.0 section 3.1, PKCE of RFC 7636), so that the gateway runs what it runs
 * with any issuer. Only `npm run demo` serves it.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { DemoIssuer } from './issuer.ts';
import { type Persona, personas } from './personas.ts';

export const CONSOLE_CLIENT = 'privity-console';
const PATH = '/console/demo-sign-in';
const HOUR = 3600;
const CONSOLE_ROLES = ['policy-admin', 'auditor', 'privacy-officer'];
const STYLE = `:root{color-scheme:light dark;--line:#8883;--accent:#0f766e}*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem}
main{width:100%;max-width:30rem}h1{font-size:1.4rem;margin:0 0 .25rem}p{margin:0 0 1.25rem;opacity:.8}
ul{list-style:none;margin:0;padding:0;display:grid;gap:.6rem}
a{display:block;padding:.8rem 1rem;border:1px solid var(--line);border-radius:.6rem;text-decoration:none;color:inherit}
a:hover,a:focus-visible{border-color:var(--accent);outline:2px solid var(--accent);outline-offset:1px}
strong{display:block}span{font-size:.9rem;opacity:.8}`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

interface Grant {
  readonly persona: Persona;
  readonly nonce?: string;
  /** S256 challenge of a code; a refresh token has none. */
  readonly challenge?: string;
  readonly redirectUri?: string;
}

/** @returns what adds the page to the gateway */
export function demoSignIn(issuer: DemoIssuer, publicUrl: string): (app: FastifyInstance) => void {
  const codes = new Map<string, Grant>();
  const refreshTokens = new Map<string, Grant>();
  const callback = `${publicUrl}/console/callback`;
  issuer.offerSignIn({
    authorizationEndpoint: `${publicUrl}${PATH}`,
    async redeem(form) {
      const grant = form.get('grant_type') === 'refresh_token' ? take(refreshTokens, form.get('refresh_token')) : redeemCode(form);
      if (grant === undefined || form.get('client_id') !== CONSOLE_CLIENT) return undefined;
      return tokensOf(grant);
    },
  });

  function redeemCode(form: URLSearchParams): Grant | undefined {
    const grant = take(codes, form.get('code'));
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    return grant?.challenge === challenge && grant.redirectUri === form.get('redirect_uri') ? grant : undefined;
  }

  async function tokensOf({ persona, nonce }: Grant) {
    const refresh = randomUUID();
    refreshTokens.set(refresh, { persona });
    const exp = Math.floor(Date.now() / 1000) + HOUR;
    const { claims, name } = persona;
    return {
      token_type: 'Bearer',
      access_token: await issuer.sign({ ...claims, aud: `${publicUrl}/fhir`, client_id: CONSOLE_CLIENT, exp }),
      expires_in: HOUR,
      refresh_token: refresh,
      id_token: await issuer.sign({ sub: claims.sub, name, aud: CONSOLE_CLIENT, exp, ...(nonce === undefined ? {} : { nonce }) }),
    };
  }

  return (app) => {
    app.get(PATH, (request, reply) => {
      const asked = new URL(request.raw.url ?? '', publicUrl).searchParams;
      const persona = personas.find(({ id }) => id === asked.get('persona'));
      const isAsked = asked.get('client_id') === CONSOLE_CLIENT && asked.get('redirect_uri') === callback;
      if (!isAsked || asked.get('code_challenge_method') !== 'S256') return reply.redirect('/console/', 303);
      if (persona === undefined) {
        return reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(chooser(asked));
      }
      const code = randomUUID();
      const [nonce, challenge] = [asked.get('nonce'), asked.get('code_challenge')].map((value) => value ?? undefined);
      codes.set(code, { persona, redirectUri: callback, nonce, challenge });
      return reply.redirect(`${callback}?${new URLSearchParams({ code, state: asked.get('state') ?? '', iss: issuer.issuer })}`, 303);
    });
  };
}

/** For one use. */
function take(grants: Map<string, Grant>, key: string | null): Grant | undefined {
  const grant = grants.get(key ?? '');
  grants.delete(key ?? '');
  return grant;
}

function chooser(asked: URLSearchParams): string {
  const rows = personas
    .filter(({ claims }) => claims.roles.some((role) => CONSOLE_ROLES.includes(role)))
    .map(({ id, name, description }) => {
      const query = new URLSearchParams([...asked, ['persona', id]]);
      return `<li><a href="${escapeHtml(`${PATH}?${query}`)}"><strong>${escapeHtml(name)}</strong><span>${escapeHtml(description)}</span></a></li>`;
    });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in · Privity demo</title>
<style>${STYLE}</style><main><h1>Who would you like to be?</h1><p>The demo asks for no password. What you may do in the console depends on whom you choose.</p>
<ul>${rows.join('')}</ul></main></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
