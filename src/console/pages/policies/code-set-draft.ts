/** A draft of a code set as the form holds it, as the API takes it, and where in its text the API's problems are. */
import type { CodeSetVersion } from '../../../adapters/code-set-store-rows.ts';
import type { ContentProblem } from '../../api/client.ts';
import { brokenAt, placesInJson } from './json-places.ts';
import type { SetDraft } from './metadata-form.tsx';
import { listOf, type ReadCodes, readCodeList } from './read-code-list.ts';
import type { TextProblem } from './text-editor.tsx';

export interface CodesDraft extends SetDraft {
  /** A list of codes, or a FHIR ValueSet as JSON. */
  readonly text: string;
  /** Code system of lines that name none. */
  readonly system: string;
  /** None: those that the ValueSet names itself. */
  readonly labels: readonly string[];
}

export function newCodes(author: string): CodesDraft {
  return { name: '', title: '', purpose: '', author, from: '', until: '', text: '', system: '', labels: [] };
}

export function codesOf({ name, title, purpose, effective, labels, valueSet }: CodeSetVersion, author: string): CodesDraft {
  const { from = '', until = '' } = effective;
  const text = listOf(valueSet) ?? `${JSON.stringify(valueSet, undefined, 2)}\n`;
  return { name, title, purpose, author, from, until, text, system: '', labels };
}

export function bodyOf({ name, title, purpose, author, from, until, labels }: CodesDraft, valueSet: unknown): unknown {
  const effective = { ...(from === '' ? {} : { from }), ...(until === '' ? {} : { until }) };
  return { name, title, purpose, author, effective, ...(labels.length === 0 ? {} : { labels }), valueSet };
}

export function isJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

export function readCodes({ text, system }: CodesDraft): ReadCodes {
  if (!isJson(text)) return readCodeList(text, system.trim());
  try {
    return { valueSet: JSON.parse(text), problems: [], placesOf: (paths) => placesInJson(text, 'ValueSet', paths) };
  } catch (error) {
    const message = `This is not JSON from here on. ${error instanceof Error ? error.message : ''}`;
    return { problems: [{ severity: 'error', ...brokenAt(text), message }], placesOf: () => new Map() };
  }
}

/** What is wrong with the codes: in a place of the text, or with all of them. The form's fields have theirs. */
export function problemsOfCodes(problems: readonly ContentProblem[], { placesOf }: ReadCodes) {
  const ofCodes = problems.filter(({ path }) => path !== undefined && /^(?:ValueSet|valueSet)\b/.test(path));
  // `ValueSet` alone is said of the whole.
  const inside = ofCodes.flatMap(({ path }) => (path === undefined || /^\w+$/.test(path) ? [] : [path]));
  const places = placesOf(inside);
  const placed: TextProblem[] = [];
  const whole: ContentProblem[] = [];
  for (const problem of ofCodes) {
    const place = inside.includes(problem.path ?? '') ? places.get(problem.path ?? '') : undefined;
    if (place === undefined) whole.push(problem);
    else placed.push({ severity: problem.severity === 'error' ? 'error' : 'warning', ...place, message: problem.message });
  }
  return { placed, whole };
}
