import { describe, expect, test } from 'vitest';
import { cursorText, parseAuditSearch } from '../../src/audit/parse-audit-search.ts';

const parse = (query: string) => parseAuditSearch([...new URLSearchParams(query)] as [string, string][]);
const ID = '0190d6a0-1111-7222-8333-444455556666';

describe('what is asked is read', () => {
  const cases: [query: string, read: object][] = [
    ['', { count: 50, order: 'newest', patient: [], agent: [] }],
    ['patient=p1', { patient: [['Patient/p1']] }],
    ['patient=Patient/p1,p2&patient=p3', { patient: [['Patient/p1', 'Patient/p2'], ['Patient/p3']] }],
    ['agent=a\\,b,c', { agent: [['a,b', 'c']] }],
    ['action=C,R', { action: [['C', 'R']] }],
    ['action=http://hl7.org/fhir/audit-event-action|D', { action: [['D']] }],
    ['outcome=12', { outcome: [['12']] }],
    ['purpose=TREAT', { purpose: [['TREAT']] }],
    ['entity=Observation/o1', { entity: [['Observation/o1']] }],
    ['entity-role=13', { role: [['13']], notRole: [] }],
    ['entity-role:not=http://terminology.hl7.org/CodeSystem/object-role|13', { role: [], notRole: [['13']] }],
    [`_id=${ID}.1.authz`, { id: [[ID]] }],
    ['_count=1000&_sort=date', { count: 1000, order: 'oldest' }],
    [`_page=1795465925123_${ID}_2`, { cursor: { recordedAt: '2026-11-23T20:32:05.123Z', id: ID, index: 2 } }],
  ];
  test.each(cases)('%s', (query, read) => {
    expect(parse(query)).toMatchObject(read);
  });

  const windows: [query: string, from: string | undefined, before: string | undefined][] = [
    ['date=2026', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['date=eq2026-02', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['date=2026-02-28', '2026-02-28T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['date=ge2026-02-28', '2026-02-28T00:00:00.000Z', undefined],
    ['date=gt2026-02-28', '2026-03-01T00:00:00.000Z', undefined],
    ['date=le2026-02-28', undefined, '2026-03-01T00:00:00.000Z'],
    ['date=lt2026-02-28', undefined, '2026-02-28T00:00:00.000Z'],
    ['date=ge2026&date=ge2025&date=lt2027&date=lt2028', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ];
  test.each(windows)('%s', (query, from, before) => {
    const read = parse(query);
    expect([read.from, read.before]).toEqual([from, before]);
  });

  test('a cursor is what it was', () => {
    const cursor = { recordedAt: '2026-11-23T20:32:05.123Z', id: ID, index: 17 };
    expect(parse(`_page=${cursorText(cursor)}`).cursor).toEqual(cursor);
  });
});

describe('what is not understood is refused, by its name', () => {
  const cases: [query: string, name: string][] = [
    ['patients=p1', 'patients'],
    ['patient:missing=true', 'patient:missing'],
    ['patient.name=Anna', 'unknown'],
    ['Anna%20Meyer%20born%201970=1', 'unknown'],
    ['__proto__=1', '__proto__'],
    ['patient=', 'patient'],
    ['patient=Observation/o1', 'patient'],
    ['patient=p1,', 'patient'],
    [`patient=${'p,'.repeat(51)}p`, 'patient'],
    ['agent=', 'agent'],
    ['date=', 'date'],
    ['date=ne2026', 'date'],
    ['date=yesterday', 'date'],
    ['date=2026-02-30', 'date'],
    ['date=2026,2025', 'date'],
    ['action=X', 'action'],
    ['action=http://elsewhere.example|R', 'action'],
    ['outcome=1', 'outcome'],
    ['purpose=treat', 'purpose'],
    ['entity=o1', 'entity'],
    ['_id=1', '_id'],
    ['entity-role=1', 'entity-role'],
    ['entity-role:not=http://elsewhere.example|13', 'entity-role:not'],
    ['entity-role:missing=true', 'entity-role:missing'],
    ['_count=0', '_count'],
    ['_count=1001', '_count'],
    ['_count=ten', '_count'],
    ['_count=1&_count=2', '_count'],
    ['_sort=agent', '_sort'],
    ['_sort=date,agent', '_sort'],
    ['_page=1', '_page'],
    [`_page=999999999999999_${ID}_0`, 'date'],
    [`_page=1_${ID}_0;drop`, '_page'],
  ];
  test.each(cases)('%s', (query, name) => {
    expect(() => parse(query)).toThrow(expect.objectContaining({ code: 'invalid-parameter', detail: name }));
  });
});
