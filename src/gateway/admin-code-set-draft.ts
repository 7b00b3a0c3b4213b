/**
 * What an administrator sends as a code set -> what can be kept and put in force, or everything that is wrong with it; and what it
 * would mean beside the code sets in force (design.md 4.1 point 2): codes that other sets know, systems that nobody knows.
 */
import * as z from 'zod';
import type { CodeSetDraft } from '../adapters/code-set-store-rows.ts';
import type { Expanded } from '../adapters/expand-value-set.ts';
import { canonicalSystem, KNOWN_SYSTEMS } from '../classify/canonical-code.ts';
import { SENSITIVITIES } from '../classify/categories-of.ts';
import type { CodeIndex } from '../classify/code-set.ts';
import { type ReadValueSet, readValueSet } from '../classify/read-value-set.ts';
import type { ValueSetSystem } from '../classify/read-value-set-codes.ts';
import { ACT_CODE } from '../fhir/codes.ts';
import type { Resource } from '../fhir/resource.ts';
import { closestName } from '../policy/closest-name.ts';
import type { ContentProblem } from './admin-problem.ts';

const plain = (text: string) => !/\p{Cc}/u.test(text.replaceAll(/[\n\r\t]/g, ''));
const Line = z.string().trim().min(1).max(200).refine(plain, 'a control character');
const Day = z.iso.date();

/** Not yet judged: labels and ValueSet are, with places of their own. */
export const CodeSetUpload = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens, a letter first, 64 at most'),
    title: Line,
    purpose: z.string().trim().min(1).max(2000).refine(plain, 'a control character'),
    author: Line,
    effective: z.strictObject({ from: Day.optional(), until: Day.optional() }).default({}),
    labels: z.array(z.string().min(1).max(64)).max(16).optional(),
    valueSet: z.unknown().refine((value) => value !== undefined, 'Required'),
  })
  .refine(({ effective: { from, until } }) => from === undefined || until === undefined || from <= until, {
    path: ['effective'],
    message: 'it ends before it begins',
  });
type Upload = z.infer<typeof CodeSetUpload>;

/** Asks a terminology server. @throws PrivityError `terminology-unavailable` */
export type ExpandValueSet = (valueSet: Resource) => Promise<Expanded>;

export interface Overlap {
  /** A set that knows some of these codes; those of administrators with their version: `clinic@2`. */
  readonly set: string;
  readonly labels: readonly string[];
  readonly codes: number;
}

export interface CodeSetSummaryOfUpload {
  readonly labels: readonly string[];
  readonly codes: number;
  /** Codes that have none, or not all, of these labels now. */
  readonly adds: number;
  readonly systems: readonly { readonly system: string; readonly codes: number; readonly known: boolean }[];
  readonly overlaps: readonly Overlap[];
}

export interface JudgedUpload {
  /** Absent where there are errors. */
  readonly draft?: CodeSetDraft;
  readonly summary?: CodeSetSummaryOfUpload;
  readonly problems: readonly ContentProblem[];
}

/** @param index in force now */
export async function judgeUpload(upload: Upload, index: CodeIndex, expand: ExpandValueSet | undefined): Promise<JudgedUpload> {
  const { read, expandedBy } = await readExpanded(upload.valueSet, expand);
  const labels = [...new Set(upload.labels ?? focusOf(upload.valueSet))];
  const problems = [...labelProblems(labels), ...read.problems];
  const { systems } = read;
  if (systems === undefined || problems.some(({ severity }) => severity === 'error')) return { problems };
  const summary = summarize(upload.name, labels, systems, index);
  const { name, title, purpose, author, effective, valueSet } = upload;
  const draft = { name, title, purpose, author, effective, labels, systems, valueSet, ...(expandedBy === undefined ? {} : { expandedBy }) };
  return { draft, summary, problems: [...problems, ...systemProblems(summary), ...overlapProblems(summary)] };
}

async function readExpanded(
  valueSet: unknown,
  expand: ExpandValueSet | undefined,
): Promise<{ readonly read: ReadValueSet; readonly expandedBy?: string }> {
  const read = readValueSet(valueSet);
  if (!read.expandable || expand === undefined) return { read };
  const { by, valueSet: expanded } = await expand(valueSet as Resource);
  if (expanded !== undefined) return { read: readValueSet(expanded), expandedBy: by };
  const refusal = { severity: 'error', path: 'ValueSet', message: `The terminology server ${by} can not expand it.` } as const;
  return { read: { problems: [refusal], expandable: false } };
}

