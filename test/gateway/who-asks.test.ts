/** The same record for different tokens, and what each installation may choose: candidates, announcing, evidence of treatment. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personaClaims, type TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';
import { checkCase, type GatewayCase, loggedOf } from './gateway-case.ts';
import { breakGlass, purposes, scopes, type WhoCase } from './who-asks.cases.ts';

describe('tokens', () => {
  let clinic: TestGateway;
  beforeAll(async () => {
    clinic = await startClinic();
  });
  afterAll(() => clinic?.close());

  async function check(row: WhoCase): Promise<void> {
    const id = `who-${crypto.randomUUID()}`;
    const reply = await clinic.ask(row.claims, row.get, { headers: { 'x-request-id': id, ...row.headers } });
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status: row.status, reason: row.reason });
    if (row.names !== undefined) expect(reply.names).toEqual(row.names);
    expect(await loggedOf(clinic, id)).toMatchObject({ outcome: row.status < 400 ? '0' : '4', purpose: row.purpose, reason: row.reason });
  }

  for (const [topic, rows] of Object.entries({ scopes, purposes, 'break-glass': breakGlass })) {
    describe(topic, () => {
      test.each(rows)('$name', check);
    });
  }

  test('a broken glass and a candidate each open a review', async () => {
    await clinic.ask('family-physician', '/fhir/DocumentReference/maria-counseling-misfiled');
    await clinic.ask('emergency-physician', '/fhir/Condition/maria-diabetes', {
      headers: { 'X-Break-Glass': 'Unconscious, no next of kin' },
    });
    expect(await reviewsOf(clinic)).toEqual(expect.arrayContaining(['break-glass', 'psychotherapy-note-candidate']));
  });
});

const MISFILED = 'DocumentReference/maria-counseling-misfiled';
const NOTE = '/fhir/DocumentReference/maria-therapy-note-12';

describe('another installation', () => {
  let clinic: TestGateway;
  beforeAll(async () => {
    clinic = await startClinic({
      config: {
        policy: {
          candidates: 'hold',
          treatmentRelationship: 'evidenced',
          withheld: { default: 'announce', patient: 'hide', payer: 'hide' },
        },
      },
    });
  });
  afterAll(() => clinic?.close());

  const rows: readonly GatewayCase[] = [
    {
      name: 'holds a candidate from all but its author: the family physician does not get it',
      who: 'family-physician',
      get: `/fhir/${MISFILED}`,
      gets: { status: 403, reason: 'withheld', removed: ['Psychology counseling note', 'session 9'] },
      log: { outcome: '4', purpose: 'TREAT', reason: 'withheld', decisions: { [MISFILED]: 'withhold psychotherapy-note-candidate' } },
    },
    {
      name: '… nor does the patient',
      who: 'patient',
      get: `/fhir/${MISFILED}`,
      gets: { status: 404, reason: 'not-found' },
      log: { outcome: '4', purpose: 'PATRQT', decisions: { [MISFILED]: 'withhold psychotherapy-note-candidate' } },
    },
    {
      name: '… its author does',
      who: 'therapist',
      get: `/fhir/${MISFILED}`,
      gets: { status: 200, kept: ['session 9'] },
      log: { outcome: '0', purpose: 'TREAT', decisions: { [MISFILED]: 'permit MH-02' } },
    },
    {
      name: 'announces to a physician that a note is withheld, with the ground and nothing else',
      who: 'family-physician',
      get: NOTE,
      gets: { status: 403, reason: 'withheld', kept: ['164.508(a)(2)'], removed: ['Okafor', 'PSYTHPN', 'session 12', 'maria'] },
      log: { outcome: '4', purpose: 'TREAT', reason: 'withheld' },
    },
    {
      name: 'announces it in a search too',
      who: 'family-physician',
      get: '/fhir/DocumentReference?patient=maria',
      gets: { status: 200, names: ['DocumentReference/maria-progress-12'], announced: true, removed: ['maria-therapy-note', 'PSYTHPN'] },
      log: { outcome: '0', purpose: 'TREAT' },
    },
    {
      name: 'hides from a payer what it announces to others',
      who: 'payer',
      get: NOTE,
      gets: { status: 404, reason: 'not-found' },
      log: { outcome: '4', purpose: 'HPAYMT', reason: 'not-found' },
    },
    {
      name: 'what never existed is not announced to anybody',
      who: 'family-physician',
      get: '/fhir/DocumentReference/never-was',
      gets: { status: 404, reason: 'not-found' },
      log: { outcome: '4', purpose: 'TREAT', reason: 'not-found', decisions: {} },
    },
    {
      name: 'a physician on her care team treats her',
      who: 'family-physician',
      get: '/fhir/Condition/maria-diabetes',
      gets: { status: 200 },
      log: { outcome: '0', purpose: 'TREAT', recipient: 'originator' },
    },
    {
      name: 'a physician who never saw her does not, whatever the token says',
      who: { ...personaClaims('emergency-physician'), purpose_of_use: ['TREAT'] },
      get: '/fhir/Condition/maria-diabetes',
      gets: { status: 403, reason: 'withheld' },
      log: { outcome: '4', purpose: 'TREAT', recipient: 'third-party' },
    },
    {
      name: 'a physician who saw James in an emergency treats him',
      who: { ...personaClaims('emergency-physician'), purpose_of_use: ['TREAT'] },
      get: '/fhir/Encounter/james-emergency-visit',
      gets: { status: 200 },
      log: { outcome: '0', purpose: 'TREAT', recipient: 'other-treating-provider' },
    },
  ];
  test.each(rows)('$name', (row) => checkCase(clinic, row));
});

/** Kinds of open reviews, from the database: the list for reviewers follows. */
async function reviewsOf({ dataDir }: TestGateway): Promise<readonly string[]> {
  const { ownerOf } = await import('../support/database.ts');
  const owner = ownerOf(dataDir);
  try {
    const rows = await owner<{ kind: string }[]>`select distinct kind from review`;
    return rows.map((row) => row.kind);
  } finally {
    await owner.end({ timeout: 1 });
  }
}
