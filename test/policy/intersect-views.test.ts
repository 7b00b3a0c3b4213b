/** Several views keep what each of them keeps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersectViews } from '../../src/policy/intersect-views.ts';
import type { View } from '../../src/policy/question.ts';
import { shipped } from './shipped.ts';

const view = (id: string, elements: View['elements']): View => ({ id, citation: id, elements });

describe('intersectViews', () => {
  it.each([
    { name: 'one view is itself', views: [view('a', { Patient: ['name'] })], kept: { Patient: ['name'] } },
    {
      name: 'elements that both keep',
      views: [view('a', { Patient: ['name', 'gender'] }), view('b', { Patient: ['gender', 'address'] })],
      kept: { Patient: ['gender'] },
    },
    {
      name: 'a type that one does not list is withheld',
      views: [view('a', { Patient: ['name'], Claim: '*' }), view('b', { Patient: ['name'] })],
      kept: { Patient: ['name'] },
    },
    { name: 'every element, and some', views: [view('a', { Claim: '*' }), view('b', { Claim: ['status'] })], kept: { Claim: ['status'] } },
    { name: 'every element twice', views: [view('a', { Claim: '*' }), view('b', { Claim: '*' })], kept: { Claim: '*' } },
    { name: 'nothing in common', views: [view('a', { Claim: '*' }), view('b', { Patient: '*' })], kept: {} },
  ])('$name', ({ views, kept }) => {
    expect(intersectViews(views).elements).toEqual(kept);
  });

  it('refuses to make everything out of nothing', () => {
    expect(() => intersectViews([])).toThrow(RangeError);
  });

  it('keeps an element exactly where all keep it, whatever the order', () => {
    const views = [...shipped.views.values()];
    fc.assert(
      fc.property(fc.shuffledSubarray(views, { minLength: 1, maxLength: 4 }), (chosen) => {
        const { elements } = intersectViews(chosen);
        const types = new Set(views.flatMap((one) => Object.keys(one.elements)));
        for (const type of types) {
          const all = chosen.every((one) => Object.hasOwn(one.elements, type));
          expect(Object.hasOwn(elements, type)).toBe(all);
          const first = chosen[0]?.elements[type];
          const expected =
            all && Array.isArray(first) ? first.filter((name) => chosen.every((one) => one.elements[type]?.includes(name))) : [];
          expect([...(elements[type] ?? [])].sort()).toEqual([...expected].sort());
        }
      }),
    );
  });
});
