/** What is kept of a resource goes with that very object: a copy, a part or a change of it starts anew. */
import { describe, expect, it } from 'vitest';
import { createSlot, perResource } from '../../src/fhir/per-resource.ts';
import type { Resource } from '../../src/fhir/resource.ts';

const resource = (): Resource => ({ resourceType: 'Basic', id: 'b1' });

describe('what is kept of a resource', () => {
  it.each<readonly [string, (original: Resource) => Resource]>([
    ['a spread', (original) => ({ ...original })],
    ['Object.assign', (original) => Object.assign({} as Resource, original)],
    ['structuredClone', (original) => structuredClone(original)],
    ['JSON', (original) => JSON.parse(JSON.stringify(original)) as Resource],
    ['its own properties', (original) => Object.defineProperties({}, Object.getOwnPropertyDescriptors(original)) as Resource],
    ['inheritance', (original) => Object.create(original) as Resource],
  ])('is not taken over by a copy: %s', (_, copy) => {
    const slot = createSlot<string>();
    const original = resource();
    slot.set(original, 'of the original');
    const copied = copy(original);
    expect(slot.get(copied)).toBeUndefined();
    slot.set(copied, 'of the copy');
    expect(slot.get(original)).toBe('of the original');
  });

  it('does not show', () => {
    const slot = createSlot<string>();
    const original = resource();
    slot.set(original, 'kept');
    expect([Reflect.ownKeys(original), JSON.stringify(original)]).toEqual([['resourceType', 'id'], JSON.stringify(resource())]);
    expect(original).toEqual(resource());
  });

  it('can be kept of what is frozen', () => {
    const slot = createSlot<number>();
    const frozen = Object.freeze(resource());
    slot.set(frozen, 1);
    expect(slot.get(frozen)).toBe(1);
  });

  it('is one value for each question', () => {
    const [first, second] = [createSlot<number>(), createSlot<number>()];
    const original = resource();
    first.set(original, 1);
    expect([first.get(original), second.get(original)]).toEqual([1, undefined]);
  });
});

describe('perResource', () => {
  it('works out once for a resource and the base that came first, and anew for another base', () => {
    let count = 0;
    const of = perResource((original, base) => {
      count += 1;
      return [original.id, base];
    });
    const original = resource();
    const known = of(original, 'http://a');
    expect([of(original, 'http://a'), of(original, 'http://b'), of(original, 'http://a')]).toEqual([known, ['b1', 'http://b'], known]);
    expect(of(original, 'http://a')).toBe(known);
    expect(count).toBe(2);
  });
});
