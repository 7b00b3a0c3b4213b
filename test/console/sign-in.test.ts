/**
 * Signing in to the console with a real OpenID provider, and everything that somebody could try with a session: forged
 * callbacks, other sites' requests, stolen cookies, rows moved in the database. No browser needed.
 */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startConsole, type TestConsole, Visitor } from '../support/console.ts';
import { ownerOf } from '../support/database.ts';

let page: TestConsole;
beforeAll(async () => {
  page = await startConsole({ sessionsPerPerson: 2 });
});
afterAll(() => page?.close());

async function signedIn(who = 'auditor'): Promise<Visitor> {
  const visitor = new Visitor(page);
  await visitor.signIn(page, who);
  return visitor;
}

async function database<T>(work: (sql: ReturnType<typeof ownerOf>) => Promise<T>): Promise<T> {
  const sql = ownerOf(page.clinic.dataDir);
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

describe('signing in', () => {
  test('ends where one wanted to go, with a session that says who and as what, and no token', async () => {
    const visitor = new Visitor(page);
    expect(await visitor.signIn(page, 'privacy-officer', '/console/reviews?state=closed')).toBe(`${page.url}/console/reviews?state=closed`);
    const answer = await visitor.api(`${page.url}/console/api/session`);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ state: 'signed-in', id: 'privacy-officer', roles: ['auditor', 'privacy-officer'] });
    expect(text).not.toMatch(/eyJ/);
    expect(await visitor.session(page)).toMatchObject({ state: 'signed-in' });
  });

  test('asks with PKCE, state and nonce, for the gateway as audience, with one fixed redirect URI', async () => {
    const { headers } = await new Visitor(page).get(`${page.url}/console/sign-in?to=https://evil.example/`);
    const asked = new URL(headers.get('location') ?? '');
    expect(asked.origin).toBe(page.provider.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: `${page.url}/console/callback`,
      resource: `${page.url}/fhir`,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  test('gives a cookie that no script reads and no other site sends', async () => {
    const visitor = await signedIn();
    const session = visitor.given.findLast((line) => line.startsWith('privity-console=') && !line.includes('1970'));
    expect(session?.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict']);
    const begun = visitor.given.find((line) => line.startsWith('privity-sign-in=') && !line.includes('1970'));
    expect(begun?.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Max-Age=600', 'Path=/', 'SameSite=Lax']);
    expect(visitor.cookies.has('privity-sign-in')).toBe(false);
  });

  test.each([
    ['another site', 'https://evil.example/console/'],
    ['another site without a scheme', '//evil.example/console/'],
    ['a backslash', '/\\evil.example/console/'],
    ['a script', 'javascript:alert(1)'],
    ['outside of the console', '/audit/AuditEvent?_format=csv'],
    ['out of the console by dots', '/console/../audit/AuditEvent'],
  ])('leads to the first page where one asks for %s', async (_, to) => {
    expect(await new Visitor(page).signIn(page, 'auditor', to)).toBe(`${page.url}/console/`);
  });

  test('makes a new session each time; what one brought along is ended', async () => {
    const visitor = await signedIn();
    const before = visitor.cookies.get('privity-console') ?? '';
    await visitor.signIn(page, 'auditor');
    expect(visitor.cookies.get('privity-console')).not.toBe(before);
    const thief = new Visitor(page);
    thief.cookies.set('privity-console', before);
    expect(await thief.session(page)).toEqual({ state: 'signed-out' });
    await visitor.signIn(page, 'auditor');
  });

  test('of one person holds a number of sessions; the oldest ends', async () => {
    const visitors = [await signedIn('policy-admin'), await signedIn('policy-admin'), await signedIn('policy-admin')];
    const states = await Promise.all(visitors.map(async (visitor) => (await visitor.session(page)).state));
    expect(states).toEqual(['signed-out', 'signed-in', 'signed-in']);
  });

  test('is in the log', async () => {
    await signedIn();
    const rows = await database(
      (sql) => sql`select interaction, requester_id, outcome from event where door = 'authentication'
      and interaction = 'sign-in' order by recorded_at desc limit 1`,
    );
    expect(rows[0]).toMatchObject({ interaction: 'sign-in', requester_id: 'auditor', outcome: '0' });
  });

  test('with several purposes picks one and says which', async () => {
    const visitor = await signedIn('several-purposes');
    expect(await visitor.session(page)).toMatchObject({ roles: ['auditor'], purpose: 'HCOMPL' });
  });
});

describe('names', () => {
  const names = (visitor: Visitor, of: readonly string[]) =>
    visitor.api(`${page.url}/console/api/names?${new URLSearchParams(of.map((one) => ['of', one]))}`);

  test('are those of staff and organizations, by reference or by the id that asked for records; of nobody else', async () => {
    await page.record('family-physician', '/fhir/Condition?patient=aisha');
    await page.record('patient', '/fhir/Condition?patient=maria');
    const asked = [
      'Practitioner/bennett',
      'family-physician',
      'Organization/lakeside-health',
      'patient',
      'Patient/maria',
      'Practitioner/x',
    ];
    expect(await (await names(await signedIn(), asked)).json()).toEqual({
      'Practitioner/bennett': 'Claire Bennett',
      'family-physician': 'Claire Bennett',
      'Organization/lakeside-health': 'Lakeside Health',
    });
  });

  test('are for those who use the console, from its own page, and not for whole directories', async () => {
    const of = ['Practitioner/bennett'];
    const auditor = await signedIn();
    expect((await names(new Visitor(page), of)).status).toBe(401);
    expect((await names(await signedIn('therapist'), of)).status).toBe(403);
    expect((await auditor.get(`${page.url}/console/api/names?of=${of}`, { 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    expect((await names(auditor, Array(101).fill('Practitioner/x'))).status).toBe(400);
  });
});

describe('a callback', () => {
  const problem = (url: string) => new URL(url).searchParams.get('problem');

  test('of somebody who began nothing here is refused', async () => {
    const { url } = await new Visitor(page).follow(`${page.url}/console/callback?code=x&state=y`);
    expect(problem(url)).toBe('sign-in-refused');
  });

  async function atCallback(visitor: Visitor): Promise<URL> {
    const { url } = await visitor.follow(`${page.url}/console/sign-in`);
    const { url: callback } = await visitor.follow(`${url}?as=auditor`, (next) => next.includes('/console/callback'));
    return new URL(callback);
  }

  test('with the code of somebody else is refused (login CSRF)', async () => {
    const attacker = await atCallback(new Visitor(page));
    const victim = new Visitor(page);
    await victim.follow(`${page.url}/console/sign-in`);
    expect(problem((await victim.follow(attacker.href)).url)).toBe('sign-in-refused');
    expect(await victim.session(page)).toEqual({ state: 'signed-out' });
  });

  test('with the right state and the code of another sign-in is refused (PKCE, nonce)', async () => {
    const stolen = (await atCallback(new Visitor(page))).searchParams.get('code') ?? '';
    const visitor = new Visitor(page);
    const own = await atCallback(visitor);
    own.searchParams.set('code', stolen);
    expect(problem((await visitor.follow(own.href)).url)).toBe('sign-in-refused');
  });

  test('is good once', async () => {
    const visitor = new Visitor(page);
    const callback = await atCallback(visitor);
    const pending = visitor.cookies.get('privity-sign-in') ?? '';
    expect(problem((await visitor.follow(callback.href)).url)).toBe(null);
    visitor.cookies.set('privity-sign-in', pending);
    expect(problem((await visitor.follow(callback.href)).url)).toBe('sign-in-refused');
  });

  test('with a tampered state cookie, or an error of the issuer, is refused', async () => {
    const visitor = new Visitor(page);
    const callback = await atCallback(visitor);
    const pending = visitor.cookies.get('privity-sign-in') ?? '';
    visitor.cookies.set('privity-sign-in', `${pending.slice(0, -2)}AA`);
    expect(problem((await visitor.follow(callback.href)).url)).toBe('sign-in-refused');
    const refused = new Visitor(page);
    const state = (await atCallback(refused)).searchParams.get('state') ?? '';
    const error = new URLSearchParams({ error: 'access_denied', error_description: '<script>', state, iss: page.provider.issuer });
    expect(problem((await refused.follow(`${page.url}/console/callback?${error}`)).url)).toBe('sign-in-refused');
  });
});

describe('a session', () => {
  const LOG = '/audit/AuditEvent?_count=1';

  test('opens the log and administration to whom the token entitles, as the token would', async () => {
    const auditor = await signedIn();
    expect((await auditor.api(`${page.url}${LOG}`)).status).toBe(200);
    expect((await auditor.api(`${page.url}/admin/reviews`)).status).toBe(403);
    const therapist = await signedIn('therapist');
    expect((await therapist.api(`${page.url}${LOG}`)).status).toBe(403);
  });

  test('never opens a record', async () => {
    const therapist = await signedIn('therapist');
    expect((await therapist.api(`${page.url}/fhir/Condition?patient=maria`)).status).toBe(401);
  });

  test.each([
    ['no word of the browser where it comes from', {}],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sister site', { 'sec-fetch-site': 'same-site' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['another origin', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
    ['two words', { 'sec-fetch-site': 'same-origin, same-origin' }],
  ])('is no answer to a request with %s', async (_, headers: Record<string, string>) => {
    const visitor = await signedIn();
    const reply = await visitor.get(`${page.url}${LOG}`, headers);
    expect([reply.status, ((await reply.json()) as { type: string }).type]).toEqual([403, 'urn:privity:reason:cross-site']);
  });

  test('changes nothing without its CSRF token, or with that of another session', async () => {
    const visitor = await signedIn();
    const other = await signedIn('privacy-officer');
    const { csrf } = await visitor.session(page);
    const { csrf: foreign } = await other.session(page);
    const signOut = `${page.url}/console/api/sign-out`;
    expect((await visitor.api(signOut, { method: 'POST' })).status).toBe(403);
    expect((await visitor.api(signOut, { method: 'POST', csrf: foreign })).status).toBe(403);
    expect((await visitor.api(signOut, { method: 'POST', csrf: `${csrf}x` })).status).toBe(403);
    const forged: readonly Record<string, string>[] = [{ 'sec-fetch-site': 'cross-site' }, { origin: 'null' }];
    for (const headers of forged) {
      expect((await visitor.get(signOut, { 'x-csrf-token': csrf ?? '', ...headers }, 'POST')).status).toBe(403);
    }
    expect(await visitor.session(page)).toMatchObject({ state: 'signed-in' });
  });

  test.each([
    ['the log', '/audit/AuditEvent?_count=1', 'GET', { door: 'audit', interaction: 'refused', target: 'refused' }],
    ['the proof', '/audit/verify', 'GET', { door: 'audit', interaction: 'refused', target: 'refused' }],
    ['administration', '/admin/reviews', 'GET', { door: 'admin', interaction: 'search', target: 'refused' }],
    ['a change', '/admin/policies', 'POST', { door: 'admin', target: 'refused' }],
    ['the way out', '/console/api/sign-out', 'POST', { door: 'authentication', interaction: 'sign-out', target: 'console' }],
  ])(
    'of which another site makes use at %s is refused in the log too, under its name; it lives no longer for it',
    async (_, door, method, row) => {
      const visitor = await signedIn('privacy-officer');
      const { csrf = '' } = await visitor.session(page);
      const seen = await database(
        (sql) => sql`update console_session set seen_at = seen_at - interval '5 minutes' returning id, seen_at::text`,
      );
      const before = await database((sql) => sql`select id from event`);
      const reply = await visitor.get(`${page.url}${door}`, { 'sec-fetch-site': 'cross-site', 'x-csrf-token': csrf }, method);
      expect(reply.status).toBe(403);
      const rows = await database(
        (sql) => sql`select door, interaction, target, outcome, status, reason, requester_id, subjects from event
      left join lateral (select count(*)::int as subjects from event_subject where event_id = event.id) s on true
      where id <> all(${before.map(({ id }) => id)}::uuid[])`,
      );
      const told = { outcome: '4', status: 403, reason: 'cross-site', requester_id: 'privacy-officer', subjects: 0 };
      expect(rows).toMatchObject([{ ...row, ...told }]);
      expect(await database((sql) => sql`select id, seen_at::text from console_session`)).toEqual(expect.arrayContaining([...seen]));
      expect(await visitor.session(page)).toMatchObject({ state: 'signed-in' });
    },
  );

  test.each(['cross-site', 'same-site', 'none'])('tells no other site who is signed in, nor its CSRF token: %s', async (site) => {
    const visitor = await signedIn();
    const reply = await visitor.get(`${page.url}/console/api/session`, { 'sec-fetch-site': site });
    expect(await reply.json()).toEqual({ state: 'signed-out' });
  });

  test('that comes twice is none: whoever can put a cookie in does not choose which one counts', async () => {
    const visitor = await signedIn();
    const own = `privity-console=${visitor.cookies.get('privity-console')}`;
    const status = (...cookies: readonly string[]) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = [
          'Host',
          new URL(page.url).host,
          'Sec-Fetch-Site',
          'same-origin',
          ...cookies.flatMap((cookie) => ['Cookie', cookie]),
        ];
        request(`${page.url}${LOG}`, { headers }, (reply) => resolve(reply.resume().statusCode))
          .once('error', reject)
          .end();
      });
    expect(await status(own)).toBe(200);
    expect(await status(own, 'theme=dark')).toBe(200);
    expect(await status(own, own)).toBe(401);
  });

  test('that is none is refused to another site as well, and is nobody in the log', async () => {
    const stranger = new Visitor(page);
    stranger.cookies.set('privity-console', 'A'.repeat(43));
    const [before] = await database((sql) => sql`select count(*)::int as rows from event`);
    for (const url of ['/audit/AuditEvent', '/admin/reviews'])
      expect((await stranger.get(`${page.url}${url}`, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(await database((sql) => sql`select count(*)::int as rows from event`)).toEqual([before]);
  });

  test('counts where browsers tell no site (plain HTTP), with its CSRF token', async () => {
    const visitor = await signedIn();
    const { csrf = '' } = await visitor.session(page);
    expect((await visitor.get(`${page.url}${LOG}`, { 'x-csrf-token': csrf })).status).toBe(200);
  });

  test('is over after signing out, for a thief as well; the issuer is told', async () => {
    const visitor = await signedIn();
    const thief = new Visitor(page);
    thief.cookies.set('privity-console', visitor.cookies.get('privity-console') ?? '');
    expect((await thief.api(`${page.url}${LOG}`)).status).toBe(200);
    const { csrf } = await visitor.session(page);
    const reply = await visitor.api(`${page.url}/console/api/sign-out`, { method: 'POST', csrf });
    const { to } = (await reply.json()) as { to: string };
    expect(to.startsWith(`${page.provider.issuer}/session/end?`)).toBe(true);
    expect(new URL(to).searchParams.get('post_logout_redirect_uri')).toBe(`${page.url}/console/`);
    expect(visitor.cookies.has('privity-console')).toBe(false);
    expect((await thief.api(`${page.url}${LOG}`)).status).toBe(401);
    const rows = await database((sql) => sql`select 1 from event where interaction = 'sign-out' and requester_id = 'auditor'`);
    expect(rows.length).toBeGreaterThan(0);
  });

  test('renews its token at the issuer before it ends, once for requests side by side', async () => {
    page.provider.lifetime = 20;
    const visitor = await signedIn();
    page.provider.lifetime = 3600;
    page.provider.requests.length = 0;
    const replies = await Promise.all(Array.from({ length: 4 }, () => visitor.api(`${page.url}${LOG}`)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(page.provider.requests.filter((line) => line === 'POST /token')).toHaveLength(1);
  });

  test('is over where it was idle, or too old', async () => {
    for (const column of ['seen_at', 'expires_at'] as const) {
      const visitor = await signedIn();
      await database((sql) => sql`update console_session set ${sql(column)} = now() - interval '31 minutes'`);
      expect((await visitor.api(`${page.url}${LOG}`)).status).toBe(401);
    }
  });

  test('is kept without its secret and without a readable token; a row that is moved opens for nobody', async () => {
    const victim = await signedIn('privacy-officer');
    const thief = await signedIn('therapist');
    const rows = await database((sql) => sql`select encode(id, 'hex') as id, encode(person, 'hex') as person, sealed from console_session`);
    const text = JSON.stringify(rows);
    expect(rows.length).toBeGreaterThan(1);
    expect(text).not.toContain(victim.cookies.get('privity-console'));
    expect(text).not.toContain(Buffer.from(victim.cookies.get('privity-console') ?? '').toString('hex'));
    expect(text).not.toMatch(/privacy-officer|eyJhbGciOiJFUzI1NiI/);
    const { createHash } = await import('node:crypto');
    const idOf = (visitor: Visitor) =>
      createHash('sha256')
        .update(visitor.cookies.get('privity-console') ?? '')
        .digest();
    await database(
      (sql) => sql`update console_session set sealed = (select sealed from console_session where id = ${idOf(victim)})
      where id = ${idOf(thief)}`,
    );
    expect(await thief.session(page)).toEqual({ state: 'signed-out' });
    expect(await victim.session(page)).toMatchObject({ state: 'signed-in' });
  });

  test.each([
    ['nonsense', 'x'],
    ['a secret that nobody has', 'A'.repeat(43)],
    ['a quote', "' or 1=1 --"],
  ])('with %s is none', async (_, secret) => {
    const visitor = new Visitor(page);
    visitor.cookies.set('privity-console', encodeURIComponent(secret));
    expect((await visitor.api(`${page.url}${LOG}`)).status).toBe(401);
  });
});

describe('the page', () => {
  test('has a strict policy with a nonce of its own in each answer, and is not kept', async () => {
    const visitor = new Visitor(page);
    const [one, other] = await Promise.all([1, 2].map(() => visitor.get(`${page.url}/console/log?patient=x`)));
    const policy = one?.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
    expect(policy).toMatch(/connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
    expect(policy).not.toMatch(/unsafe|\*|data: '|https?:/);
    expect(policy).not.toBe(other?.headers.get('content-security-policy'));
    expect(one?.headers.get('cache-control')).toContain('no-store');
    const html = (await one?.text()) ?? '';
    const nonce = /nonce-([^']+)'/.exec(policy)?.[1] ?? '-';
    expect(html).toContain(`nonce="${nonce}"`);
    expect(html).not.toMatch(/PRIVITY_NONCE|<script(?![^>]* src="\/console\/assets\/)|style="/);
    const asset = /src="(\/console\/assets\/[^"]+)"/.exec(html)?.[1] ?? '';
    const script = await fetch(`${page.url}${asset}`, { headers: { 'accept-encoding': 'br' } });
    expect([script.status, script.headers.get('content-encoding')]).toEqual([200, 'br']);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  test('has no answer for a path of the API that is not there, nor for files beside its own', async () => {
    for (const path of [
      '/console/api/nothing',
      '/console/assets/nothing.js',
      '/console/assets/../../package.json',
      '/console/assets/%2e%2e/index.html',
    ]) {
      const reply = await fetch(`${page.url}${path}`);
      expect([path, reply.status === 200 && !(await reply.text()).includes('<div id="root">')]).toEqual([path, false]);
    }
  });
});
