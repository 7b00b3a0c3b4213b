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

function isMinor(patient: Resource, at: string): boolean {
  const birth = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(String(patient.birthDate ?? ''));
  if (birth === null) return false;
  // An unknown day or month counts as the latest possible birth: a minor keeps a minor's protection.
  const [year, month] = [Number(birth[1]) + 18, Number(birth[2] ?? 12)];
  const adult = birth[3] === undefined ? Date.UTC(year, month, 0) : Date.UTC(year, month - 1, Number(birth[3]));
  return Date.parse(at) < adult;
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
  if (patient !== undefined && isMinor(patient, at)) facts.add('minor');
  // Adolescent sensitivity marks what the minor lawfully consented to alone (45 CFR 164.502(g)(3)(i)).
  if (labels.some((label) => label.system === ACT_CODE && label.code === 'ADOL')) facts.add('minor-consented');
  if (isSelfPay(relations, labels, refersTo)) facts.add('self-pay');
  if (sharesRelationship(relations, organization)) facts.add('shared-relationship');
  const programs = organizations.filter((candidate) => settings.part2Programs.includes(candidate));
  if (organization !== undefined && programs.includes(organization)) facts.add('same-part2-program');
  return FACTS.filter((fact) => facts.has(fact));
}

function isFact(kind: string): kind is Fact {
  return (FACTS as readonly string[]).includes(kind);
}
