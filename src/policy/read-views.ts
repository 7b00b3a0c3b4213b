/**
 * Reads minimum-necessary views (policies/views; 45 CFR 164.514(d)) and holds them against FHIR's definitions: a view that
 * names what FHIR does not have, drops what FHIR requires, or keeps generated narrative is an error. Identity, labels
 * and modifier elements are kept whether listed or not.
 */
import { z } from 'zod';
import { elementsOf, RESOURCE_TYPES } from '../fhir/definitions.ts';
import { closestName } from './closest-name.ts';
import type { PolicyFile, PolicyProblem } from './policy-set.ts';
import type { View } from './question.ts';
import { readYaml } from './read-yaml.ts';

const ViewFile = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1),
  citation: z.string().min(1),
  elements: z.record(z.string(), z.union([z.literal('*'), z.array(z.string()).min(1)])),
});

type Kept = View['elements'][string];
type Report = (path: readonly PropertyKey[], message: string, suggestion?: string) => PolicyProblem;

export interface ReadViews {
  readonly views: ReadonlyMap<string, View>;
  readonly problems: readonly PolicyProblem[];
}

/** @param files YAML texts, one view a file; a choice element is written without its marker, `value` for `value[x]` */
export function readViews(files: readonly PolicyFile[]): ReadViews {
  const views = new Map<string, View>();
  const problems: PolicyProblem[] = [];
  for (const file of files) {
    const { view, problems: found } = readView(file);
    problems.push(...found);
    if (view === undefined) continue;
    if (views.has(view.id))
      problems.push({ severity: 'error', file: file.path, line: 1, column: 1, message: `There are two views "${view.id}".` });
    views.set(view.id, view);
  }
  return { views, problems };
}

function readView(file: PolicyFile): { view?: View; problems: readonly PolicyProblem[] } {
  const { value, problems, placeOf } = readYaml(file, ViewFile);
  if (value === undefined) return { problems };
  const report: Report = (path, message, suggestion) => ({
    severity: 'error',
    file: file.path,
    ...placeOf(['elements', ...path]),
    message,
    ...(suggestion === undefined ? {} : { suggestion: `did you mean "${suggestion}"?` }),
  });
  const types = Object.entries(value.elements).map(([type, kept]) => ({ type, ...readType(type, kept, report) }));
  const elements = Object.fromEntries(types.map(({ type, kept }) => [type, kept]));
  return { view: { id: value.id, citation: value.citation, elements }, problems: types.flatMap((type) => type.problems) };
}

function readType(type: string, kept: Kept, report: Report): { kept: Kept; problems: PolicyProblem[] } {
  const definitions = RESOURCE_TYPES.has(type) ? elementsOf(type) : undefined;
  if (definitions === undefined) {
    return { kept: [], problems: [report([type], `FHIR R4 has no resource type "${type}".`, closestName(type, RESOURCE_TYPES))] };
  }
  if (kept === '*') return { kept, problems: [] };
  const names = new Map([...definitions.keys()].map((name) => [name.replace('[x]', ''), name]));
  const unknown = [...kept.entries()]
    .filter(([, name]) => !names.has(name))
    .map(([index, name]) => report([type, index], `${type} has no element "${name}".`, closestName(name, names.keys())));
  const listed = kept.flatMap((name) => names.get(name) ?? []);
  const missing = [...definitions]
    .filter(([name, { min }]) => min > 0 && !listed.includes(name))
    .map(([name]) => report([type], `${type}.${name} is required by FHIR and must be kept.`));
  const narrative = listed.includes('text') ? [report([type], `${type}.text repeats the whole resource: keep "*" or not at all.`)] : [];
  return { kept: listed, problems: [...unknown, ...missing, ...narrative] };
}
