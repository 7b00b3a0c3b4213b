/**
 * Both sides of a record as lines beside each other. A line that only one side has stands beside an empty one. Short parts stand on
 * one line, so that people see the record and not its braces.
 */
import type { Difference, ExplainedLabel, Sides } from '../../../decide/explanation.ts';
import type { Json, Path } from '../../../fhir/resource.ts';
import { keyOf, mergeSides, type Part } from './merge-sides.ts';

export interface LineLabel {
  readonly code: string;
  /** On a part that can be removed by itself; otherwise this is where the label of the whole record was found. */
  readonly onPart: boolean;
}

export interface Line {
  readonly number: number;
  readonly depth: number;
  /** Absent: this side has no such line. */
  readonly left?: string;
  readonly right?: string;
  readonly labels: readonly LineLabel[];
  /** Lines of one part that is missing have one number. */
  readonly block?: number;
  readonly why?: Difference['why'];
}

type Marks = ReadonlyMap<string, readonly LineLabel[]>;
interface Around {
  readonly depth: number;
  readonly commas: readonly [left: boolean, right: boolean];
  readonly block?: number;
  readonly why?: Difference['why'];
}

/** Letters; a part that takes more is broken into lines. */
const SHORT = 130;
const LONG_TEXT = 600;

export function alignSides(sides: Sides, labels: readonly ExplainedLabel[]): readonly Line[] {
  const lines: Line[] = [];
  const marks = labelsByPlace(labels);
  const print = printer(sides.content);
  let blocks = 0;

  const write = (part: Part, above: Around): void => {
    const { name, path, parts } = part;
    const begins = part.left !== undefined && part.right === undefined && above.block === undefined;
    if (begins) blocks += 1;
    const around = begins ? { ...above, block: blocks, why: part.why } : above;
    const { depth, commas, block, why } = around;
    const lead = name === undefined ? '' : `"${name}": `;
    const put = (texts: readonly (string | undefined)[], own: readonly LineLabel[] = []) => {
      const [left, right] = texts;
      lines.push({ number: lines.length, depth, left, right, labels: own, ...(block === undefined ? {} : { block, why }) });
    };
    const sides = (text: (value: Json) => string, begin: string, end: readonly boolean[] = []) =>
      [part.left, part.right].map((value, index) => (value === undefined ? undefined : `${begin}${text(value)}${end[index] ? ',' : ''}`));
    if (isShort(part, lead)) {
      put(sides(print, lead, commas), within(marks, path));
      return;
    }
    const [open, close] = Array.isArray(part.left ?? part.right) ? ['[', ']'] : ['{', '}'];
    put(
      sides(() => open, lead),
      marks.get(keyOf(path)),
    );
    const last = (['left', 'right'] as const).map((side) => parts.findLastIndex((one) => one[side] !== undefined));
    for (const [index, one] of parts.entries()) {
      write(one, { depth: depth + 1, commas: [index < (last[0] ?? 0), index < (last[1] ?? 0)], block, why });
    }
    put(sides(() => close, '', commas));
  };

  const hasLabeledPart = (path: Path) =>
    [...marks].some(([key, own]) => key.startsWith(`${keyOf(path)}.`) && own.some(({ onPart }) => onPart));

  const isShort = (part: Part, lead: string) => {
    if (part.parts.length === 0) return true;
    const value = part.left ?? part.right ?? null;
    return part.path.length > 0 && !isMixed(part) && !hasLabeledPart(part.path) && lead.length + print(value).length <= SHORT;
  };

  write(mergeSides(sides), { depth: 0, commas: [false, false] });
  return lines;
}

/** One side has a part of it that the other has not. */
function isMixed({ left, right, parts }: Part): boolean {
  if (left === undefined || right === undefined) return false;
  return parts.some((part) => part.left === undefined || part.right === undefined || isMixed(part));
}

function labelsByPlace(labels: readonly ExplainedLabel[]): Marks {
  const found = new Map<string, readonly LineLabel[]>();
  const add = (text: string, code: string, onPart: boolean) => {
    const key = keyOf(pathOf(text));
    found.set(key, distinct([...(found.get(key) ?? []), { code, onPart }]));
  };
  for (const { code, on, evidence } of labels) {
    if (on !== 'resource') add(on, code, true);
    else for (const { source, path } of evidence) if (source !== 'contextual') add(path, code, false);
  }
  return found;
}

/** Of a part that stands on one line, and of all that is in it. */
function within(marks: Marks, path: Path): readonly LineLabel[] {
  const own = keyOf(path);
  return distinct([...marks].flatMap(([key, labels]) => (key === own || key.startsWith(`${own}.`) ? labels : [])));
}

function distinct(labels: readonly LineLabel[]): readonly LineLabel[] {
  return labels.filter(({ code }, index) => labels.findIndex((other) => other.code === code) === index);
}

/** `Encounter.reasonCode[0].coding[1]` without its type. */
function pathOf(text: string): Path {
  return [...text.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
}

/** JSON on one line. Of a record without content, values stand without quotes. */
function printer(content: Sides['content']): (value: Json) => string {
  const print = (value: Json): string => {
    if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
    if (typeof value === 'object' && value !== null) {
      const inner = Object.entries(value).map(([name, child]) => `"${name}": ${print(child)}`);
      return inner.length === 0 ? '{}' : `{ ${inner.join(', ')} }`;
    }
    if (content === 'structure' && value === '…') return value;
    const text = JSON.stringify(value);
    return text.length <= LONG_TEXT ? text : `${text.slice(0, LONG_TEXT)}…" (${text.length - LONG_TEXT} letters more)`;
  };
  return print;
}
