/**
 * The signed paper behind a Consent: all Consents of a record that share it. 164.508(b)(3)(ii) is judged on the paper,
 * not on the FHIR instance (law/rules.json PN-29).
 */
import type { Resource } from '../fhir/resource.ts';
import { normalizeConsent } from './normalize-consent.ts';
import type { NormalizedConsent } from './normalized-consent.ts';
import { type JsonRow, localTarget, rowsOf } from './rows-of.ts';
import type { ConsentRecord } from './vote.ts';

const attachmentKeys = (attachment: JsonRow | undefined): string[] =>
  (['hash', 'url', 'data'] as const).flatMap((name) => (typeof attachment?.[name] === 'string' ? [`${name} ${attachment[name]}`] : []));
const identifierKeys = (value: unknown): string[] =>
  rowsOf(value)
    .filter((one) => one.value !== undefined)
    .map((one) => `identifier ${one.system}|${one.value}`);

/** What names the signed document: attachment hash, address or bytes; the document's reference; identifiers. */
function documentKeys(consent: Resource, record: ConsentRecord): readonly string[] {
  const references = rowsOf(consent.sourceReference).map((row) => localTarget(row, record.base));
  const documents = references.map((reference) => (reference === undefined ? undefined : record.references.get(reference)));
  return [
    ...rowsOf(consent.sourceAttachment).flatMap(attachmentKeys),
    ...references.filter((reference) => reference !== undefined).map((reference) => `document ${reference}`),
    ...identifierKeys(consent.identifier),
    ...documents.flatMap((document) => [
      ...identifierKeys(document?.identifier),
      ...identifierKeys(document?.masterIdentifier),
      ...rowsOf(document?.content).flatMap((content) => rowsOf(content.attachment).flatMap(attachmentKeys)),
    ]),
  ];
}

const memo = new WeakMap<ConsentRecord, ReadonlyMap<Resource, readonly NormalizedConsent[]>>();

/** @returns every Consent on the same signed document, the given one among them, whatever its status but entered in error */
export function signedDocument(consent: Resource, record: ConsentRecord): readonly NormalizedConsent[] {
  let groups = memo.get(record);
  if (groups === undefined) {
    groups = group(record);
    memo.set(record, groups);
  }
  return groups.get(consent) ?? [normalizeConsent(consent, record.base)];
}

/** Sharing is transitive: Consents joined by any chain of shared keys are one document. */
function group(record: ConsentRecord): ReadonlyMap<Resource, readonly NormalizedConsent[]> {
  const groupOf = new Map<Resource, Set<Resource>>();
  const byKey = new Map<string, Resource>();
  for (const consent of record.consents) {
    if (consent.status === 'entered-in-error') continue;
    groupOf.set(consent, new Set([consent]));
    for (const key of documentKeys(consent, record)) {
      const other = byKey.get(key);
      if (other === undefined) byKey.set(key, consent);
      else merge(groupOf, consent, other);
    }
  }
  return new Map([...groupOf].map(([consent, members]) => [consent, [...members].map((member) => normalizeConsent(member, record.base))]));
}

function merge(groupOf: Map<Resource, Set<Resource>>, a: Resource, b: Resource): void {
  const [into, from] = [groupOf.get(a), groupOf.get(b)];
  if (into === undefined || from === undefined || into === from) return;
  for (const member of from) {
    into.add(member);
    groupOf.set(member, into);
  }
}
