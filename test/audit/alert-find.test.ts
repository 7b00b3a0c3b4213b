/** Each kind of alert at its threshold, and at one less; windows that slide, stand, and take what comes late. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findAlerts, thresholdOf } from '../../src/audit/alert-find.ts';
import { sameHousehold } from '../../src/audit/alert-household.ts';
import { readAlertRules } from '../../src/audit/alert-read-rules.ts';
import type { AlertRule, Relation } from '../../src/audit/alert-rule.ts';
import { concerns, isOutside, type Sighting, sightingsIn, thinSightings } from '../../src/audit/alert-sightings.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { storeRecord } from '../../src/audit/store-record.ts';
import { sampleDecision, sampleRecord } from './sample-record.ts';

const text = readFileSync('policies/alerts.yaml', 'utf8');
const shipped = readAlertRules({ path: 'alerts.yaml', text }).rules ?? [];
const ruleOf = (id: string) => shipped.find((rule) => rule.id === id) as AlertRule;
/** Monday, 15:00 in New York. */
const DAY = Date.parse('2026-11-23T20:00:00.000Z');
const HOUR = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const stored = (changes: Partial<AuditRecord>) => storeRecord(sampleRecord(changes), () => 'c').stored;

/** What a rule sees in records, a minute from each other. */
function seen(rule: AlertRule, records: readonly Partial<AuditRecord>[], relation?: Relation): readonly Sighting[] {
  return records.flatMap((changes, n) => {
    const record = stored({ recordedAt: iso(DAY + n * 60_000), ...changes });
    return concerns(rule, record) ? sightingsIn(rule, record, () => relation) : [];
  });
}

const times = (count: number, of: (n: number) => Partial<AuditRecord>) => Array.from({ length: count }, (_, n) => of(n));
const note = (n: number) => ({ decisions: [sampleDecision({ reference: `DocumentReference/n${n}`, labels: ['PSYTHPN'] })] });
const patient = (n: number) => ({ subjects: [`Patient/p${n}`], decisions: [sampleDecision({ subject: `Patient/p${n}` })] });
const denial = () => ({ outcome: '4' as const, status: 403, reason: 'forbidden', decisions: [] });
const hidden = () => ({ outcome: '4' as const, status: 404, reason: 'not-found', decisions: [sampleDecision({ effect: 'withhold' })] });
const breakGlass = { breakGlassReason: 'unconscious', purpose: 'BTG' };
const AT_NIGHT = { recordedAt: '2026-11-24T03:30:00.000Z' };
const ON_SUNDAY = { recordedAt: '2026-11-22T17:00:00.000Z' };

describe('each rule that is shipped fires at its threshold, and not at one less', () => {
  const cases: readonly (readonly [rule: string, of: (n: number) => Partial<AuditRecord>, relation?: Relation])[] = [
    ['many-psychotherapy-notes', note],
    ['many-patients', patient],
    ['repeated-denials', denial],
    ['repeated-denials', hidden],
    ['repeated-break-glass', () => breakGlass],
    ['break-glass-outside-shift', () => ({ ...breakGlass, ...AT_NIGHT })],
    ['break-glass-outside-shift', () => ({ ...breakGlass, ...ON_SUNDAY })],
    ['own-family-record', patient, 'self'],
    ['own-family-record', patient, 'related'],
    ['own-family-record', patient, 'household'],
    ['known-person-after-hours', () => ({ ...AT_NIGHT, decisions: [sampleDecision({ labels: ['MH', 'VIP'] })] })],
  ];
  test.each(cases.map(([id, of, relation]) => ({ id, of, relation })))('$id (%#)', ({ id, of, relation }) => {
    const rule = ruleOf(id);
    const found = findAlerts(rule, seen(rule, times(rule.threshold, of), relation));
    expect(found).toMatchObject([{ count: rule.threshold }]);
    expect(findAlerts(rule, seen(rule, times(rule.threshold - 1, of), relation))).toEqual([]);
  });

  test('every rule that is shipped is in the table', () => {
    expect(shipped.map(({ id }) => id).filter((id) => !cases.some(([tried]) => tried === id))).toEqual([]);
  });
});

