/**
 * Whether a code that a Consent names is a code on data, whatever name of its system and whatever spelling either side uses (FHIR R4
 * Consent.provision.code, .class). A permit needs system and code; where a system is missing or is not known here, a deny takes
 * what may be meant.
 */
import { canonicalCode, canonicalSystem, KNOWN_SYSTEMS, readingsOf } from '../classify/canonical-code.ts';
import type { Coding } from '../fhir/resource.ts';
import type { Effect } from './normalized-consent.ts';

/** Their codes do not differ by case and dots alone; of other systems nobody can say so, and a permit takes them as they are. */
const KNOWN: ReadonlySet<string> = new Set(KNOWN_SYSTEMS);

interface Read {
  /** Absent where none is given. */
  readonly system?: string;
  readonly code: string;
  /** `system|code` of everything that may be meant. */
  readonly readings: readonly string[];
}

/** Codings of Consents and of resources are never changed, and each is compared many times. */
const memo = new WeakMap<Coding, Read>();

function readCode(coding: Coding): Read {
  const known = memo.get(coding);
  if (known !== undefined) return known;
  const named = typeof coding.system === 'string' ? coding.system.trim() : '';
  const system = named === '' ? undefined : canonicalSystem(named);
  const text = typeof coding.code === 'string' ? coding.code : '';
  const readings = readingsOf(system, text).map((one) => `${one.system}|${one.code}`);
  const read: Read =
    system === undefined
      ? { code: text, readings }
      : { system, code: text, readings: [...readings, `${system}|${canonicalCode(system, text)}`] };
  memo.set(coding, read);
  return read;
}

export function sameCode(named: Coding, held: Coding, effect: Effect): boolean {
  if (!named.code || !held.code) return false;
  const [one, other] = [readCode(named), readCode(held)];
  if (effect === 'deny') return mayBeSame(one, other);
  if (one.system === undefined || one.system !== other.system) return false;
  if (!KNOWN.has(one.system)) return named.system === held.system && one.code === other.code;
  return canonicalCode(one.system, one.code) === canonicalCode(one.system, other.code);
}

function mayBeSame(one: Read, other: Read): boolean {
  if (one.system === undefined || other.system === undefined) return bare(one.code) === bare(other.code);
  return one.readings.some((reading) => other.readings.includes(reading));
}

const bare = (code: string): string => canonicalCode('', code).replace(/\./g, '');
