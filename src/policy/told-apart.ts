/**
 * The questions that a group of policies can tell apart: of every attribute that they read, one value of each kind (issue of
 * administration, point 2). What policies do not read or name is the same to them, so a small product stands for the whole
 * finite domain; `complete` says whether it does.
 */
import actReason from '../../policies/terminology/act-reason-hierarchy.json' with { type: 'json' };
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import { freeValues } from './free-values.ts';
import { type Names, namesIn } from './names-in.ts';
import type { PolicyStatement } from './policy-set.ts';
import type { PolicyQuestion } from './question.ts';
import { type Attribute, type Reads, readsOf } from './reads-of.ts';

type Context = PolicyQuestion['context'];
/** Sets one attribute of a context (or those that belong together) to one of the values that can be told apart. */
export type Variation = (context: Context) => Context;

export interface Dimension {
  /** What its variations set. */
  readonly sets: readonly Attribute[];
  readonly variations: readonly Variation[];
}

export interface ToldApart {
  readonly dimensions: readonly Dimension[];
  /** Labels that can be told apart. */
  readonly labels: ReadonlySet<string>;
  /** Every question is, to these policies, like one of the product of the dimensions. */
  readonly complete: boolean;
}

const SETS = [
  ['facts', 'Fact'],
  ['attestations', 'Attestation'],
  ['authorizations', 'AuthorizationType'],
  ['roles', 'Role'],
] as const;
type SetAttribute = (typeof SETS)[number][0] | 'labels';
const PURPOSES = Object.keys(actReason.parents).filter((code) => code !== 'PurposeOfUse' && !code.startsWith('_'));
const VOTES = ['none', 'outside', 'permit', 'deny'] as const;
const ARITHMETIC = ['+', '-', '*', 'neg'];
/** Of more values than this not every subset is tried: none, all, each alone, all but one. */
const ALL_SUBSETS = 4;

export function toldApart(statements: readonly PolicyStatement[]): ToldApart {
  const reads = readsOf(statements);
  const names = namesIn(statements);
  const labels = valuesOf(reads.get('labels'), names.strings);
  const sets: readonly (readonly [SetAttribute, ReadonlySet<string>])[] = [
    ...SETS.map(([attribute, type]) => [attribute, valuesOf(reads.get(attribute), names.entities.get(type))] as const),
    ['labels', labels],
  ];
  const open = sets.some(([attribute, values]) => reads.get(attribute) === 'all' || values.size > ALL_SUBSETS);
  const dimensions: readonly Dimension[] = [
    { sets: ['purpose', 'purposeAncestors'], variations: purposes(reads, names) },
    ...sets.map(([attribute, values]) => ({
      sets: [attribute],
      variations: subsets([...values]).map((some) => variation(attribute, values, some)),
    })),
    { sets: ['consent'], variations: reads.has('consent') ? VOTES.map((consent) => (context) => ({ ...context, consent })) : [] },
    { sets: ['hour', 'weekday'], variations: times(statements, reads, names).map((at) => (context) => ({ ...context, ...at })) },
    {
      sets: ['organization'],
      variations: reads.has('organization') ? ['', 'Organization/another', ...names.strings].map(organized) : [],
    },
    { sets: ['resourceType'], variations: reads.has('resourceType') ? resourceTypes(names).map(typed) : [] },
  ];
  return {
    dimensions: dimensions.filter(({ variations }) => variations.length > 0),
    labels,
    complete: !open && !names.operators.has('like'),
  };
}

function valuesOf(read: ReturnType<Reads['get']>, named: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  if (read === undefined) return new Set();
  return read === 'all' ? named : read;
}

function subsets(values: readonly string[]): readonly (readonly string[])[] {
  if (values.length === 0) return [];
  if (values.length > ALL_SUBSETS) {
    return [[], values, ...values.map((value) => [value]), ...values.map((value) => values.filter((other) => other !== value))];
  }
  return [...Array(2 ** values.length).keys()].map((bits) => values.filter((_, index) => (bits >> index) % 2 === 1));
}

function variation(attribute: SetAttribute, values: ReadonlySet<string>, some: readonly string[]): Variation {
  return (context) => {
    const rest = (context[attribute] as readonly string[]).filter((value) => !values.has(value));
    return { ...context, [attribute]: [...rest, ...some].sort() };
  };
}

/** One purpose of every kind: those named, and of the others one for each way to descend from what is named. */
function purposes(reads: Reads, { entities }: Names): readonly Variation[] {
  if (!reads.has('purpose') && !reads.has('purposeAncestors')) return [];
  const named = entities.get('Purpose') ?? new Set();
  const kind = (purpose: string) =>
    JSON.stringify([named.has(purpose) ? purpose : '', purposeAncestors(purpose).filter((ancestor) => named.has(ancestor))]);
  const kinds = new Map(PURPOSES.map((purpose) => [kind(purpose), purpose]));
  return [...kinds.values()].map((purpose) => (context) => ({ ...context, purpose, purposeAncestors: purposeAncestors(purpose) }));
}

/** Comparisons change at their constants; where hours are calculated with, each is asked about. */
function times(statements: readonly PolicyStatement[], reads: Reads, { operators }: Names) {
  if (!reads.has('hour') && !reads.has('weekday')) return [];
  if (!ARITHMETIC.some((operator) => operators.has(operator))) return freeValues({ statements });
  const upTo = (end: number, read: boolean, otherwise: number) => (read ? [...Array(end).keys()] : [otherwise]);
  return upTo(24, reads.has('hour'), 12).flatMap((hour) => upTo(7, reads.has('weekday'), 3).map((weekday) => ({ hour, weekday })));
}

function organized(organization: string): Variation {
  return (context) => ({ ...context, organization });
}

function typed(resourceType: string): Variation {
  return (context) => ({ ...context, resourceType });
}

function resourceTypes({ entities }: Names): readonly string[] {
  const named = [...(entities.get('ResourceType') ?? [])];
  return [...named, ...['Basic', 'Flag', 'Media'].filter((type) => !named.includes(type)).slice(0, 1)];
}
