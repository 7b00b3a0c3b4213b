/**
 * Facts that the law asks about (design.md 4.3): each comes from the resource, the subject's record, what entitled
 * staff recorded, or a claim of the issuer; none is inferred from absence.
 */
import type { Label } from '../classify/label.ts';
import { ACT_CODE } from '../fhir/codes.ts';
import type { Reference, Resource } from '../fhir/resource.ts';
import type { Fact } from '../policy/question.ts';
import { FACTS } from '../policy/question.ts';
import type { Requester } from '../requester/requester.ts';
import type { RecordedAttestation, SubjectRecord } from './decision.ts';
import type { DecideSettings } from './settings.ts';

export interface FactSources {
  readonly requester: Requester;
  readonly subject: SubjectRecord | undefined;
  readonly labels: readonly Label[];
  /** Organizations behind the resource and its encounter. */
  readonly organizations: readonly string[];
  /** Relative references in the resource and its encounters. */
  readonly refersTo: ReadonlySet<string>;
  readonly settings: DecideSettings;
  /** ISO 8601. */
  readonly at: string;
}

/** Recorded attestations that hold at a time and are not addressed to somebody else. */
export function recordedFor(subject: SubjectRecord | undefined, requester: Requester, at: string): readonly RecordedAttestation[] {
  const now = Date.parse(at);
  return (subject?.recorded ?? []).filter(
    (row) =>
      row.subject === subject?.reference &&
      (row.until === undefined || Date.parse(row.until) >= now) &&
      (row.recipient === undefined || row.recipient === requester.id || requester.references.includes(row.recipient)),
  );
}

/** A minor is one until the latest possible birthday, and twelve from the earliest: doubt protects the minor. */
function agesOf(patient: Resource, at: string): { readonly minor: boolean; readonly twelve: boolean } {
  const birth = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(String(patient.birthDate ?? ''));
  if (birth === null) return { minor: false, twelve: false };
  const year = Number(birth[1]);
  const [month, day] = [birth[2], birth[3]].map((part) => (part === undefined ? undefined : Number(part)));
  const latest = day === undefined ? Date.UTC(year + 18, month ?? 12, 0) : Date.UTC(year + 18, (month ?? 1) - 1, day);
  const earliest = Date.UTC(year + 12, (month ?? 1) - 1, day ?? 1);
  return { minor: Date.parse(at) < latest, twelve: Date.parse(at) >= earliest };
}

/**
 * Paid in full by the patient (45 CFR 164.522(a)(1)(vi)): labelled so, billed to a self-pay Coverage (the Claim, or the
 * account of the visit), or about a patient who has no other coverage.
 */
function isSelfPay(relations: readonly Resource[], labels: readonly Label[], refersTo: ReadonlySet<string>): boolean {
  if (labels.some((label) => label.system === ACT_CODE && label.code === 'HIPAASelfPay')) return true;
  const active = relations.filter((row) => row.resourceType === 'Coverage' && row.status === 'active');
  const selfPay = active.filter((row) => ((row.type?.coding ?? []) as { code?: string }[]).some((coding) => coding.code === 'pay'));
  return selfPay.length > 0 && (selfPay.length === active.length || selfPay.some((row) => refersTo.has(`Coverage/${row.id}`)));
}

function sharesRelationship(relations: readonly Resource[], organization: string | undefined): boolean {
  if (organization === undefined) return false;
  const names = (reference: Reference | undefined) => reference?.reference === organization;
  return relations.some(
    (row) =>
      (row.resourceType === 'Encounter' && names(row.serviceProvider)) ||
      (row.resourceType === 'Coverage' && ((row.payor ?? []) as Reference[]).some(names)),
  );
}

export function factsOf({ requester, subject, labels, organizations, refersTo, settings, at }: FactSources): readonly Fact[] {
  const facts = new Set<Fact>();
  const patient = subject?.patient;
  const relations = subject?.relations ?? [];
  const organization = requester.organization?.reference;
  for (const row of recordedFor(subject, requester, at)) if (isFact(row.kind)) facts.add(row.kind);
  for (const claim of requester.claimedFacts) if (claim === 'supervised-own-program') facts.add(claim);
  if (patient !== undefined && (patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined)) facts.add('deceased');
  const { minor, twelve } = patient === undefined ? { minor: false, twelve: false } : agesOf(patient, at);
  if (minor) facts.add('minor');
  if (minor && twelve) facts.add('minor-12-17');
  // Adolescent sensitivity marks what the minor lawfully consented to alone (45 CFR 164.502(g)(3)(i)).
  if (labels.some((label) => label.system === ACT_CODE && label.code === 'ADOL')) facts.add('minor-consented');
  if (isSelfPay(relations, labels, refersTo)) facts.add('self-pay');
  if (sharesRelationship(relations, organization)) facts.add('shared-relationship');
  // What names no organization is the custodian's own: state law tells those inside from those outside.
  const holders = organizations.length > 0 ? organizations : settings.consent.custodians;
  if (organization !== undefined && holders.includes(organization)) facts.add('same-organization');
  const programs = organizations.filter((candidate) => settings.part2Programs.includes(candidate));
  if (organization !== undefined && programs.includes(organization)) facts.add('same-part2-program');
  return FACTS.filter((fact) => facts.has(fact));
}

function isFact(kind: string): kind is Fact {
  return (FACTS as readonly string[]).includes(kind);
}
