import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Once } from '../../src/fhir/once.ts';

it('keeps what a Set keeps, in its order, however many there are', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }).map(String), { maxLength: 200 }), (texts) => {
      const once = new Once();
      for (const text of texts) once.add(text);
      expect(once.items).toEqual([...new Set(texts)]);
    }),
  );
});
