/**
 * What of a search goes upstream and what the gateway judges itself (design.md 4.5; threats.md 4, 7, 52, 53). Forwarded:
 * only parameters that stay true of a resource when other parts of it are added back, so that the upstream never leaves
 * out, because of what is withheld, what the released view would find.
 */
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import { searchDefinition } from '../fhir/search/search-definition.ts';
import type { Modifier, SearchParameter, SearchValue } from '../fhir/search/search-query.ts';
import { isOpaque } from './search-gate.ts';

export interface Criteria {
  /** Pairs for the upstream. */
  readonly forwarded: Pairs;
  /** Evaluated on the released view of every candidate. */
  readonly checked: readonly SearchParameter[];
  /** Evaluated as well where a candidate was cut: what the upstream found may have been in what is gone. */
  readonly onCut: readonly SearchParameter[];
  /** Some parameter only the upstream can evaluate: a candidate that was cut never matches. */
  readonly opaque: boolean;
}

/** True of the whole resource whenever true of what is left of it. */
const MONOTONE: ReadonlySet<Modifier> = new Set<Modifier>(['exact', 'contains', 'identifier', 'type', 'of-type', 'below', 'above', 'text']);
/** HL7's expression is `deceased.exists() and deceased != false`: it becomes false where the element is removed. */
const TRUE_OF_ABSENCE = new Set(['deceased']);
/** Marks that the gateway itself sets: the upstream does not find them. */
const OWN_MARKS = new Set(['REDACTED', 'SUBSETTED', 'NORDSCLCD']);
/** Longer lists of joined ids stay here: an upstream's URL has an end. */
const MAX_FORWARDED = 3_000;

/**
 * @param joined parameters that stand for a chain or `_has`: lists of ids
 * @param toUpstream rewrites URLs of the gateway into URLs of the upstream
 */
export function criteriaOf(
  asked: readonly SearchParameter[],
  joined: readonly SearchParameter[],
  toUpstream: (text: string) => string,
): Criteria {
  const forwarded = [
    ...asked.filter((parameter) => isOpaque(parameter) || isMonotone(parameter)),
    ...joined.filter(({ pair }) => pair[1].length <= MAX_FORWARDED),
  ];
  // Never: the upstream would look where the requester may not.
  if (forwarded.some(({ pair: [name] }) => name.includes('.') || name.startsWith('_has'))) throw new PrivityError('internal');
  return {
    forwarded: forwarded.map(({ pair }) => [pair[0], toUpstream(pair[1])] as const),
    checked: [...asked.filter((parameter) => !isOpaque(parameter) && !isMonotone(parameter)), ...joined],
    onCut: asked.filter((parameter) => !isOpaque(parameter) && isMonotone(parameter)),
    opaque: asked.some(isOpaque),
  };
}

function isMonotone(parameter: SearchParameter): boolean {
  const { resourceType, name, modifier, values } = parameter;
  if (TRUE_OF_ABSENCE.has(name)) return false;
  if ((name === '_security' || name === '_tag') && (modifier === 'text' || values.some(mayBeOwnMark))) return false;
  // What stands first stops doing so when it is removed.
  if (searchDefinition(resourceType, name)?.expression?.includes('[') === true) return false;
  if (modifier === 'missing') return values.every((value) => value.kind === 'missing' && !value.missing);
  if (modifier !== undefined && !MONOTONE.has(modifier)) return false;
  return !values.some(isNegative);
}

function mayBeOwnMark(value: SearchValue): boolean {
  return value.kind === 'token' && (value.code === undefined || OWN_MARKS.has(value.code));
}

function isNegative(value: SearchValue): boolean {
  if (value.kind === 'composite') return value.parts.some(isNegative);
  return 'prefix' in value && value.prefix === 'ne';
}
