/**
 * Whether a rule covers a piece of data: labels, class, code, time, instances (design.md 4.2; FHIR Consent.provision).
 * What the data does not tell (no date, no confidentiality) is no match for a permit and a match for a deny.
 */
import { canonicalSystem } from '../classify/canonical-code.ts';
import { declaredLabel, isLabelSystem } from '../classify/declared-label.ts';
import { ACT_CODE, CONFIDENTIALITY_ORDER, type Confidentiality } from '../fhir/codes.ts';
import type { Coding } from '../fhir/resource.ts';
import { type Interval, intervalOf } from './interval-of.ts';
import { sharesIdentifier } from './match-party.ts';
import { anyMatches } from './match-scope.ts';
import type { Alternatives, Constraints, DataReference, Effect } from './normalized-consent.ts';
import { sameCode } from './same-code.ts';
import { coversLabel, isConfidentiality, isSensitivityLabel } from './sensitivity-label.ts';
import type { ConsentData } from './vote.ts';

const RESOURCE_TYPE_SYSTEMS: ReadonlySet<string> = new Set(
  ['http://hl7.org/fhir/resource-types', 'http://hl7.org/fhir/fhir-types'].map((name) => canonicalSystem(name)),
);
const BASE_PROFILE = canonicalSystem('http://hl7.org/fhir/StructureDefinition/');
const URI = 'urn:ietf:rfc:3986';
const MIME = 'urn:ietf:bcp:13';

export function constrainsData(constraints: Constraints): boolean {
  const { labels, classes, documentTypes, resourceTypes, codes, dataPeriod, data } = constraints;
  return [labels, classes, documentTypes, resourceTypes, codes, dataPeriod, data].some((constraint) => constraint !== undefined);
}

/** @param labels whether the labels are compared; an authorization compares them by the law that it is under */
export function matchData(constraints: Constraints, data: ConsentData, effect: Effect, labels = true): boolean {
  const isClass = (named: Coding): boolean => matchClass(named, data, effect);
  return (
    (!labels || matchLabels(constraints.labels, data, effect)) &&
    anyMatches(constraints.classes, effect, isClass) &&
    anyMatches(constraints.documentTypes, effect, isClass) &&
    anyMatches(constraints.resourceTypes, effect, (named) => isType(named, data, effect)) &&
    anyMatches(constraints.codes, effect, (named) => codesOf(data, effect).some((code) => sameCode(named, code, effect))) &&
    anyMatches(constraints.dataPeriod, effect, (period) => matchPeriod(period, data.period, effect)) &&
    anyMatches(constraints.data, effect, (named) => matchInstance(named, data) || (effect === 'deny' && mayBeInstance(named, data)))
  );
}

/**
 * A permit that names sensitivity labels must cover every sensitivity label on the data; one that names only
 * confidentiality leaves sensitivity to the law. One label covered is enough for a deny.
 */
export function matchLabels(named: Alternatives<Coding> | undefined, data: ConsentData, effect: Effect): boolean {
  if (named === undefined) return true;
  if (effect === 'deny') return anyMatches(named, effect, (label) => deniesLabel(label, data));
  const sensitivities = named.any.filter(isSensitivityLabel);
  const onData = data.labels.filter(isSensitivityLabel);
  const covered = (label: Coding): boolean => sensitivities.some((one) => coversLabel(one, label));
  if (sensitivities.length > 0 && !onData.every(covered)) return false;
  return named.any.some((label) => {
    if (isConfidentiality(label)) return rank(data.confidentiality) !== -1 && rank(data.confidentiality) <= rank(label.code);
    return data.labels.some((one) => coversLabel(label, one));
  });
}

/**
 * A deny is read as data is: a protected code under an unknown system means what it means on a record. Any other code of HL7's under
 * a system that is not known here may be HL7's: the deny stands. An installation's own labels compare by system and code.
 */
