/**
 * Intent, write, outcome (design.md section 5): nothing is sent that the log does not know of, nothing is sent twice, and
 * what can't be confirmed is not called done.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/audit/record.ts';
import type { Store } from '../../src/demo/fhir-server/store.ts';
import { type ErrorCode, PrivityError } from '../../src/errors.ts';
import { ATTEMPTS } from '../../src/pipeline/decided-under.ts';
import { buildWorld } from '../properties/world.ts';
import { type Answered, type InProcess, inProcessGateway } from '../support/in-process.ts';

const { settings } = buildWorld({ resources: [], consents: [], attested: [], implicit: 'hipaa', announce: false, evidenced: false });
const THERAPIST = {
  sub: 'therapist',
  fhirUser: 'Practitioner/t',
  roles: ['mental-health-professional'],
  purpose_of_use: ['TREAT'],
  scope: 'user/*.cruds',
};
const OBSERVATION = { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/p' } };

let gateway: InProcess;
let store: Store;
let log: string[];
/** What the log says to the first append, the second, …; beyond them all is well. */
let answers: (ErrorCode | undefined)[];

beforeAll(async () => {
  gateway = await inProcessGateway();
  const append = async ({ interaction, status, reason, outcome }: AuditRecord) => {
    const refused = answers.shift();
    if (refused !== undefined) throw new PrivityError(refused);
    log.push(`${interaction} ${outcome} ${status} ${reason ?? 'done'}, ${store.writes - 1} written`);
  };
  Object.assign(gateway.deps.audit, { append });
});
beforeEach(() => {
  store = gateway.enter({ resources: [{ resourceType: 'Patient', id: 'p', active: true }], recorded: [], settings });
  log = [];
  answers = [];
});

const create = () =>
  gateway.ask(THERAPIST, {
    method: 'POST',
    url: '/fhir/Observation',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(OBSERVATION),
  });
const told = ({ status, text }: Answered) => [status, text === '' ? undefined : JSON.parse(text).issue?.[0]?.details.coding[0].code];
const written = () => store.writes - 1;

describe('a write and its log', () => {
  it('is logged before it is sent, and after', async () => {
    expect((await create()).status).toBe(201);
    expect(log).toEqual(['create 0 100 intent, 0 written', 'create 0 201 done, 1 written']);
  });

  it('is not sent where the intent can not be logged', async () => {
    answers = ['audit-unavailable'];
    expect(told(await create())).toEqual([503, 'audit-unavailable']);
    expect(written()).toBe(0);
  });

  it('is decided again where consent or policy changed before it was sent', async () => {
    answers = ['decision-stale'];
    expect((await create()).status).toBe(201);
    expect(log).toEqual(['create 0 100 intent, 0 written', 'create 0 201 done, 1 written']);
  });

  it('is given up where they change again and again, and nothing is sent', async () => {
    answers = Array(ATTEMPTS).fill('decision-stale');
    expect(told(await create())).toEqual([503, 'decision-stale']);
    expect(written()).toBe(0);
  });

  it('is read back again where they changed after it was sent; it is not sent again', async () => {
    answers = [undefined, 'decision-stale'];
    const reply = await create();
    expect([reply.status, JSON.parse(reply.text).resourceType, written()]).toEqual([201, 'Observation', 1]);
    expect(log).toEqual(['create 0 100 intent, 0 written', 'create 0 201 done, 1 written']);
  });

  it('is answered without a body where they change again and again', async () => {
    answers = [undefined, ...Array(ATTEMPTS).fill('decision-stale')];
    const reply = await create();
    expect([reply.status, reply.text, written()]).toEqual([201, '', 1]);
    expect(reply.headers.location).toMatch(/\/Observation\/[\w-]+\/_history\/1$/);
  });

  it('is unconfirmed where the outcome can not be logged', async () => {
    answers = [undefined, 'audit-unavailable'];
    expect(told(await create())).toEqual([503, 'write-unconfirmed']);
    expect(log).toEqual(['create 0 100 intent, 0 written']);
    expect(written()).toBe(1);
  });

  it('is unconfirmed where the record server does not say what it made', async () => {
    const { write } = gateway.deps.upstream;
    Object.assign(gateway.deps.upstream, { write: async () => ({ status: 201, headers: {} }) });
    const reply = await create();
    Object.assign(gateway.deps.upstream, { write });
    expect(told(reply)).toEqual([503, 'write-unconfirmed']);
    expect(log).toEqual(['create 0 100 intent, 0 written', 'create 8 503 write-unconfirmed, 0 written']);
  });

  it('says where it is although the record server gives no body', async () => {
    const { write } = gateway.deps.upstream;
    const silent = async (what: Parameters<typeof write>[0]) => {
      const { resource: _resource, ...answer } = await write(what);
      return answer;
    };
    Object.assign(gateway.deps.upstream, { write: silent });
    const reply = await create();
    Object.assign(gateway.deps.upstream, { write });
    expect([reply.status, JSON.parse(reply.text).status]).toEqual([201, 'final']);
  });

  it('stays refused where a revocation can not be put in force', async () => {
    let bumps = 0;
    const { bump } = gateway.deps.writes.epochs;
    const failing = async () => {
      bumps += 1;
      if (bumps === 2) throw new PrivityError('audit-unavailable');
    };
    Object.assign(gateway.deps.writes.epochs, { bump: failing });
    const document = {
      resourceType: 'DocumentReference',
      status: 'current',
      subject: { reference: 'Patient/p' },
      content: [{ attachment: { title: 't' } }],
    };
    const reply = await gateway.ask(THERAPIST, {
      method: 'POST',
      url: '/fhir/DocumentReference',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(document),
    });
    Object.assign(gateway.deps.writes.epochs, { bump });
    expect(told(reply)).toEqual([503, 'write-unconfirmed']);
  });
});
