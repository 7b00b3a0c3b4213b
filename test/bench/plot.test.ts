import { describe, expect, it } from 'vitest';
import { plot, slopeOf } from '../../bench/plot.ts';

const points = (of: (x: number) => number) => [1, 10, 100, 1000].map((x) => ({ x, y: of(x) }));

describe('plots of the benchmark', () => {
  it.each([
    ['in proportion', (x: number) => 3 * x, 1],
    ['with the square', (x: number) => x * x, 2],
    ['not at all', () => 7, 0],
  ])('say the slope of what grows %s', (_, of, slope) => {
    expect(slopeOf(points(of))).toBeCloseTo(slope, 10);
  });

  it('draw every point and escape what they are told', () => {
    const drawn = plot({ title: 'a < b', x: 'size', y: 'cost', points: points((x) => x) });
    expect(drawn.match(/<circle/g)).toHaveLength(4);
    expect(drawn).toContain('a &lt; b');
  });

  it('need two points', () => {
    expect(() => plot({ title: '', x: '', y: '', points: [{ x: 1, y: 1 }] })).toThrow(RangeError);
  });
});