describe('does not count', () => {
  const cases: readonly (readonly [what: string, rule: string, of: (n: number) => Partial<AuditRecord>, relation?: Relation])[] = [
    ['the same note again and again', 'many-psychotherapy-notes', () => note(1)],
    [
      'notes that were withheld',
      'many-psychotherapy-notes',
      (n) => ({ decisions: [sampleDecision({ ...note(n).decisions[0], effect: 'withhold' })] }),
    ],
    ['notes of a request that was refused', 'many-psychotherapy-notes', (n) => ({ ...note(n), outcome: '4' })],
    ['other notes', 'many-psychotherapy-notes', (n) => ({ decisions: [sampleDecision({ reference: `DocumentReference/n${n}` })] })],
    [
      'a patient’s own reading',
      'many-psychotherapy-notes',
      (n) => ({ ...note(n), requester: { id: 'p', issuer: 'i', roles: ['patient'] } }),
    ],
    ['patients of whom nothing was given', 'many-patients', (n) => ({ ...patient(n), decisions: [] })],
    [
      'patients whom a payer asks about',
      'many-patients',
      (n) => ({ ...patient(n), requester: { id: 'p', issuer: 'i', roles: ['payer'] } }),
    ],
    ['requests that were malformed', 'repeated-denials', () => ({ ...denial(), status: 400, reason: 'invalid-parameter' })],
    ['what is not there', 'repeated-denials', () => ({ ...hidden(), decisions: [] })],
    ['requests by nobody', 'repeated-denials', () => ({ ...denial(), requester: undefined })],
    ['break-glass within the shift', 'break-glass-outside-shift', () => breakGlass],
    ['patients who are near nobody', 'own-family-record', patient],
    ['a well-known person by day', 'known-person-after-hours', () => ({ decisions: [sampleDecision({ labels: ['VIP'] })] })],
    ['anybody at night', 'known-person-after-hours', () => AT_NIGHT],
  ];
  test.each(cases.map(([what, id, of, relation]) => ({ what, id, of, relation })))('$what ($id)', ({ id, of, relation }) => {
    const rule = ruleOf(id);
    expect(findAlerts(rule, seen(rule, times(rule.threshold + 1, of), relation))).toEqual([]);
  });

  test('relations that the rule does not name', () => {
    const rule = { ...ruleOf('own-family-record'), relations: ['self'] } as AlertRule;
    expect(seen(rule, [patient(1)], 'household')).toEqual([]);
  });
});

describe('a window', () => {
  const rule = { ...ruleOf('many-patients'), windowHours: 2, threshold: 3, usual: undefined } as AlertRule;
  const at = (...hours: number[]) => hours.map((hour, n) => ({ at: iso(DAY + hour * HOUR), event: `e${hour}`, key: `k${n}` }));

  const cases: readonly (readonly [what: string, sightings: readonly Sighting[], known: readonly number[], found: readonly object[]])[] = [
    ['is as long as it is', at(0, 1, 2), [], []],
    ['slides', at(0, 1.5, 2.5, 3), [], [{ from: iso(DAY + 1.5 * HOUR), count: 3, until: iso(DAY + 3 * HOUR) }]],
    [
      'takes what else falls into it',
      at(0, 0.1, 0.2, 0.3, 1.9),
      [],
      [{ from: iso(DAY), count: 5, events: ['e0', 'e0.1', 'e0.2', 'e0.3', 'e1.9'] }],
    ],
    ['ends, and another begins with nothing', at(0, 0.1, 0.2, 2.1, 2.2), [], [{ count: 3 }]],
    ['ends, and another begins', at(0, 0.1, 0.2, 2.1, 2.2, 2.3), [], [{ from: iso(DAY) }, { from: iso(DAY + 2.1 * HOUR), count: 3 }]],
    ['that stands already takes what comes late', at(0, 0.1, 0.2, 0.5), [0], [{ from: iso(DAY), count: 4 }]],
    [
      'before one that stands already is another',
      at(0, 0.1, 0.2, 5),
      [5],
      [
        { from: iso(DAY), count: 3 },
        { from: iso(DAY + 5 * HOUR), count: 1 },
      ],
    ],
    ['of one that is not seen now is not told again', at(9), [0], []],
  ];
  test.each(cases)('%s', (_, sightings, known, found) => {
    expect(
      findAlerts(
        rule,
        sightings,
        known.map((hour) => iso(DAY + hour * HOUR)),
      ),
    ).toMatchObject(found);
  });

  test('names fifty records at most', () => {
    const many = Array.from({ length: 80 }, (_, n) => ({ at: iso(DAY + n), event: `e${n}`, key: `k${n}` }));
    expect(findAlerts(rule, many)).toMatchObject([{ count: 80, events: { length: 50 } }]);
  });
});

