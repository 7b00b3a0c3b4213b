/** A line through points on logarithmic axes, as SVG, and its slope. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly Point[];
}

const [WIDTH, HEIGHT, MARGIN] = [640, 400, 64];

/** Of the straight line that fits the logarithms best: how many times ten the cost grows as size grows ten times. */
export function slopeOf(points: readonly Point[]): number {
  const logs = points.map(({ x, y }) => [Math.log10(x), Math.log10(Math.max(y, Number.MIN_VALUE))] as const);
  const mean = (of: (row: readonly [number, number]) => number) => logs.reduce((sum, row) => sum + of(row), 0) / logs.length;
  const [centre, middle] = [mean(([x]) => x), mean(([, y]) => y)];
  const over = logs.reduce((sum, [x, y]) => sum + (x - centre) * (y - middle), 0);
  return over / logs.reduce((sum, [x]) => sum + (x - centre) ** 2, 0);
}

/** @throws RangeError without two points of positive size and cost */
export function plot({ title, x, y, points }: Plot): string {
  const shown = points.filter((point) => point.x > 0 && point.y > 0);
  if (shown.length < 2) throw new RangeError('a line has two points');
  const across = axis(
    shown.map((point) => point.x),
    MARGIN,
    WIDTH - MARGIN / 2,
  );
  const up = axis(
    shown.map((point) => point.y),
    HEIGHT - MARGIN,
    MARGIN,
  );
  const places = shown.map((point) => `${across.at(point.x).toFixed(1)},${up.at(point.y).toFixed(1)}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" role="img">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${WIDTH / 2}" y="28" text-anchor="middle" font-size="13">${escaped(title)}</text>
${across.ticks.map((tick) => `<path d="M${across.at(tick)} ${MARGIN}V${HEIGHT - MARGIN}" stroke="#ddd"/><text x="${across.at(tick)}" y="${HEIGHT - MARGIN + 18}" text-anchor="middle">${label(tick)}</text>`).join('\n')}
${up.ticks.map((tick) => `<path d="M${MARGIN} ${up.at(tick)}H${WIDTH - MARGIN / 2}" stroke="#ddd"/><text x="${MARGIN - 8}" y="${up.at(tick) + 4}" text-anchor="end">${label(tick)}</text>`).join('\n')}
<polyline points="${places.join(' ')}" fill="none" stroke="#1864ab" stroke-width="2"/>
${places.map((place) => `<circle cx="${place.split(',')[0]}" cy="${place.split(',')[1]}" r="3.5" fill="#1864ab"/>`).join('\n')}
<text x="${WIDTH / 2}" y="${HEIGHT - 18}" text-anchor="middle">${escaped(x)}</text>
<text transform="translate(16 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>
</svg>
`;
}

/** Whole powers of ten around the values, and where a value stands between them. */
function axis(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const at = (value: number) => Number((from + ((Math.log10(value) - low) / (high - low)) * (to - from)).toFixed(1));
  return { at, ticks: Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step)) };
}

function label(value: number): string {
  return value >= 1 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(1)));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
