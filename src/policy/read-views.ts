/**
 * Reads minimum-necessary views (policies/views; 45 CFR 164.514(d)) and holds them against FHIR's definitions: a view that
 * names what FHIR does not have, drops what FHIR requires, or keeps generated narrative is an error. Identity, labels
 * and modifier elements are kept whether listed or not.
 */
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { elementsOf, RESOURCE_TYPES } from '../fhir/definitions.ts';
import { closestName } from './closest-name.ts';
import type { PolicyFile, PolicyProblem } from './policy-set.ts';
import { positionOf } from './position-at.ts';
import type { View } from './question.ts';

const ViewFile = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1),
  citation: z.string().min(1),
  elements: z.record(z.string(), z.union([z.literal('*'), z.array(z.string()).min(1)])),
});

export interface ReadViews {
  readonly views: ReadonlyMap<string, View>;
  readonly problems: readonly PolicyProblem[];
}

/** @param files YAML texts, one view a file */
export function readViews(files: readonly PolicyFile[]): ReadViews {
  const views = new Map<string, View>();
  const problems: PolicyProblem[] = [];
  for (const file of files) {
    const read = readView(file);
    problems.push(...read.problems);
    if (read.view === undefined) continue;
    if (views.has(read.view.id)) problems.push(problem(file, read.view.id, `The view "${read.view.id}" is there twice.`));
    views.set(read.view.id, read.view);
  }
  return { views, problems };
}

function readView(file: PolicyFile): { view?: View; problems: PolicyProblem[] } {
  let content: unknown;
  try {
    content = parse(file.text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const place = error.linePos?.[0];
    return { problems: [{ severity: 'error', file: file.path, line: place?.line ?? 1, column: place?.col ?? 1, message: error.message.split('\n')[0] ?? '' }] };
  }
  const parsed = ViewFile.safeParse(content);
  if (!parsed.success) {
    return { problems: parsed.error.issues.map((issue) => problem(file, String(issue.path.at(-1) ?? ''), `${issue.path.join('.')}: ${issue.message}`)) };
  }
  const { id, citation } = parsed.data;
  const read = Object.entries(parsed.data.elements).map(([type, kept]) => ({ type, ...readType(file, type, kept) }));
  const elements = Object.fromEntries(read.map(({ type, kept }) => [type, kept]));
  return { view: { id, citation, elements }, problems: read.flatMap((one) => one.problems) };
}

function readType(file: PolicyFile, type: string, kept: '*' | readonly string[]): { kept: '*' | readonly string[]; problems: PolicyProblem[] } {
  const definitions = RESOURCE_TYPES.has(type) ? elementsOf(type) : undefined;
  if (definitions === undefined) {
    return { kept: [], problems: [problem(file, type, `FHIR R4 has no resource type "${type}".`, closestName(type, RESOURCE_TYPES))] };
  }
  if (kept === '*') return { kept, problems: [] };
  // A choice is written without its marker, as in FHIR's `_elements`: `value` for `value[x]`.
  const names = new Map([...definitions.keys()].map((name) => [name.replace('[x]', ''), name]));
  const unknown = kept
    .filter((name) => !names.has(name))
    .map((name) => problem(file, name, `${type} has no element "${name}".`, closestName(name, names.keys())));
  const listed = kept.flatMap((name) => names.get(name) ?? []);
  const missing = [...definitions]
    .filter(([name, { min }]) => min > 0 && !listed.includes(name))
    .map(([name]) => problem(file, type, `${type}.${name} is required by FHIR and must be kept.`));
  const narrative = listed.includes('text') ? [problem(file, type, `${type}.text repeats the whole resource: keep "*" or not at all.`)] : [];
  return { kept: listed, problems: [...unknown, ...missing, ...narrative] };
}

function problem(file: PolicyFile, word: string, message: string, suggestion?: string): PolicyProblem {
  const place = positionOf(file.text, word);
  return { severity: 'error', file: file.path, ...place, message, ...(suggestion === undefined ? {} : { suggestion: `did you mean "${suggestion}"?` }) };
}
