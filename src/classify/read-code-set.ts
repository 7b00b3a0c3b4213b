/**
 * Reads one code set: the compact form of policies/code-sets/README.md (YAML or JSON), or any FHIR ValueSet, so that an
 * administrator can load what VSAC or a terminology server exports (FHIR R4 section 4.9). Whatever can not be
 * carried out exactly (a filter without expansion, a whole system) is an error, never a smaller set.
 */
import { parse } from 'yaml';
import { z } from 'zod';
import { ACT_CODE } from '../fhir/codes.ts';
import { ancestorsOf } from '../fhir/label-hierarchy.ts';
import { CODE_ROLES, type CodeRules, type CodeSet, type CodeSetSystem } from './code-set.ts';

const text = z.string().trim().min(1);
const texts = z.array(text).optional();
const rules = {
  codes: texts,
  prefixes: texts,
  ranges: texts,
  hierarchies: z.array(z.strictObject({ root: text, descendants: z.array(text) })).optional(),
};
const label = text.refine((code) => ancestorsOf(ACT_CODE, code).length > 0, 'not a v3-ActCode label');

const compact = z
  .strictObject({
    id: text,
    title: text,
    source: text,
    licence: text,
    version: text,
    labels: z.array(label).default([]),
    role: z.enum(CODE_ROLES).optional(),
    systems: z
      .array(
        z.strictObject({
          system: text,
          ...rules,
          tests: z
            .array(z.strictObject({ ranges: z.array(text).min(1), characters: z.record(z.string().regex(/^[1-9]\d?$/), text) }))
            .optional(),
          exclude: z.strictObject(rules).optional(),
        }),
      )
      .min(1),
  })
  .refine((set) => set.labels.length > 0 || set.role !== undefined, 'needs labels or a role');

const concept = z.object({ code: text });
interface Contains {
  readonly system?: string | undefined;
  readonly code?: string | undefined;
  readonly contains?: readonly Contains[] | undefined;
}
const contains: z.ZodType<Contains> = z.lazy(() =>
  z.object({ system: text.optional(), code: text.optional(), contains: z.array(contains).optional() }),
);
const include = z.object({
  system: text.optional(),
  concept: z.array(concept).optional(),
  filter: z.array(z.unknown()).optional(),
  valueSet: z.array(z.string()).optional(),
});
const valueSet = z.object({
  resourceType: z.literal('ValueSet'),
  id: z.string().optional(),
  url: z.string().optional(),
  name: z.string().optional(),
  title: z.string().optional(),
  version: z.string().optional(),
  publisher: z.string().optional(),
  copyright: z.string().optional(),
  useContext: z
    .array(
      z.object({
        code: z.object({ code: z.string().optional() }),
        valueCodeableConcept: z
          .object({ coding: z.array(z.object({ system: z.string().optional(), code: z.string().optional() })).optional() })
          .optional(),
      }),
    )
    .optional(),
  compose: z.object({ include: z.array(include).min(1), exclude: z.array(include).optional() }).optional(),
  expansion: z.object({ contains: z.array(contains).optional() }).optional(),
});
type ValueSet = z.infer<typeof valueSet>;

function expanded(items: readonly Contains[], into: Map<string, string[]>): Map<string, string[]> {
  for (const item of items) {
    if (item.code !== undefined && item.system === undefined) throw new Error(`expansion: code ${item.code} has no system`);
    if (item.code !== undefined && item.system !== undefined) into.set(item.system, [...(into.get(item.system) ?? []), item.code]);
    expanded(item.contains ?? [], into);
  }
  return into;
}

function enumerated(parts: readonly z.infer<typeof include>[], what: string): CodeSetSystem[] {
  return parts.map(({ system, concept: concepts, filter, valueSet: nested }, at) => {
    if (filter?.length || nested?.length) throw new Error(`compose.${what}[${at}]: a filter or a value set needs an expansion`);
    if (system === undefined || concepts === undefined) throw new Error(`compose.${what}[${at}]: a whole code system can't be a code set`);
    return { system, codes: concepts.map((each) => each.code) };
  });
}

function systemsOf(set: ValueSet): CodeSetSystem[] {
  const listed = expanded(set.expansion?.contains ?? [], new Map());
  if (listed.size > 0) return [...listed].map(([system, codes]) => ({ system, codes }));
  if (set.compose === undefined) throw new Error('neither compose nor expansion');
  const excluded = enumerated(set.compose.exclude ?? [], 'exclude');
  return enumerated(set.compose.include, 'include').map((part) => {
    const exclude: CodeRules = { codes: excluded.filter(({ system }) => system === part.system).flatMap(({ codes }) => codes ?? []) };
    return { ...part, exclude };
  });
}

function fromValueSet(set: ValueSet, labels: readonly string[] | undefined): CodeSet {
  const focus = (set.useContext ?? [])
    .filter(({ code }) => code.code === 'focus')
    .flatMap(({ valueCodeableConcept }) => valueCodeableConcept?.coding ?? [])
    .filter(({ system }) => system === ACT_CODE)
    .flatMap(({ code }) => code ?? []);
  const chosen = z
    .array(label)
    .min(1, 'no label: give one, or a useContext `focus` of v3-ActCode')
    .parse(labels ?? focus);
  return {
    id: text.parse(set.id ?? set.name ?? set.url, { error: () => 'the ValueSet needs an id' }),
    title: set.title ?? set.name ?? set.id ?? '',
    source: set.url ?? set.publisher ?? 'unknown',
    licence: set.copyright ?? 'unknown',
    version: set.version ?? 'unknown',
    labels: chosen,
    systems: systemsOf(set),
  };
}

/** Every scalar stays text: `0078U`, `1819` and `042` are codes, not numbers. */
function parsed(source: string): unknown {
  if (source.trimStart().startsWith('{')) return JSON.parse(source);
  return parse(source, { schema: 'failsafe' });
}

/**
 * @param source text of a code set or of a FHIR ValueSet, YAML or JSON
 * @param labels v3-ActCode labels of a ValueSet; default its `useContext` with code `focus`
 * @throws Error that names what is wrong in the file
 */
export function readCodeSet(source: string, labels?: readonly string[]): CodeSet {
  const data = parsed(source);
  const isValueSet = typeof data === 'object' && data !== null && 'resourceType' in data;
  const read = isValueSet ? valueSet.safeParse(data) : compact.safeParse(data);
  if (!read.success) throw new Error(z.prettifyError(read.error));
  return 'resourceType' in read.data ? fromValueSet(read.data, labels) : read.data;
}
