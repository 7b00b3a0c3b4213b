/**
 * Finds who signed a Consent and when (45 CFR 164.508(c)(1)(vi); 42 CFR 2.31(a)(8)-(9)). A Consent holds no Signature of
 * its own, and its dateTime is when it was indexed: the signature is in a Provenance that targets it.
 */
import type { Resource } from '../fhir/resource.ts';
import { intervalOf } from './interval-of.ts';
import type { NormalizedConsent } from './normalized-consent.ts';
import { localTarget, rowsOf } from './rows-of.ts';
import type { ConsentRecord } from './vote.ts';

export interface FoundSignature {
  /** Milliseconds since 1970. */
  readonly when: number;
}

/** ASTM E1762: author's signature, consent signature. A witness or a time stamp does not sign for the individual. */
const SIGNING: ReadonlySet<unknown> = new Set(['1.2.840.10065.1.12.1.1', '1.2.840.10065.1.12.1.7']);

/**
 * The signature of a Consent: Provenance.signature by one of `signers`, made by `at`, on this version of the Consent
 * where it names a version.
 * @param at milliseconds since 1970
 */
export function findSignature(
  consent: NormalizedConsent,
  signers: readonly string[],
  record: ConsentRecord,
  at: number,
): FoundSignature | undefined {
  const made = record.provenances
    .filter((provenance) => targets(provenance, consent, record))
    .flatMap((provenance) => rowsOf(provenance.signature));
  const times = made
    .filter((signature) => rowsOf(signature.type).some((type) => SIGNING.has(type.code)))
    .filter((signature) => signers.includes(localTarget(signature.who, record.base) ?? ''))
    .filter((signature) => typeof signature.data === 'string' || hasSource(consent.resource))
    .map((signature) => intervalOf(signature.when)?.from)
    .filter((when): when is number => when !== undefined && when <= at);
  return times.length === 0 ? undefined : { when: Math.min(...times) };
}

const hasSource = (consent: Resource): boolean => rowsOf(consent.sourceAttachment).length + rowsOf(consent.sourceReference).length > 0;

function targets(provenance: Resource, consent: NormalizedConsent, record: ConsentRecord): boolean {
  return rowsOf(provenance.target).some((target) => {
    if (localTarget(target, record.base) !== consent.reference) return false;
    const version = /\/_history\/([^/]+)$/.exec(String(target.reference))?.[1];
    return version === undefined || version === consent.version;
  });
}