function deniesLabel(named: Coding, data: ConsentData): boolean {
  const label = declaredLabel(named) ?? named;
  if (deniesAs(label, data)) return true;
  if (!label.system || isLabelSystem(label.system)) return false;
  const bare = declaredLabel({ code: label.code }, ACT_CODE);
  return bare !== undefined && deniesAs(bare, data);
}

function deniesAs(label: Coding, data: ConsentData): boolean {
  if (isConfidentiality(label)) return data.confidentiality === undefined || rank(data.confidentiality) >= rank(label.code);
  return data.labels.some((one) => coversLabel(label, one) || sameCode(label, one, 'deny'));
}

/** -1 = no confidentiality of HL7's six: below all, so that an unknown one admits nothing and denies everything. */
const rank = (code: string | undefined): number => CONFIDENTIALITY_ORDER.indexOf(code as Confidentiality);

function matchClass(named: Coding, data: ConsentData, effect: Effect): boolean {
  if (named.system === MIME) return effect === 'deny'; // what format data is in is not known here
  if (isProfile(named, data, effect)) return true;
  if (effect === 'deny' || (named.system !== undefined && RESOURCE_TYPE_SYSTEMS.has(canonicalSystem(named.system)))) {
    if (isType(named, data, effect)) return true;
  }
  return data.codes.some((code) => sameCode(named, code, effect));
}

/** A profile that a permit names with its version is that version; a deny is of every version, and of FHIR's own profile of a type. */
function isProfile({ system, code }: Coding, data: ConsentData, effect: Effect): boolean {
  if (code === undefined) return false;
  if (effect === 'permit') {
    const isUri = system === URI || system === undefined || code.startsWith('http');
    return isUri && data.profiles.some((profile) => profile === code || profile.split('|')[0] === code);
  }
  const named = canonicalSystem(code);
  if (named === `${BASE_PROFILE}/${data.resourceType.toLowerCase()}`) return true;
  return data.profiles.some((profile) => typeof profile === 'string' && canonicalSystem(profile) === named);
}

function isType({ code }: Coding, { resourceType }: ConsentData, effect: Effect): boolean {
  return code === resourceType || (effect === 'deny' && code?.trim().toLowerCase() === resourceType.toLowerCase());
}

function matchPeriod(named: Interval, period: ConsentData['period'], effect: Effect): boolean {
  const from = period?.start === undefined ? undefined : intervalOf(period.start)?.from;
  const to = period?.end === undefined ? undefined : intervalOf(period.end)?.to;
  const unreadable = (period?.start !== undefined && from === undefined) || (period?.end !== undefined && to === undefined);
  if (unreadable || (from === undefined && to === undefined)) return effect === 'deny';
  const [first, last] = [from ?? Number.NEGATIVE_INFINITY, to ?? Number.POSITIVE_INFINITY];
  return effect === 'permit' ? named.from <= first && last <= named.to : first <= named.to && named.from <= last;
}

/** FHIR R4: "if this code is found in an instance, then the rule applies"; a permit is of what the instance is about. */
function codesOf(data: ConsentData, effect: Effect): readonly Coding[] {
  return effect === 'deny' ? (data.wide?.codes ?? data.codes) : data.codes;
}

/** What a permit can not rest on: another name of the instance or of its author, and what refers to the instance (`dependents`). */
function mayBeInstance({ meaning, reference, identifier }: DataReference, { wide }: ConsentData): boolean {
  if (wide === undefined) return false;
  const named = identifier === undefined ? [] : [identifier];
  if (meaning === 'authoredby') return wide.authors.includes(reference) || sharesIdentifier(named, wide.authorIdentifiers, 'deny');
  return sharesIdentifier(named, wide.identifiers, 'deny') || (meaning !== 'instance' && wide.references.includes(reference));
}

function matchInstance({ meaning, reference }: DataReference, data: ConsentData): boolean {
  if (meaning === 'authoredby') return data.authors.includes(reference);
  return data.reference === reference || (meaning !== 'instance' && data.related.includes(reference));
}