describe('what is usual', () => {
  const rule = ruleOf('many-psychotherapy-notes');
  const cases: readonly (readonly [what: string, days: readonly number[], threshold: number])[] = [
    ['is not known of somebody new', [3, 3, 3, 3], 40],
    ['is little: four times that', [3, 3, 3, 3, 3], 12],
    ['is next to nothing: at least ten', [1, 1, 1, 1, 1, 1], 10],
    ['is much: as for all', [30, 30, 30, 30, 30], 40],
  ];
  test.each(cases)('%s', (_, days, threshold) => {
    expect(thresholdOf(rule, days)).toBe(threshold);
    const notes = (count: number) => seen(rule, times(count, note));
    expect(findAlerts(rule, notes(threshold), [], days)).toHaveLength(1);
    expect(findAlerts(rule, notes(threshold - 1), [], days)).toEqual([]);
  });
});

describe('a shift', () => {
  const day = { timezone: 'America/New_York', weekdays: [1, 2, 3, 4, 5], from: '07:00', until: '19:00' };
  const night = { ...day, from: '22:00', until: '06:00' };
  test.each([
    ['begins', day, '2026-11-23T12:00:00Z', false],
    ['has not begun', day, '2026-11-23T11:59:00Z', true],
    ['ends', day, '2026-11-24T00:00:00Z', true],
    ['lasts until then', day, '2026-11-23T23:59:00Z', false],
    ['begins an hour earlier, in UTC, in summer', day, '2026-07-20T11:00:00Z', false],
    ['is not on Saturdays', day, '2026-11-21T17:00:00Z', true],
    ['is Friday there, although Saturday in UTC', { ...day, until: '23:00' }, '2026-11-21T02:00:00Z', false],
    ['over midnight, before it', night, '2026-11-24T04:30:00Z', false],
    ['over midnight, after it', night, '2026-11-24T08:00:00Z', false],
    ['over midnight, at noon', night, '2026-11-24T17:00:00Z', true],
    ['over midnight, Saturday morning, of Friday’s', night, '2026-11-21T08:00:00Z', false],
    ['over midnight, Monday morning, of Sunday’s, which there is none', night, '2026-11-23T08:00:00Z', true],
  ])('%s', (_, shift, at, outside) => {
    expect(isOutside(shift, at)).toBe(outside);
  });
});

describe('a household', () => {
  const home = { use: 'home', line: ['1 Elm St.'], postalCode: '02139' };
  const person = (family: string, ...address: object[]) => ({ resourceType: 'Patient', name: [{ family }], address });
  test.each([
    ['the same name and home', person('Doe', home), person('doe', { ...home, line: ['1 ELM ST'] }), true],
    ['a home that does not say that it is one', person('Doe', home), person('Doe', { ...home, use: undefined }), true],
    ['another name', person('Doe', home), person('Roe', home), false],
    ['another street', person('Doe', home), person('Doe', { ...home, line: ['2 Elm St'] }), false],
    ['another town', person('Doe', home), person('Doe', { ...home, postalCode: '02140' }), false],
    ['the clinic’s address', person('Doe', { ...home, use: 'work' }), person('Doe', home), false],
    ['an address that the practitioner does not call home', person('Doe', { ...home, use: undefined }), person('Doe', home), false],
    ['no names', { resourceType: 'Practitioner', address: [home] }, { resourceType: 'Patient', address: [home] }, false],
    ['no streets', person('Doe', { ...home, line: undefined }), person('Doe', { ...home, line: undefined }), false],
  ])('%s', (_, practitioner, patient, same) => {
    expect(sameHousehold(practitioner, patient)).toBe(same);
  });
});

