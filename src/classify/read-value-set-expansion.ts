/**
 * `ValueSet.expansion` (FHIR R4 section 4.9.7): the codes of every entry, nested ones too. A page or a part of an expansion is refused:
 * what it leaves out would go without its label.
 */
import { type ListedCode, MAX_CODES } from './read-value-set-codes.ts';
import { type ListedPart, unknownModifier, type ValueSetProblem, valueSetError, valueSetWarning } from './read-value-set-problem.ts';

interface Contains {
  readonly system?: string;
  readonly code?: string;
  readonly abstract?: boolean;
  readonly inactive?: boolean;
  readonly contains?: readonly Contains[];
  readonly extension?: readonly Extension[];
  readonly modifierExtension?: unknown;
}
interface Extension {
  readonly url: string;
  readonly valueBoolean?: boolean;
}
interface Parameter {
  readonly name: string;
  readonly [value: string]: unknown;
}
interface Expansion {
  readonly total?: number;
  readonly offset?: number;
  readonly parameter?: readonly Parameter[];
  readonly contains?: readonly Contains[];
  readonly extension?: readonly Extension[];
  readonly modifierExtension?: unknown;
}

const PLACE = 'ValueSet.expansion';
const MAX_NESTING = 20;
const WHOLE = 'Upload the whole expansion.';
/** The server says that there is more than it lists. */
const INCOMPLETE = new Set([
  'http://hl7.org/fhir/StructureDefinition/valueset-unclosed',
  'http://hl7.org/fhir/StructureDefinition/valueset-toocostly',
]);
/** Parameters by which a server was asked for less than the whole. */
const NARROWING = new Set(['filter', 'exclude-system', 'limitedExpansion']);

/** Those by which it left out what is seldom wanted, and may stand in a record. */
const LEAVING_OUT: ReadonlyMap<string, string> = new Map([
  ['activeOnly', 'It was made without inactive codes: older records may hold them.'],
  ['excludeNotForUI', 'It was made without codes that are not for selection: records may hold them.'],
]);

/** @param expansion of sound structure */
export function readExpansion(expansion: Expansion): ListedPart {
  const { codes, count, problems } = listContains(expansion);
  return { codes, problems: [...problems, ...partial(expansion, count)], unexpanded: [] };
}

function partial(
  { total, offset = 0, parameter = [], extension = [], modifierExtension }: Expansion,
  count: number,
): readonly ValueSetProblem[] {
  const problems: ValueSetProblem[] = modifierExtension === undefined ? [] : [unknownModifier(PLACE)];
  if (total !== undefined && total > count) {
    problems.push(valueSetError(`${PLACE}.total`, `It has ${count} of ${total} entries. ${WHOLE}`));
  }
  if (offset > 0) problems.push(valueSetError(`${PLACE}.offset`, `It begins at entry ${offset}. ${WHOLE}`));
  if (extension.some(isIncomplete)) problems.push(valueSetError(`${PLACE}.extension`, `The server says that it is not complete. ${WHOLE}`));
  parameter.forEach((each, at) => {
    const place = `${PLACE}.parameter[${at}]`;
    const value = Object.entries(each).find(([name]) => name.startsWith('value'))?.[1];
    if (NARROWING.has(each.name) && value !== false)
      problems.push(valueSetError(place, `It was made with \`${each.name}\`: a part. ${WHOLE}`));
    if (each.name === 'offset' && Number(value) > 0) problems.push(valueSetError(place, `It begins at entry ${Number(value)}. ${WHOLE}`));
    if (each.name === 'count' && total === undefined && count >= Number(value)) {
      problems.push(valueSetError(place, `It ends where its page ends, and has no total: it may be a part. ${WHOLE}`));
    }
    const left = LEAVING_OUT.get(each.name);
    if (left !== undefined && value !== false) problems.push(valueSetWarning(place, left));
  });
  return problems;
}

function isIncomplete({ url, valueBoolean }: Extension): boolean {
  return INCOMPLETE.has(url) && valueBoolean !== false;
}

interface OpenEntry {
  readonly entry: Contains;
  readonly path: string;
  readonly level: number;
}

function listContains({ contains = [] }: Expansion) {
  const codes: ListedCode[] = [];
  const problems: ValueSetProblem[] = [];
  const open: OpenEntry[] = [];
  const enter = (entries: readonly Contains[], path: string, level: number) => {
    for (let at = entries.length - 1; at >= 0; at -= 1)
      open.push({ entry: entries[at] as Contains, path: `${path}.contains[${at}]`, level });
  };
  enter(contains, PLACE, 1);
  let count = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { entry, path, level } = next;
    count += 1;
    if (count > MAX_CODES) return { codes: [], count, problems: [valueSetError(PLACE, `It has more than ${MAX_CODES} entries.`)] };
    problems.push(...entryProblems(entry, path));
    const { system, code, abstract, inactive, contains: inner = [] } = entry;
    if (system !== undefined && code !== undefined) {
      codes.push({ system, code, path, ...(abstract === true ? { abstract } : {}), ...(inactive === true ? { inactive } : {}) });
    }
    if (inner.length > 0 && level >= MAX_NESTING)
      problems.push(valueSetError(path, `Entries stand in entries more than ${MAX_NESTING} levels deep.`));
    else enter(inner, path, level + 1);
  }
  return { codes, count, problems };
}

/** An entry without code is a heading. */
function entryProblems(entry: Contains, path: string): readonly ValueSetProblem[] {
  const problems: ValueSetProblem[] = [];
  if (entry.modifierExtension !== undefined) problems.push(unknownModifier(path));
  if (entry.extension?.some(isIncomplete))
    problems.push(valueSetError(`${path}.extension`, `The server says that it is not complete. ${WHOLE}`));
  if (entry.code === undefined && entry.abstract !== true) problems.push(valueSetError(path, 'It has no code, and is no heading (vsd-9).'));
  if (entry.code !== undefined && entry.system === undefined) problems.push(valueSetError(path, 'Its code has no system (vsd-10).'));
  return problems;
}
