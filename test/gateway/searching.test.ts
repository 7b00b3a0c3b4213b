/** Searches as if what is withheld did not exist (design.md 4.5; threats.md 4, 8-11, 23, 52-54): pages, totals, includes, subsets. */
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { PUBLIC, personaClaims, type Reply, type TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';
import { checkCase, type GatewayCase, rawOf } from './gateway-case.ts';

const PSYTHPN = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' };

/** Thirty documents of Maria's: every third is a psychotherapy note, so that no upstream page is whole. */
const documents: readonly Resource[] = Array.from({ length: 30 }, (_, index) => ({
  resourceType: 'DocumentReference',
  id: `ward-${String(index).padStart(2, '0')}`,
  ...(index % 3 === 1 ? { meta: { security: [PSYTHPN] } } : {}),
  status: 'current',
  subject: { reference: 'Patient/maria' },
  date: `2026-01-${String(30 - index).padStart(2, '0')}T10:00:00Z`,
  ...(index % 3 === 1 ? { author: [{ reference: 'Practitioner/kim', display: 'Jisoo Kim' }] } : {}),
  content: [{ attachment: { title: `Ward document ${index}` } }],
}));
const WARD = '/fhir/DocumentReference?subject=Patient/maria&date=lt2026-02-01&date=ge2026-01-01';
const given = documents.filter((_, index) => index % 3 !== 1).map((resource) => `DocumentReference/${resource.id}`);
const all = documents.map((resource) => `DocumentReference/${resource.id}`);

let clinic: TestGateway;

beforeAll(async () => {
  clinic = await startClinic({ resources: documents });
});
afterAll(() => clinic?.close());

function nextOf(reply: Reply): string | undefined {
  return (reply.body.link as { relation: string; url: string }[] | undefined)?.find((link) => link.relation === 'next')?.url;
}

async function walk(who: string, first: string): Promise<readonly Reply[]> {
  const pages = [await clinic.ask(who, first)];
  for (let next = nextOf(pages[0] as Reply); next !== undefined; next = nextOf(pages.at(-1) as Reply))
    pages.push(await clinic.ask(who, next));
  return pages;
}

describe('pages', () => {
  test('are full although a third of the candidates is withheld, and end when nothing is left', async () => {
    const pages = await walk('family-physician', `${WARD}&_count=4`);
    expect(pages.map((page) => page.names.length)).toEqual([4, 4, 4, 4, 4]);
    expect(pages.flatMap((page) => page.names)).toEqual(given);
    expect(pages.some((page) => /ward-(01|04|07)/.test(page.text))).toBe(false);
  });

  test('the last page that is just full has no next link: look-ahead', async () => {
    const [only, ...more] = await walk('family-physician', `${WARD}&_count=20`);
    expect(only?.names).toEqual(given);
    expect(only?.body.total).toBe(20);
    expect(more).toEqual([]);
  });

  test('who may see everything walks over everything', async () => {
    const pages = await walk('psychiatrist', `${WARD}&_count=7`);
    expect(pages.map((page) => page.names.length)).toEqual([7, 7, 7, 7, 2]);
    expect(pages.flatMap((page) => page.names)).toEqual(all);
  });

  test('sorted by what may be withheld, the gateway sorts itself', async () => {
    const pages = await walk('family-physician', `${WARD}&_sort=date&_count=8`);
    expect(pages.map((page) => page.names.length)).toEqual([8, 8, 4]);
    expect(pages.flatMap((page) => page.names)).toEqual([...given].reverse());
    expect(pages[0]?.body.total).toBe(20);
  });

  test('links are of one length, whatever they carry', async () => {
    const links = (await walk('family-physician', `${WARD}&_count=4`)).flatMap((page) => nextOf(page) ?? []);
    expect(new Set(links.map((link) => link.length)).size).toBe(1);
    expect(links[0]?.startsWith(`${PUBLIC}/fhir/DocumentReference?_page=`)).toBe(true);
  });

  const holder: JWTPayload = personaClaims('family-physician');
  const others: readonly (readonly [string, JWTPayload, Record<string, string>])[] = [
    ['another requester', personaClaims('psychiatrist'), {}],
    ['the same person for another purpose', { ...holder, purpose_of_use: ['ETREAT'] }, {}],
    ['the same person with a narrower scope', { ...holder, scope: 'user/DocumentReference.rs' }, {}],
    ['the same person in another role', { ...holder, roles: ['mental-health-professional'] }, {}],
    ['the same person with another app', { ...holder, client_id: 'another' }, {}],
    ['the same name from nobody', { ...holder, sub: 'someone else' }, {}],
  ];
  test.each(others)('a next link is not for %s', async (_, claims, headers) => {
    const link = nextOf(await clinic.ask('family-physician', `${WARD}&_count=4`)) ?? '';
    const reply = await clinic.ask(claims, link, { headers });
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 410, reason: 'page-expired' });
    expect(reply.text).not.toContain('ward-');
    expect((await clinic.ask('family-physician', link)).status).toBe(200);
  });

  const edits: readonly (readonly [string, (link: string) => string, number, string])[] = [
    [
      'with a character changed',
      (link) => `${link.slice(0, -40)}${link.at(-40) === 'A' ? 'B' : 'A'}${link.slice(-39)}`,
      410,
      'page-expired',
    ],
    ['cut short', (link) => link.slice(0, -20), 410, 'page-expired'],
    ['empty', (link) => link.replace(/_page=.*/, '_page='), 410, 'page-expired'],
    ['that is a word', (link) => link.replace(/_page=.*/, '_page=constructor'), 410, 'page-expired'],
    ['put on another type', (link) => link.replace('DocumentReference', 'Condition'), 410, 'page-expired'],
    ['put into a compartment', (link) => link.replace('fhir/', 'fhir/Patient/maria/'), 410, 'page-expired'],
    ['with another parameter beside it', (link) => `${link}&status=current`, 400, 'invalid-parameter'],
    ['given twice', (link) => `${link}&_page=x`, 400, 'invalid-parameter'],
  ];
  test.each(edits)('a link %s is refused', async (_, edit, status, reason) => {
    const link = nextOf(await clinic.ask('family-physician', `${WARD}&_count=4`)) ?? '';
    const reply = await clinic.ask('family-physician', edit(link));
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status, reason });
  });
});

