/**
 * The codes that a ValueSet lists -> what they are looked up by in a record (FHIR R4 section 4.9; canonical-code.ts). A code that no
 * look-up would ever find is an error; one that stands twice is told.
 */
import { type CanonicalCode, canonicalCode, canonicalSystem, readingsOf } from './canonical-code.ts';
import { type ValueSetProblem, valueSetError, valueSetWarning } from './read-value-set-problem.ts';

export interface ListedCode {
  readonly system: string;
  readonly code: string;
  /** FHIRPath. */
  readonly path: string;
  readonly abstract?: boolean;
  readonly inactive?: boolean;
}

export interface ValueSetSystem {
  readonly system: string;
  readonly codes: readonly string[];
}

export const MAX_CODES = 50_000;
const CONTROL = /\p{Cc}/u;
/** How an expression of the SNOMED CT Expression Constraint Language begins: `<< 86406008` means more than the one concept in it. */
const EXPRESSION = /^\s*[<>^!*]/;

export function collectCodes(listed: readonly ListedCode[]): {
  readonly systems: readonly ValueSetSystem[];
  readonly problems: readonly ValueSetProblem[];
} {
  const problems: ValueSetProblem[] = [];
  const systems = new Map<string, string[]>();
  const seen = new Set<string>();
  const twice: ListedCode[] = [];
  for (const each of listed) {
    const readings = CONTROL.test(each.code) || EXPRESSION.test(each.code) ? [] : readingsOf(each.system, each.code);
    const [reading] = readings;
    if (reading === undefined || readings.length > 1) {
      problems.push(valueSetError(each.path, 'No record is looked up by this as one code: an expression, or no code of its system.'));
      continue;
    }
    const key = `${reading.system}|${reading.code}`;
    if (seen.has(key)) {
      twice.push(each);
      continue;
    }
    seen.add(key);
    const { system, code } = asWritten(each, reading);
    const codes = systems.get(system);
    if (codes === undefined) systems.set(system, [code]);
    else codes.push(code);
  }
  if (listed.length === 0) problems.push(valueSetError('ValueSet', 'It lists no code.'));
  if (seen.size > MAX_CODES) problems.push(valueSetError('ValueSet', `It lists more than ${MAX_CODES} codes.`));
  return {
    systems: [...systems].map(([system, codes]) => ({ system, codes })),
    problems: [
      ...problems,
      ...told(twice, 'stand there before; each code counts once.'),
      ...told(
        listed.filter(({ inactive }) => inactive),
        'are inactive; older records may hold them, so they are taken.',
      ),
      ...told(
        listed.filter(({ abstract }) => abstract),
        'are abstract, for navigation only; they are taken as well.',
      ),
    ],
  };
}

/** One warning for all of a kind, at the place of the first. */
function told(codes: readonly ListedCode[], what: string): readonly ValueSetProblem[] {
  const [first] = codes;
  return first === undefined ? [] : [valueSetWarning(first.path, `${codes.length} of its entries ${what}`)];
}

/** The spelling of the ValueSet, unless records that write the same are read as something else (ICD-9 procedures, CPT modifiers). */
function asWritten({ system, code }: ListedCode, reading: CanonicalCode): CanonicalCode {
  const same = canonicalSystem(system) === reading.system && canonicalCode(reading.system, code) === reading.code;
  return same ? { system, code } : reading;
}
