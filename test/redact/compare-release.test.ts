/** What a requester gets, held against what is on record: each missing part once, with its reason, and what was added. */
import { describe, expect, test } from 'vitest';
import type { Path, Resource } from '../../src/fhir/resource.ts';
import { compareRelease } from '../../src/redact/compare-release.ts';
import { structureOf } from '../../src/redact/structure-of.ts';

const DIABETES = { coding: [{ code: 'E11.9' }] };
const DEPRESSION = { coding: [{ code: 'F33.1' }], text: 'low mood' };
const visit = (more: object): Resource => ({ resourceType: 'Encounter', id: 'e1', ...more });
const REDACTED = { security: [{ code: 'REDACTED' }] };
const view = { id: 'payment', citation: '', elements: { Encounter: ['status', 'reasonCode'] } };

describe('compareRelease', () => {
  test.each<readonly [situation: string, before: Resource, after: Resource, remove: readonly Path[], told: readonly string[]]>([
    ['nothing was taken', visit({ reasonCode: [DIABETES] }), visit({ reasonCode: [DIABETES] }), [], []],
    [
      'the first of two items is labeled',
      visit({ reasonCode: [DEPRESSION, DIABETES] }),
      visit({ meta: REDACTED, reasonCode: [DIABETES] }),
      [['reasonCode', 0]],
      ['removed reasonCode.0 label', 'added meta'],
    ],
    [
      'a labeled item is not taken for one that looks like what is left of it',
      visit({ reasonCode: [{ ...DIABETES, text: 'sugar' }, DIABETES] }),
      visit({ reasonCode: [DIABETES] }),
      [['reasonCode', 0]],
      ['removed reasonCode.0 label'],
    ],
    [
      'all that stood in an element is labeled',
      visit({ status: 'finished', reasonCode: [DEPRESSION] }),
      visit({ status: 'finished' }),
      [['reasonCode', 0]],
      ['removed reasonCode label'],
    ],
    [
      'a part of an item goes',
      visit({ reasonCode: [DIABETES, DEPRESSION] }),
      visit({ reasonCode: [DIABETES, { coding: DEPRESSION.coding }] }),
      [['reasonCode', 1, 'text']],
      ['removed reasonCode.1.text label'],
    ],
    [
      'the narrative goes with what it tells',
      visit({ text: { status: 'generated', div: '<div/>' }, reasonCode: [DIABETES, DEPRESSION] }),
      visit({ reasonCode: [DIABETES] }),
      [['reasonCode', 1]],
      ['removed text narrative', 'removed reasonCode.1 label'],
    ],
    [
      'a reference is cut, one mark more is added to others',
      visit({
        meta: { security: [{ code: 'R' }] },
        diagnosis: [{ condition: { reference: 'Condition/c1' } }, { condition: { reference: 'Condition/c2' } }],
      }),
      visit({ meta: { security: [{ code: 'R' }, { code: 'REDACTED' }] }, diagnosis: [{ condition: { reference: 'Condition/c2' } }] }),
      [],
      ['added meta.security.1', 'removed diagnosis.0 reference'],
    ],
    [
      'a required reference is masked',
      visit({ subject: { reference: 'Patient/p1', display: 'P' } }),
      visit({ subject: { extension: [{ url: 'masked' }] } }),
      [],
      ['removed subject.reference reference', 'removed subject.display follows', 'added subject.extension'],
    ],
    [
      'a required reference is masked behind an item that went: what was added is where it is given',
      visit({ location: [{ location: { reference: 'Location/l1' } }, { location: { reference: 'Location/l2' } }] }),
      visit({ location: [{ location: { extension: [{ url: 'masked' }] } }] }),
      [['location', 0]],
      ['removed location.0 label', 'removed location.1.location.reference reference', 'added location.0.location.extension'],
    ],
    [
      'something else stands where a part was',
      visit({ period: { start: '2026' } }),
      visit({ period: '…' }),
      [],
      ['removed period follows', 'added period'],
    ],
  ])('%s', (_, before, after, remove, told) => {
    expect(
      compareRelease(before, after, { remove }).map(({ change, path, why = '' }) => `${change} ${path.join('.')} ${why}`.trim()),
    ).toEqual(told);
  });

  test('what a view does not list is missing because of the view, also where it holds a label', () => {
    const before = visit({ status: 'finished', serviceProvider: { reference: 'Organization/o1' }, reasonCode: [DEPRESSION] });
    const differences = compareRelease(before, visit({ status: 'finished' }), { remove: [['reasonCode', 0]], view });
    expect(differences.map(({ path, why }) => [path.join('.'), why])).toEqual([
      ['serviceProvider', 'view'],
      ['reasonCode', 'label'],
    ]);
    const narrow = { ...view, elements: { Encounter: ['status'] } };
    expect(compareRelease(before, visit({ status: 'finished' }), { remove: [['reasonCode', 0]], view: narrow })).toContainEqual({
      change: 'removed',
      path: ['reasonCode'],
      why: 'view',
    });
  });
});

test('the structure of a resource has names and types, and nothing else of it', () => {
  const contained = [{ resourceType: 'Medication', id: 'm', code: { text: 'methadone' } }];
  expect(structureOf(visit({ contained, active: true, length: 3, reasonCode: [DEPRESSION] }))).toEqual({
    resourceType: 'Encounter',
    id: 'e1',
    contained: [{ resourceType: 'Medication', id: '…', code: { text: '…' } }],
    active: '…',
    length: '…',
    reasonCode: [{ coding: [{ code: '…' }], text: '…' }],
  });
});