describe('totals and counts', () => {
  const counts: readonly (readonly [string, string, string, number | undefined, number])[] = [
    ['_summary=count counts what is released', 'family-physician', `${WARD}&_summary=count`, 20, 0],
    ['_count=0 is a count too', 'family-physician', `${WARD}&_count=0`, 20, 0],
    ['_total=accurate is computed over what is released', 'family-physician', `${WARD}&_total=accurate&_count=3`, 20, 3],
    ['a page of many has no total that nobody asked for', 'family-physician', `${WARD}&_count=3`, undefined, 3],
    ['for billing there are no documents to count', 'billing', `${WARD}&_summary=count`, 0, 0],
    ['for somebody whom no law lets near there is nothing', 'parent', `${WARD}&_total=accurate`, 0, 0],
    ['POST counts the same', 'family-physician', 'POST', 20, 0],
  ];
  test.each(counts)('%s', async (_, who, url, total, entries) => {
    const reply =
      url === 'POST'
        ? await clinic.ask(who, '/fhir/DocumentReference/_search', {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: `${WARD.split('?')[1]}&_summary=count`,
          })
        : await clinic.ask(who, url);
    expect(reply.status).toBe(200);
    expect({ total: reply.body.total, entries: reply.names.length }).toEqual({ total, entries });
  });
});

