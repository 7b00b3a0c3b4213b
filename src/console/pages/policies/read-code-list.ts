/**
 * A list of codes, as a spreadsheet saves it (RFC 4180; comma, semicolon or tab), and the FHIR ValueSet that says the same. Columns are
 * told by a first line of names (system, code, display), else by what the first line holds.
 */
import { type Place, placeAt } from './json-places.ts';
import type { TextProblem } from './text-editor.tsx';

interface Concept {
  readonly code: string;
  readonly display?: string;
}

export interface ReadCodes {
  readonly valueSet?: unknown;
  readonly problems: readonly TextProblem[];
  /** Of what the API names by its FHIRPath. */
  readonly placesOf: (paths: readonly string[]) => ReadonlyMap<string, Place>;
}

interface Cell {
  readonly text: string;
  readonly place: Place;
}

/** Never empty. */
type Row = readonly Cell[];

type Column = 'system' | 'code' | 'display';

const NAMES: Readonly<Record<string, Column>> = {
  system: 'system',
  'code system': 'system',
  codesystem: 'system',
  code: 'code',
  display: 'display',
  description: 'display',
  name: 'display',
  meaning: 'display',
};

/** @param elsewhere code system of lines that name none */
export function readCodeList(text: string, elsewhere: string): ReadCodes {
  const { rows, unread } = rowsOf(text);
  const [first] = rows;
  if (unread !== undefined)
    return refused([wrong(placeAt(text, unread), 'A quotation mark has no end, or stands in the middle of a cell.')]);
  if (first === undefined) return refused([wrong({ line: 1, column: 1 }, 'Write a code a line, choose a file, or paste a FHIR ValueSet.')]);
  const named = first.map(({ text: cell }) => NAMES[cell.toLowerCase()]);
  const columns = named.includes('code') ? named : columnsOf(first);
  const parts = new Map<string, { readonly concept: Concept[]; readonly places: Place[] }>();
  const problems: TextProblem[] = [];
  for (const row of named.includes('code') ? rows.slice(1) : rows) {
    const cell = (column: Column) => row[columns.indexOf(column)]?.text ?? '';
    const place = row[columns.indexOf('code')]?.place ?? placeOf(row);
    const [system, code, display] = [cell('system') || elsewhere, cell('code'), cell('display')];
    if (code === '') problems.push(wrong(placeOf(row), 'This line has no code.'));
    else if (system === '') problems.push(wrong(place, `Of which code system is ${code}? Name it in the line, or once for all below.`));
    else {
      const part = parts.get(system) ?? { concept: [], places: [] };
      parts.set(system, part);
      part.concept.push({ code, ...(display === '' ? {} : { display }) });
      part.places.push(place);
    }
  }
  if (problems.length > 0) return refused(problems);
  if (parts.size === 0) return refused([wrong(placeOf(first), 'There is no code under the names of the columns.')]);
  const include = [...parts].map(([system, { concept }]) => ({ system, concept }));
  const places = [...parts.values()].map((part) => part.places);
  const valueSet = { resourceType: 'ValueSet', status: 'active', compose: { include } };
  return { valueSet, problems: [], placesOf: (paths) => new Map(paths.flatMap((path) => placed(path, places))) };
}

/** The list that a ValueSet was made of; `undefined` where it says more than a list can. */
export function listOf(valueSet: unknown): string | undefined {
  const { resourceType: _, status, compose, ...more } = (valueSet ?? {}) as Record<string, unknown>;
  const { include, ...others } = (compose ?? {}) as { readonly include?: readonly Record<string, unknown>[] };
  if (status !== 'active' || !Array.isArray(include) || Object.keys({ ...more, ...others }).length > 0) return undefined;
  const lines = ['system,code,display'];
  for (const { system, concept, ...rest } of include as readonly Record<string, unknown>[]) {
    if (typeof system !== 'string' || !Array.isArray(concept) || Object.keys(rest).length > 0) return undefined;
    for (const { code, display = '', ...said } of concept as readonly Record<string, unknown>[]) {
      if (typeof code !== 'string' || typeof display !== 'string' || Object.keys(said).length > 0) return undefined;
      lines.push([system, code, display].map(quoted).join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}

function placeOf([first]: Row): Place {
  return first?.place ?? { line: 1, column: 1 };
}

function refused(problems: readonly TextProblem[]): ReadCodes {
  return { problems, placesOf: () => new Map() };
}

function wrong(place: Place, message: string): TextProblem {
  return { severity: 'error', ...place, message };
}

function quoted(cell: string): string {
  return /[",;\t\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Without names: one column is of codes; what begins with a URI names its code system first. */
function columnsOf([first, ...others]: Row): readonly Column[] {
  if (others.length > 0 && /^(?:https?:\/\/|urn:)/i.test(first?.text ?? '')) return ['system', 'code', 'display'];
  return ['code', 'display'];
}

function rowsOf(text: string): { readonly rows: readonly Row[]; readonly unread?: number } {
  const [head = ''] = text.split('\n', 1);
  const separator = [...'\t;,'].find((one) => head.includes(one)) ?? ',';
  const cell = new RegExp(`[ ]*(?:"((?:[^"]|"")*)"[ ]*|([^"${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`, 'y');
  const rows: Row[] = [];
  let cells: Cell[] = [];
  // The line that is read, and where in the text it begins.
  let [line, begin] = [1, 0];
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const found = cell.exec(text);
    if (found === null) return { rows, unread: at };
    cells.push({ text: (found[1]?.replaceAll('""', '"') ?? found[2] ?? '').trim(), place: { line, column: at - begin + 1 } });
    const breaks = found[0].split('\n').length - 1;
    line += breaks;
    if (breaks > 0) begin = at + found[0].lastIndexOf('\n') + 1;
    if (found[3] === separator && cell.lastIndex < text.length) continue;
    if (cells.some(({ text: one }) => one !== '')) rows.push(cells);
    cells = [];
  }
  return { rows };
}

function placed(path: string, places: readonly (readonly Place[])[]): readonly [string, Place][] {
  const [, include, concept = 0] = /^ValueSet\.compose\.include\[(\d+)\](?:\.concept\[(\d+)\])?/.exec(path) ?? [];
  const place = include === undefined ? undefined : places[Number(include)]?.[Number(concept)];
  return place === undefined ? [] : [[path, place]];
}
