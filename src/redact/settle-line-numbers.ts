/**
 * Numbers that point at lines of a claim (FHIR R4 Claim, ExplanationOfBenefit, ClaimResponse, CoverageEligibilityRequest:
 * `item.diagnosisSequence` names a `diagnosis.sequence`): where lines were removed, a number that leads to none of those left
 * would tell how many went and what is for them alone. It goes; the numbers of the lines that stay are what they were.
 */
import type { Json, Path, Resource } from '../fhir/resource.ts';
import { walkElements } from '../fhir/walk-elements.ts';

/** Lists, each inside the one before: its name, the element that numbers its lines, the element that points at one. */
type Lines = readonly (readonly [list: string, number: string, pointer: string])[];

const numbered = (list: string, pointer: string): readonly [string, Lines] => [pointer, [[list, 'sequence', pointer]]];

const ITEM = ['item', 'sequence', 'itemSequence'] as const;
const DETAIL = ['detail', 'sequence', 'detailSequence'] as const;
const SUB_DETAIL = ['subDetail', 'sequence', 'subDetailSequence'] as const;
/** The lines of an answer have the numbers of the Claim's, by the name that elsewhere points at them. */
const ANSWERED = ['item', 'itemSequence', 'itemSequence'] as const;
const ANSWERED_DETAIL = ['detail', 'detailSequence', 'detailSequence'] as const;
const ANSWERED_SUB_DETAIL = ['subDetail', 'subDetailSequence', 'subDetailSequence'] as const;

const NOTES: readonly [string, Lines] = ['noteNumber', [['processNote', 'number', 'noteNumber']]];
const CLAIM = [
  numbered('careTeam', 'careTeamSequence'),
  numbered('diagnosis', 'diagnosisSequence'),
  numbered('procedure', 'procedureSequence'),
  numbered('supportingInfo', 'informationSequence'),
];

/** By resource type and name of the pointer. */
const POINTERS: ReadonlyMap<string, ReadonlyMap<string, Lines>> = new Map([
  ['Claim', new Map(CLAIM)],
  ['CoverageEligibilityRequest', new Map([numbered('supportingInfo', 'supportingInfoSequence')])],
  [
    'ExplanationOfBenefit',
    new Map<string, Lines>([
      ...CLAIM,
      NOTES,
      ['itemSequence', [ITEM]],
      ['detailSequence', [ITEM, DETAIL]],
      ['subDetailSequence', [ITEM, DETAIL, SUB_DETAIL]],
    ]),
  ],
  [
    'ClaimResponse',
    new Map<string, Lines>([
      NOTES,
      ['itemSequence', [ANSWERED]],
      ['detailSequence', [ANSWERED, ANSWERED_DETAIL]],
      ['subDetailSequence', [ANSWERED, ANSWERED_DETAIL, ANSWERED_SUB_DETAIL]],
      // So spelled in ClaimResponse.addItem
      ['subdetailSequence', [ANSWERED, ANSWERED_DETAIL, ANSWERED_SUB_DETAIL]],
    ]),
  ],
]);

/** Where lines of a ClaimResponse have their own numbers, which point at nothing. */
const OWN_NUMBERS: ReadonlySet<string> = new Set([
  'ClaimResponse.item.itemSequence',
  'ClaimResponse.item.detail.detailSequence',
  'ClaimResponse.item.detail.subDetail.subDetailSequence',
]);

const NONE: readonly Path[] = [];

/** @returns places of the numbers that lead to no line any more; none where no line was removed */
export function strayLineNumbers(original: Resource, cut: Resource): readonly Path[] {
  if (!mayHoldLines(cut)) return NONE;
  const stray: Path[] = [];
  let before: readonly Resource[] | undefined;
  const counterpartOf = (resource: Resource): Resource | undefined => {
    if (resource === cut) return original;
    before ??= resourcesIn(original);
    return before.includes(resource) ? resource : counterpart(before, resource);
  };
  walkElements(cut, ({ value, path, at, resource }) => {
    const place = path.findLastIndex((step) => typeof step === 'string');
    const lines = POINTERS.get(resource.resourceType)?.get(String(path[place]));
    if (lines === undefined || typeof value === 'object' || OWN_NUMBERS.has(at)) return;
    if (!lostLines(lines, counterpartOf(resource), resource)) return;
    const part = valueAt(cut, path.slice(0, place));
    if (!numbersOf(resource, lines, part).has(value)) stray.push(path);
  });
  return stray;
}

function mayHoldLines({ resourceType, contained, entry, parameter }: Resource): boolean {
  return POINTERS.has(resourceType) || [contained, entry, parameter].some(Array.isArray);
}

function resourcesIn(whole: Resource): readonly Resource[] {
  const found: Resource[] = [];
  walkElements(whole, ({ value, resource }) => {
    if (value === (resource as Json)) found.push(resource);
  });
  return found;
}

/** A resource inside another, before the cut: the very same where it was not touched, else the one of its id. */
function counterpart(before: readonly Resource[], { resourceType, id }: Resource): Resource | undefined {
  const alike = before.filter((one) => one.resourceType === resourceType && one.id === id);
  return alike.length === 1 ? alike[0] : undefined;
}

/** What can not be compared has lost some. */
function lostLines(lines: Lines, before: Resource | undefined, after: Resource): boolean {
  if (before === undefined) return true;
  return lines.some((_, depth) => linesOf(before, lines.slice(0, depth + 1)).length > linesOf(after, lines.slice(0, depth + 1)).length);
}

/** @param part points at lines: of lines inside others, only those inside the ones that it names count */
function numbersOf(resource: Resource, lines: Lines, part: Json): ReadonlySet<Json | undefined> {
  const [, number] = lines.at(-1) as Lines[number];
  return new Set(linesOf(resource, lines, part).map((line) => line[number]));
}

type Row = Readonly<Record<string, Json>>;

function linesOf(resource: Resource, lines: Lines, part?: Json): readonly Row[] {
  return lines.reduce<readonly Row[]>(
    (rows, [list], depth) => {
      const [, number, pointer] = lines[depth - 1] ?? [];
      const named = number === undefined || pointer === undefined ? undefined : (part as Row | undefined)?.[pointer];
      const within = named === undefined ? rows : rows.filter((row) => [named].flat().includes(row[number as string] as Json));
      return within.flatMap((row) => listOf(row[list]));
    },
    [resource as unknown as Row],
  );
}

function listOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? value.filter((row): row is Row => typeof row === 'object' && row !== null) : [];
}

function valueAt(resource: Resource, path: Path): Json {
  return path.reduce<Json>((value, step) => (value as Record<string | number, Json>)[step] ?? null, resource as Json);
}