describe('what is counted is in the log as what is given (a count tells who has a diagnosis)', () => {
  const DEPRESSION = 'code=http://hl7.org/fhir/sid/icd-10-cm|F33.1';
  const depressed = { 'Condition/maria-depression': 'permit MH-01' };
  const maria = ['Patient/maria'];
  const row = (name: string, get: string, total: number | undefined, log: GatewayCase['log'], gets: Partial<GatewayCase['gets']> = {}) => ({
    name,
    who: 'family-physician',
    get: `/fhir/${get}`,
    gets: { status: 200, names: [], ...(total === undefined ? {} : { total }), ...gets },
    log,
  });
  const counted = { outcome: '0', recipient: 'other-treating-provider', subjects: maria, decisions: depressed } as const;
  const wardLog = (given: readonly string[]) => ({
    ...counted,
    decisions: Object.fromEntries(all.map((name, at) => [name, at % 3 === 1 ? 'withhold' : given.includes(name) ? 'permit' : ''])),
  });
  const methadone = 'MedicationRequest?_id=james-methadone';
  const cases: readonly GatewayCase[] = [
    row('_summary=count', `Condition?${DEPRESSION}&patient=maria&_summary=count`, 1, counted),
    row('_count=0', `Condition?${DEPRESSION}&patient=maria&_count=0`, 1, counted),
    row('in a compartment', `Patient/maria/Condition?${DEPRESSION}&_summary=count`, 1, counted),
    row('by _has, whom a search by it would give', `Patient?_id=maria&_has:Condition:patient:${DEPRESSION}&_summary=count`, 1, {
      ...counted,
      decisions: { 'Patient/maria': 'permit MH-01' },
    }),
    row('by a chain, what a search by it would give', `Condition?subject:Patient._id=maria&${DEPRESSION}&_summary=count`, 1, counted),
    row('over several types', '?_type=Condition,Patient&_id=maria-depression,maria&_summary=count', 2, {
      ...counted,
      decisions: { ...depressed, 'Patient/maria': 'permit MH-01' },
    }),
    row('nothing found', `Condition?${DEPRESSION}&patient=james&_summary=count`, 0, { outcome: '0', subjects: [], decisions: {} }),
    row('what is withheld stays withheld', `${WARD.slice('/fhir/'.length)}&_summary=count`, 20, wardLog(given)),
    row('_total=accurate beside a page', `${WARD.slice('/fhir/'.length)}&_total=accurate&_count=1`, 20, wardLog(given), {
      names: given.slice(0, 1),
    }),
    row('a total that comes of sorting', `${WARD.slice('/fhir/'.length)}&_sort=date&_count=1`, 20, wardLog(given), {
      names: given.slice(-1),
    }),
    row(
      'without a total only what the page gives',
      `${WARD.slice('/fhir/'.length)}&_sort=date&_count=1&_total=none`,
      undefined,
      {
        ...counted,
        decisions: Object.fromEntries(
          all.flatMap((name, at) => (at % 3 === 1 ? [[name, 'withhold']] : name === given.at(-1) ? [[name, 'permit']] : [])),
        ),
      },
      { names: given.slice(-1) },
    ),
    row(
      'a count of Part 2 records comes with the notice, and without entries',
      `${methadone}&_summary=count`,
      1,
      { outcome: '0', subjects: ['Patient/james'], decisions: { 'MedicationRequest/james-methadone': 'permit SU-01.tpo' } },
      { notice: true, removed: ['OperationOutcome'] },
    ),
  ];
  test.each(cases)('$name', (each) => checkCase(clinic, each));

  test('the patient finds it in the accounting, the auditor among the events of the patient', async () => {
    const requestId = `count-${crypto.randomUUID()}`;
    const headers = { 'x-request-id': requestId };
    const accounted = async () =>
      (await clinic.ask('patient', '/audit/disclosures?patient=maria')).body.disclosures as { recipient: { kind?: string } }[];
    const before = await accounted();
    expect((await clinic.ask('researcher', '/fhir/Condition?patient=maria&_summary=count', { headers })).body.total).toBeGreaterThan(0);
    expect((await accounted()).length - before.length).toBe(1);
    expect((await accounted()).at(-1)?.recipient.kind).toBe('researcher');
    const { text } = await clinic.ask('auditor', '/audit/AuditEvent?patient=maria&_count=5');
    expect(text).toContain(requestId);
  });
});

