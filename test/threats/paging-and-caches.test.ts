/** threats.md 23-26: page links, and everything that is remembered between two requests. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startDatabase } from '../../src/adapters/database.ts';
import { createPageSealer } from '../../src/adapters/page-sealer.ts';
import { createSubjectEpochs } from '../../src/adapters/subject-epochs.ts';
import { createTokenVerifier } from '../../src/adapters/token-verifier.ts';
import { PrivityError } from '../../src/errors.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { ATTEMPTS } from '../../src/pipeline/decided-under.ts';
import { REQUESTERS } from '../properties/requests.ts';
import { type FaultyNetwork, faultyNetwork } from '../support/database.ts';
import { AUDIENCE, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { ANN, BO, CANARY, concept, condition, note, observation, refusal, STANDING } from './records.ts';
import { nextOf, type SmallGateway, smallGateway, type Who } from './small-gateway.ts';

const claimsOf = (who: Who) => REQUESTERS[who]?.claims ?? {};
const mood = (id: string) => condition(id, 'F33.1', { code: concept('F33.1', CANARY) });

describe('threat 23: next links', () => {
  let gateway: SmallGateway;
  const ward = Array.from({ length: 8 }, (_, index) => condition(`c${index}`, index % 2 === 0 ? 'E11.9' : 'F33.1'));
  beforeAll(async () => {
    gateway = await smallGateway();
  });
  afterAll(() => gateway?.app.close());

  test('threat 23: a link is for the one who got it, in the same role, for the same purpose and scopes', async () => {
    gateway.put(ward);
    const link = nextOf(await gateway.get('physician', '/fhir/Condition?_count=2'));
    expect(link).toContain('_page=');
    const physician = claimsOf('physician');
    const others = [
      claimsOf('therapist'),
      claimsOf('patient'),
      claimsOf('nobody'),
      { ...physician, sub: 'somebody' },
      { ...physician, client_id: 'another-app' },
      { ...physician, purpose_of_use: 'ETREAT' },
      { ...physician, roles: ['mental-health-professional'] },
      { ...physician, scope: 'user/Condition.rs' },
      { ...physician, fhirUser: 'Practitioner/moreau' },
      { ...physician, patient: 'p1' },
    ];
    for (const claims of others) {
      const reply = await gateway.get(claims, link);
      expect({ status: reply.status, reason: reply.reason }, JSON.stringify(claims)).toEqual({ status: 410, reason: 'page-expired' });
    }
    expect((await gateway.get('physician', link)).names).toHaveLength(2);
  });

  test('threat 23: a link is good where it was given, unchanged and alone', async () => {
    gateway.put(ward);
    const link = nextOf(await gateway.get('physician', '/fhir/Condition?_count=2'));
    const flipped = `${link.slice(0, -9)}${link.at(-9) === 'A' ? 'B' : 'A'}${link.slice(-8)}`;
    const edited = [
      flipped,
      link.slice(0, -30),
      link.replace('Condition?', 'Observation?'),
      link.replace('Condition?', 'Patient/p1/Condition?'),
      `${link}&code=E11.9`,
      `${link}&_page=x`,
      '/fhir/Condition?_page=',
      '/fhir/Condition?_page=Condition%3F_count%3D2',
    ];
    for (const url of edited) {
      const reply = await gateway.get('physician', url);
      expect([400, 410], url).toContain(reply.status);
      expect(reply.names).toEqual([]);
    }
  });

  test('threat 23: the second page is decided anew: what was withdrawn in between is not in it', async () => {
    gateway.put(ward);
    const first = await gateway.get('physician', '/fhir/Condition?_count=2');
    expect(first.names).toEqual(['Condition/c0', 'Condition/c1']);
    const allowed = await gateway.get('physician', nextOf(first));
    expect(allowed.names).toEqual(['Condition/c2', 'Condition/c3']);
    gateway.put([...ward, refusal('no-mh', 'MH')]);
    const second = await gateway.get('physician', nextOf(first));
    expect(second.names).not.toContain('Condition/c3');
    expect(second.text).not.toContain('F33.1');
  });

  test('threat 23: a link says nothing by its length', async () => {
    const lengths = new Set<number>();
    for (const resources of [ward, [...ward, ...Array.from({ length: 5 }, (_, index) => note(`n${index}`))]]) {
      gateway.put(resources);
      for (const url of [
        '/fhir/Condition?_count=2',
        '/fhir/Condition?_count=1&subject=Patient/p1&code=E11.9',
        '/fhir/Condition?_sort=code&_count=3',
      ])
        lengths.add(nextOf(await gateway.get('physician', url)).length);
    }
    expect([...lengths]).toHaveLength(1);
  });

  test('threat 23: a link ends', async () => {
    let now = Date.UTC(2026, 10, 23);
    const sealer = createPageSealer(new Uint8Array(32).fill(1), { now: () => now });
    const token = await sealer.seal({ query: [], from: { skip: 2, given: [] } }, 'physician');
    now += 59 * 60_000;
    expect(await sealer.open(token, 'physician')).toMatchObject({ from: { skip: 2 } });
    now += 2 * 60_000;
    await expect(sealer.open(token, 'physician')).rejects.toMatchObject({ code: 'page-expired' });
  });

  test('threat 24: what is known of one patient holds nothing of another, though both are read at once', async () => {
    gateway.put([refusal('ann-refuses', 'MH'), refusal('bo-refuses', 'SUD', BO)]);
    const records = await gateway.deps.consents.load(['Patient/p1', 'Patient/p2'], undefined);
    const names = (patient: string) => records.get(patient)?.consents.consents.map(({ id }) => id);
    expect([names('Patient/p1'), names('Patient/p2')]).toEqual([['ann-refuses'], ['bo-refuses']]);
  });

  test('threat 25: a consent that changes while a request is decided: it is decided again', async () => {
    gateway.put([mood('mood')]);
    const { audit } = gateway.deps;
    const { append } = audit;
    let appended = 0;
    Object.assign(audit, {
      append: async (...row: Parameters<typeof append>) => {
        appended += 1;
        if (appended > 1) return append(...row);
        gateway.put([mood('mood'), refusal('no-mh', 'MH')]);
        throw new PrivityError('decision-stale');
      },
    });
    const reply = await gateway.get('physician', '/fhir/Condition/mood');
    Object.assign(audit, { append });
    expect(appended).toBe(2);
    expect(reply.status).toBe(404);
    expect(reply.text).not.toContain(CANARY);
  });

  test('threat 25: one that changes every time is given up, and nothing is given', async () => {
    gateway.put([mood('mood')]);
    const { audit } = gateway.deps;
    const { append } = audit;
    let refused = 0;
    const logged: unknown[] = [];
    Object.assign(audit, {
      append: async (...[record, under]: Parameters<typeof append>) => {
        if (under === undefined) logged.push([record.status, record.reason, record.decisions.map(({ effect }) => effect)]);
        else {
          refused += 1;
          throw new PrivityError('decision-stale');
        }
      },
    });
    const reply = await gateway.get('physician', '/fhir/Condition/mood');
    Object.assign(audit, { append });
    expect({ status: reply.status, reason: reply.reason, refused }).toEqual({ status: 503, reason: 'decision-stale', refused: ATTEMPTS });
    // Refused is refused: that, too, is in the log before it leaves.
    expect(logged).toEqual([[503, 'decision-stale', ['withhold']]]);
    expect(reply.text).not.toContain(CANARY);
  });

  test('a consent that opens while a request is refused: it is decided again, too', async () => {
    gateway.put([mood('mood'), refusal('no-mh', 'MH')]);
    const { audit } = gateway.deps;
    const { append } = audit;
    let appended = 0;
    Object.assign(audit, {
      append: async (...row: Parameters<typeof append>) => {
        appended += 1;
        if (appended > 1) return append(...row);
        expect(row[0]).toMatchObject({ status: 404, decisions: [{ effect: 'withhold' }] });
        expect(row[1]).toBeDefined();
        gateway.put([mood('mood')]);
        throw new PrivityError('decision-stale');
      },
    });
    const reply = await gateway.get('physician', '/fhir/Condition/mood');
    Object.assign(audit, { append });
    expect([appended, reply.status]).toEqual([2, 200]);
  });
});

describe('with everything remembered that may be', () => {
  const records: readonly Resource[] = [
    ...STANDING,
    note('note'),
    mood('ann'),
    { ...mood('bo'), subject: BO },
    refusal('bo-refuses', 'MH', BO),
    observation('weight'),
  ];
  let first: TestGateway;
  let second: TestGateway;
  let own: TestIssuer;
  let issuers: readonly Record<string, unknown>[];
  let stranger: TestIssuer;
  /** The first gateway's own database, as another replica reaches it. */
  let network: FaultyNetwork;
  let databaseUrl: string;
  const present = (gateway: TestGateway, token: string, place: string) =>
    gateway.ask(undefined, `/fhir/${place}`, { headers: { authorization: `Bearer ${token}` } });
  const read = async (gateway: TestGateway, who: Who | Record<string, unknown>, place: string) =>
    present(gateway, await own.sign(typeof who === 'string' ? claimsOf(who) : who), place);

  beforeAll(async () => {
    [own, stranger] = await Promise.all([startIssuer(AUDIENCE), startIssuer(AUDIENCE)]);
    issuers = [
      { issuer: own.issuer, jwksUri: own.jwksUri, audience: AUDIENCE, algorithms: ['ES256'] },
      {
        issuer: stranger.issuer,
        jwksUri: stranger.jwksUri,
        audience: AUDIENCE,
        algorithms: ['ES256'],
        roles: { 'mental-health-professional': 'workforce' },
      },
    ];
    const remembers = { consent: { cacheSeconds: 3600 } };
    first = await startTestGateway({
      resources: records,
      config: { ...remembers, identity: { issuers, clockToleranceSeconds: 0 } },
    });
    network = await faultyNetwork(path.join(first.dataDir, 'postgres', '.s.PGSQL.5432'));
    databaseUrl = `postgres://postgres:${readFileSync(path.join(first.dataDir, 'postgres.password'), 'utf8')}@127.0.0.1:${network.port}/privity`;
    second = await startTestGateway({
      resources: [],
      config: {
        ...remembers,
        upstream: { url: first.upstream.url },
        database: { url: databaseUrl },
        identity: { issuers },
      },
    });
  });
  afterAll(async () => {
    await second?.close();
    await network?.stop();
    await first?.close();
    await Promise.all([own?.close(), stranger?.close()]);
  });

  test('threat 24: what one asks before or beside another changes nothing for either', async () => {
    const rows: readonly (readonly [Who, string, number])[] = [
      ['therapist', 'DocumentReference/note', 200],
      ['physician', 'DocumentReference/note', 404],
      ['billing', 'DocumentReference/note', 404],
      ['patient', 'DocumentReference/note', 403],
      ['physician', 'Condition/ann', 200],
      ['physician', 'Condition/bo', 404],
      ['therapist', 'Condition/bo', 200],
      ['patient', 'Condition/ann', 200],
      ['patient', 'Condition/bo', 404],
      ['researcher', 'Condition/ann', 404],
      ['billing', 'Observation/weight', 404],
      ['physician', 'Observation/weight', 200],
    ];
    const round = () => Promise.all(rows.map(async ([who, place]) => (await read(first, who, place)).status));
    const backwards = async () => {
      const statuses: number[] = [];
      for (const [who, place] of rows.toReversed()) statuses.unshift((await read(first, who, place)).status);
      return statuses;
    };
    const wanted = rows.map(([, , status]) => status);
    expect(await round()).toEqual(wanted);
    expect(await backwards()).toEqual(wanted);
    expect(await round()).toEqual(wanted);
  });

  test('threat 24: the same person for another purpose is another view', async () => {
    const claims = claimsOf('physician');
    const payment = { ...claims, purpose_of_use: 'HPAYMT' };
    for (let round = 0; round < 2; round += 1) {
      expect((await read(first, claims, 'Observation/weight')).status).toBe(200);
      expect((await read(first, payment, 'Observation/weight')).status).toBe(404);
    }
  });

  test('threat 25: a revocation is in force at every replica from its acknowledgement on, whatever they remember', async () => {
    for (const gateway of [first, second]) expect((await read(gateway, 'physician', 'Condition/ann')).status).toBe(200);
    // What a Consent write through any replica does: the record, then the epoch; its commit is the acknowledgement.
    const elsewhere = await startDatabase({ url: databaseUrl });
    const epochs = await createSubjectEpochs(elsewhere);
    first.upstream.store.load(refusal('ann-refuses', 'MH'));
    await epochs.bump([ANN.reference]);
    for (const gateway of [first, second, first, second]) {
      const reply = await read(gateway, 'physician', 'Condition/ann');
      expect(reply.status).toBe(404);
      expect(reply.text).not.toContain(CANARY);
    }
    first.upstream.store.delete('Consent', 'ann-refuses');
    await epochs.bump([ANN.reference]);
    // What opens again does so when the other replica hears of it: a refusal is not compared with the epochs.
    await vi.waitFor(async () => expect((await read(second, 'physician', 'Condition/ann')).status).toBe(200), 5_000);
    await elsewhere.close();
  });

  test('threat 25: one written around the gateway is in force within consent.cacheSeconds', async () => {
    const near = await startTestGateway({ resources: records, config: { consent: { cacheSeconds: 1 }, identity: { issuers } } });
    expect((await read(near, 'physician', 'Condition/ann')).status).toBe(200);
    near.upstream.store.load(refusal('ann-refuses', 'MH'));
    await sleep(1100);
    expect((await read(near, 'physician', 'Condition/ann')).status).toBe(404);
    await near.close();
  });

  test('threat 26: a token is remembered as a whole: neither its claims nor its signature alone', async () => {
    const wide = await own.sign({ ...claimsOf('physician'), jti: 'one' });
    const narrow = await own.sign({ ...claimsOf('physician'), jti: 'one', scope: 'user/Patient.r' });
    const [head, body, signature] = wide.split('.');
    const ask = async (token: string) => (await present(first, token, 'Condition/ann')).status;
    expect(await ask(wide)).toBe(200);
    expect(await ask(narrow)).toBe(403);
    expect(await ask(`${head}.${narrow.split('.')[1]}.${signature}`)).toBe(401);
    expect(await ask(`${head}.${body}.${narrow.split('.')[2]}`)).toBe(401);
    expect(await ask(`${head}.${body}.`)).toBe(401);
    expect(await ask(wide)).toBe(200);
  });

  test('threat 26: a secret that the gateway shares with an issuer makes no token good', () => {
    const [trusted] = issuers;
    for (const algorithm of ['HS256', 'none'])
      expect(() =>
        createTokenVerifier(
          { issuers: [{ ...trusted, algorithms: [algorithm] }] } as unknown as Parameters<typeof createTokenVerifier>[0],
          { clock: { now: Date.now } },
        ),
      ).toThrow('only asymmetric');
  });

  test('threat 26: the same name from another issuer is somebody else', async () => {
    const claims = { ...claimsOf('therapist'), jti: 'one' };
    expect((await read(first, claims, 'DocumentReference/note')).status).toBe(200);
    const reply = await present(first, await stranger.sign(claims), 'DocumentReference/note');
    // That issuer's word for the role means another one here.
    expect(reply.status).toBe(404);
    const forged = await stranger.sign({ ...claims, iss: own.issuer });
    expect((await present(first, forged, 'DocumentReference/note')).status).toBe(401);
  });

  test('threat 26: an expiry is seen although the token is remembered', async () => {
    const exp = Math.ceil(Date.now() / 1000) + 1;
    const token = await own.sign({ ...claimsOf('physician'), exp });
    const ask = () => present(first, token, 'Observation/weight');
    expect((await ask()).status).toBe(200);
    await sleep(exp * 1000 - Date.now() + 50);
    expect((await ask()).status).toBe(401);
  });
});