describe('alerts.yaml', () => {
  const one = (changes: string) =>
    `alerts:\n  - { id: a, kind: denials, windowHours: 1, threshold: 2, severity: low, citation: c, text: t${changes} }\n`;
  test('that is shipped is sound', () => {
    expect(readAlertRules({ path: 'alerts.yaml', text }).problems).toEqual([]);
    expect(readAlertRules({ path: 'a', text: one('') }).rules).toHaveLength(1);
  });
  test.each([
    ['an unknown kind', one('').replace('denials', 'denial'), 'alerts.0.kind'],
    ['an unknown field', one(', treshold: 3'), 'alerts.0'],
    ['a field of another kind', one(', labels: [VIP]'), 'alerts.0'],
    ['a kind without its field', one('').replace('denials', 'labels'), 'alerts.0.labels'],
    ['an unknown role', one(', who: { roles: [doctor] }'), 'alerts.0.who.roles.0'],
    ['an unknown time zone', one(', outside: { timezone: Boston, weekdays: [1], from: "07:00", until: "19:00" }'), 'no time zone'],
    ['a time that is none', one(', outside: { timezone: UTC, weekdays: [1], from: "7:00", until: "19:00" }'), 'alerts.0.outside.from'],
    ['a threshold of nothing', one('').replace('threshold: 2', 'threshold: 0'), 'alerts.0.threshold'],
    ['an id twice', `${one('')}${one('').replace('alerts:\n', '')}`, 'the same id'],
    ['something besides', `${one('')}other: 1\n`, 'other'],
    ['a key twice', one(', id: b'), 'unique'],
  ])('with %s is refused', (_, written, message) => {
    const { rules, problems } = readAlertRules({ path: 'alerts.yaml', text: written });
    expect(rules).toBeUndefined();
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
    expect(problems[0]?.line).toBeGreaterThan(0);
  });
});

describe('what is seen again and again', () => {
  const rule = { ...ruleOf('many-patients'), windowHours: 24, threshold: 4, usual: undefined } as unknown as AlertRule;
  const at = (minutes: number, key: string): Sighting => ({ at: iso(DAY + minutes * 60_000), event: `e${minutes}-${key}`, key });
  /** Things in the window that ends here. */
  const within = (all: readonly Sighting[], end: string) => {
    const last = Date.parse(end);
    return new Set(all.filter((one) => Date.parse(one.at) > last - 24 * HOUR && Date.parse(one.at) <= last).map(({ key }) => key));
  };

  test('a thousand readings of one record within an hour are two', () => {
    const all = times(1000, () => ({})).map((_, n) => at(n / 20, 'Patient/p1'));
    expect(thinSightings(rule, all)).toEqual([all[0], all.at(-1)]);
  });

  test('… in two days one or two in each hour', () => {
    const all = times(2000, () => ({})).map((_, n) => at(n * 1.44, 'Patient/p1'));
    const kept = thinSightings(rule, all);
    expect(kept.length).toBeGreaterThanOrEqual(48);
    expect(kept.length).toBeLessThanOrEqual(98);
  });

  test('what is in a window stays what it is, and whether there is an alert', () => {
    const sightings = fc.array(fc.tuple(fc.integer({ min: 0, max: 6000 }), fc.constantFrom('a', 'b', 'c', 'd', 'e')), { maxLength: 200 });
    fc.assert(
      fc.property(sightings, (rows) => {
        const all = rows.map(([minutes, key]) => at(minutes, key));
        const kept = thinSightings(rule, all);
        expect(kept.every((one) => all.includes(one))).toBe(true);
        for (const { at: end } of kept) expect(within(kept, end)).toEqual(within(all, end));
        const ordered = all.toSorted((a, b) => (a.at < b.at ? -1 : 1));
        expect(findAlerts(rule, kept).length > 0).toBe(findAlerts(rule, ordered).length > 0);
      }),
      { numRuns: 500 },
    );
  });
});