describe('includes', () => {
  const CONDITIONS = '/fhir/Condition?patient=maria&_sort=_id';
  const rows: readonly (readonly [string, string, string, readonly string[]])[] = [
    [
      'a patient comes along',
      'family-physician',
      '/fhir/Condition?_id=maria-depression&_include=Condition:subject',
      ['Condition/maria-depression', 'Patient/maria'],
    ],
    [
      'whom a view does not name is not reached through it',
      'billing',
      '/fhir/Condition?_id=maria-depression&_include=Condition:asserter',
      ['Condition/maria-depression'],
    ],
    [
      'an author who is known through a withheld note alone does not come along',
      'family-physician',
      `${WARD}&_count=3&_include=DocumentReference:author`,
      ['DocumentReference/ward-00', 'DocumentReference/ward-02', 'DocumentReference/ward-03'],
    ],
    [
      'documents of a visit: the released ones',
      'family-physician',
      '/fhir/Encounter?_id=maria-session-12&_revinclude=DocumentReference:encounter&_revinclude=Observation:encounter',
      ['Encounter/maria-session-12', 'DocumentReference/maria-progress-12', 'Observation/maria-phq9'],
    ],
    [
      'billing gets no observation of it',
      'billing',
      '/fhir/Encounter?_id=maria-session-12&_revinclude=Observation:encounter',
      ['Encounter/maria-session-12'],
    ],
    [
      'a view that removes the reference removes the include',
      'spouse',
      '/fhir/MedicationRequest?_id=maria-sertraline&_include=MedicationRequest:requester',
      ['MedicationRequest/maria-sertraline'],
    ],
    [
      'includes do not change the matches',
      'family-physician',
      `${CONDITIONS}&_include=Condition:subject&_count=1`,
      ['Condition/maria-depression', 'Patient/maria'],
    ],
  ];
  test.each(rows)('%s', async (_, who, url, names) => {
    const reply = await clinic.ask(who, url);
    expect({ status: reply.status, names: reply.names }).toEqual({ status: 200, names });
    const modes = (reply.body.entry as { search: { mode: string } }[]).map((entry) => entry.search.mode);
    expect(modes[0]).toBe('match');
  });
});

describe('subsets', () => {
  test('_elements keeps what is asked, what must be there, what changes its meaning, and says so', async () => {
    const { body } = await clinic.ask('family-physician', '/fhir/Condition/maria-depression?_elements=code');
    expect(Object.keys(body).sort()).toEqual(['clinicalStatus', 'code', 'id', 'meta', 'resourceType', 'subject', 'verificationStatus']);
    expect(body.meta?.tag?.map((tag) => tag.code)).toEqual(['SUBSETTED']);
  });

  test('_elements never brings back what a view took', async () => {
    const reply = await clinic.ask('billing', '/fhir/Encounter/mixed-visit?_elements=reasonCode,class');
    expect(reply.status).toBe(200);
    expect(reply.text).not.toContain('F33.1');
  });

  test('_summary=text has narrative, and none where it was withheld', async () => {
    expect((await clinic.ask('family-physician', '/fhir/Condition/maria-depression?_summary=text')).text).toContain('loss of her sister');
    expect((await clinic.ask('billing', '/fhir/Condition/maria-depression?_summary=text')).text).not.toContain('loss of her sister');
  });

  test('labels are found although the caller asks for elements without them', async () => {
    const reply = await clinic.ask('family-physician', '/fhir/DocumentReference?patient=maria&_elements=status&_count=100');
    expect(rawOf(reply)).not.toContain('maria-therapy-note');
  });

  test('what the upstream is asked for is whole', async () => {
    clinic.upstream.requests.length = 0;
    await clinic.ask(
      'family-physician',
      '/fhir/Condition?patient=maria&_elements=code&_summary=true&_total=accurate&_include=Condition:subject',
    );
    await clinic.ask('family-physician', '/fhir/Condition?patient=maria&_elements=code&_total=accurate&_include=Condition:subject');
    const asked = clinic.upstream.requests.map((request) => request.url).join('\n');
    expect(asked).toContain('Condition?');
    expect(asked).not.toMatch(/_elements|_summary|_total|_include/);
  });
});