/** `useContext` of code `focus` names the label where the upload does not; of sound structure or not. */
function focusOf(valueSet: unknown): readonly string[] {
  const read = Focus.safeParse(valueSet);
  const contexts = read.success ? read.data.useContext : [];
  return contexts
    .filter(({ code }) => code.code === 'focus')
    .flatMap(({ valueCodeableConcept }) => valueCodeableConcept?.coding ?? [])
    .flatMap(({ system, code }) => (system === ACT_CODE && code !== undefined ? [code] : []));
}

const Focus = z.object({
  useContext: z
    .array(
      z.object({
        code: z.object({ code: z.string().optional() }),
        valueCodeableConcept: z
          .object({ coding: z.array(z.object({ system: z.string().optional(), code: z.string().optional() })).default([]) })
          .optional(),
      }),
    )
    .default([]),
});

function labelProblems(labels: readonly string[]): readonly ContentProblem[] {
  if (labels.length === 0) {
    const message = 'Which sensitivity do these codes say? Give v3-ActCode labels, or a useContext of code `focus`.';
    return [{ severity: 'error', path: 'labels', message }];
  }
  return labels.flatMap((label, at): readonly ContentProblem[] => {
    const path = `labels.${at}`;
    if (label === 'PSYTHPN') {
      const message = 'No code proves a psychotherapy note (45 CFR 164.501): it holds for documents and media; elsewhere it is MH.';
      return [{ severity: 'warning', path, message }];
    }
    if (SENSITIVITIES.has(label)) return [];
    const meant = closestName(label, SENSITIVITIES);
    const suggestion = meant === undefined ? '' : ` Did you mean "${meant}"?`;
    return [{ severity: 'error', path, message: `"${label}" is no sensitivity of v3-ActCode.${suggestion}` }];
  });
}

function summarize(name: string, labels: readonly string[], systems: readonly ValueSetSystem[], index: CodeIndex): CodeSetSummaryOfUpload {
  const overlaps = new Map<string, { set: string; labels: readonly string[]; codes: number }>();
  let adds = 0;
  for (const { system, codes } of systems) {
    for (const code of codes) {
      const others = index.match(system, code).filter((match) => match.labels.length > 0 && !match.set.startsWith(`${name}@`));
      const had = new Set(others.flatMap((match) => match.labels));
      if (!labels.every((label) => had.has(label))) adds += 1;
      for (const match of others) {
        const overlap = overlaps.get(match.set) ?? { set: match.set, labels: match.labels, codes: 0 };
        overlap.codes += 1;
        overlaps.set(match.set, overlap);
      }
    }
  }
  return {
    labels,
    codes: systems.reduce((sum, { codes }) => sum + codes.length, 0),
    adds,
    systems: systems.map(({ system, codes }) => ({ system, codes: codes.length, known: KNOWN_SYSTEMS.includes(canonicalSystem(system)) })),
    overlaps: [...overlaps.values()].sort((a, b) => b.codes - a.codes),
  };
}

function systemProblems({ systems }: CodeSetSummaryOfUpload): readonly ContentProblem[] {
  return systems
    .filter(({ known }) => !known)
    .map(({ system }) => {
      const meant = closestName(system, KNOWN_SYSTEMS);
      const message = `Privity knows "${system}" by this name alone: the preview tells whether any record uses it.`;
      return { severity: 'warning', path: 'ValueSet', message: meant === undefined ? message : `${message} Did you mean "${meant}"?` };
    });
}

function overlapProblems({ labels, codes, adds, overlaps }: CodeSetSummaryOfUpload): readonly ContentProblem[] {
  const warning = (message: string): ContentProblem => ({ severity: 'warning', path: 'ValueSet', message });
  const other = overlaps.filter((overlap) => !overlap.labels.some((label) => labels.includes(label)));
  return [
    ...(adds === 0 ? [warning(`Each of its ${codes} codes has these labels already: it adds nothing.`)] : []),
    ...other.map((overlap) =>
      warning(
        `${overlap.codes} of its codes are ${overlap.labels.join(', ')} by the set ${overlap.set}; they stay that, and become ${labels.join(', ')} too.`,
      ),
    ),
  ];
}
