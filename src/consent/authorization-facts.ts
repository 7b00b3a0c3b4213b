/**
 * What the tests of an authorization look at, read once from the Consent, the other Consents on the same signed
 * document, its Provenance and the record (law/authorization-elements.json).
 */
import { ACT_CODE, ACT_REASON, CONSENT_POLICY } from '../fhir/codes.ts';
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import type { Coding, Resource } from '../fhir/resource.ts';
import { acceptGrantor, type GrantorAnswer, isSubject } from './accept-grantor.ts';
import { type FoundSignature, findSignature } from './find-signature.ts';
import { intervalOf } from './interval-of.ts';
import { type AuthorizationMarks, authorizationMarks } from './is-authorization.ts';
import { isCustodian } from './match-scope.ts';
import { EXPIRY_EVENT } from './normalize-consent.ts';
import type { NormalizedConsent, Rule } from './normalized-consent.ts';
import { isNotesOnly, sweepsNotes } from './protected-notes.ts';
import { localTarget, rowsOf } from './rows-of.ts';
import { signedDocument } from './signed-document.ts';
import type { ConsentRecord } from './vote.ts';

export interface AuthorizationSettings {
  /** References, or `system|value`, of the organizations that this gateway discloses for. Empty = no authorization is valid. */
  readonly custodians: readonly string[];
  /**
   * URIs of forms that a privacy officer approved: a Consent on one inherits the statements AE-08 to AE-11. Empty = they
   * must be attested in the Consent (extension {@link STATEMENT}); psychotherapy notes always need an approved form.
   */
  readonly approvedForms: readonly string[];
  /** States whose law on written consent is asked too (`US-IL`); none = no authorization counts as a state's. */
  readonly jurisdictions?: readonly string[];
}

/**
 * Extension on Consent, `valueCode`: revocation, conditioning, redisclosure, plain-language, refusal, remuneration,
 * initiated-by-individual, inspection.
 */
export const STATEMENT = 'urn:privity:authorization-statement';

export interface AuthorizationFacts {
  readonly consent: NormalizedConsent;
  readonly settings: AuthorizationSettings;
  readonly marks: AuthorizationMarks;
  /** Permits that are understood. */
  readonly permits: readonly Rule[];
  /** Every permit, and at least one. */
  readonly every: (test: (rule: Rule) => boolean) => boolean;
  readonly document: readonly NormalizedConsent[];
  readonly now: number;
  /** End of each permit; infinite where open, past where it can't be read. */
  readonly ends: readonly number[];
  readonly started: boolean;
  readonly expiryEvent?: string;
  readonly forSubject: boolean;
  readonly grantor: GrantorAnswer;
  readonly signature?: FoundSignature;
  /** The configured custodian discloses, for every permit. */
  readonly disclosed: boolean;
  /** Every permit names recipients. */
  readonly named: boolean;
  readonly typed: boolean;
  readonly form: boolean;
  readonly statements: ReadonlySet<string>;
  readonly stated: (statement: string) => boolean;
  readonly research: boolean;
  readonly tpo: boolean;
  readonly marketing: boolean;
  readonly proceedings: boolean;
  /** Nothing in the signed document is for another purpose than proceedings. */
  readonly proceedingsAlone: boolean;
  /** A permit in the signed document reaches psychotherapy notes. */
  readonly sweeps: boolean;
  /** Nothing in the signed document permits anything else. */
  readonly notesAlone: boolean;
}

export function authorizationFacts(
  consent: NormalizedConsent,
  record: ConsentRecord,
  at: string,
  settings: AuthorizationSettings,
): AuthorizationFacts {
  const now = intervalOf(at)?.from;
  if (now === undefined) throw new RangeError('at is not a FHIR dateTime');
  const { resource } = consent;
  const permits = consent.rules.filter((rule) => rule.effect === 'permit' && rule.notUnderstood.length === 0);
  const every = (test: (rule: Rule) => boolean): boolean => permits.length > 0 && permits.every(test);
  const statements = new Set(rowsOf(resource.extension).flatMap((row) => (row.url === STATEMENT ? [String(row.valueCode)] : [])));
  const form = formsOf(resource, record).some((uri) => settings.approvedForms.includes(uri));
  const grantor = acceptGrantor(consent, record, now);
  const signer = grantor.accepted && grantor.by !== 'nobody' ? grantor.party : undefined;
  const signers = [signer?.reference, grantor.accepted && grantor.by === 'patient' ? record.subject : undefined].filter(
    (one) => one !== undefined,
  );
  const document = signedDocument(resource, record);
  const allPermits = document.flatMap((one) => one.rules.filter((rule) => rule.effect === 'permit'));
  const sweeps = allPermits.some((rule) => sweepsNotes(rule, record));
  const purposes = permits.flatMap(purposesOf);
  const expiryEvent = [...rowsOf(resource.extension), ...rowsOf(resource.provision).flatMap((row) => rowsOf(row.extension))].find(
    (row) => row.url === EXPIRY_EVENT,
  )?.valueString;
  const controllers = consent.form === 'R5' ? [...rowsOf(resource.controller), ...rowsOf(resource.manager)] : [];
  const controls = controllers.some((row) => isCustodian({ reference: localTarget(row, record.base) ?? '' }, settings.custodians));
  return {
    consent,
    settings,
    marks: authorizationMarks(resource),
    permits,
    every,
    document,
    now,
    ends: permits.map((rule) =>
      Math.min(...rule.periods.map((period) => period.any[0]?.to ?? Number.NEGATIVE_INFINITY), Number.POSITIVE_INFINITY),
    ),
    started: permits.every((rule) => rule.periods.every((period) => (period.any[0]?.from ?? Number.POSITIVE_INFINITY) <= now)),
    ...(typeof expiryEvent === 'string' ? { expiryEvent } : {}),
    forSubject: consent.patient !== undefined && isSubject(consent.patient, record),
    grantor: grantor.accepted && grantor.by === 'nobody' ? { accepted: false } : grantor,
    ...signatureOf(consent, signers, record, now),
    disclosed: every(
      ({ constraints }) =>
        constraints.disclosers?.any.some((party) => isCustodian(party, settings.custodians)) === true ||
        (constraints.disclosers === undefined && controls),
    ),
    named: every(({ constraints }) => (constraints.recipients?.any.length ?? 0) > 0),
    typed: consent.unreadable === undefined && consent.root !== undefined && permits.length > 0,
    form,
    statements,
    stated: (statement) => form || (settings.approvedForms.length === 0 && !sweeps && statements.has(statement)),
    research:
      purposes.length > 0 &&
      every(
        (rule) =>
          purposesOf(rule).length > 0 && purposesOf(rule).every((code) => code === 'HRESCH' || purposeAncestors(code).includes('HRESCH')),
      ),
    tpo: every((rule) => new Set(purposesOf(rule)).size === TPO.length && TPO.every((code) => purposesOf(rule).includes(code))),
    marketing: purposes.includes('HMARKT'),
    proceedings: allPermits.some((rule) => purposesOf(rule).includes('HLEGAL')),
    proceedingsAlone:
      document.every(isReadable) &&
      allPermits.every((rule) => purposesOf(rule).length > 0 && purposesOf(rule).every((code) => code === 'HLEGAL')),
    sweeps,
    notesAlone:
      document.every((one) => isReadable(one) && !isGeneral(one.resource)) && allPermits.every((rule) => isNotesOnly(rule, record)),
  };
}

const TPO = ['TREAT', 'HPAYMT', 'HOPERAT'];
const isReadable = (consent: NormalizedConsent): boolean => consent.unreadable === undefined && consent.errors.length === 0;

/** Codes of v3-ActReason; a purpose of another system counts as itself, so that it is none of those. */
function purposesOf(rule: Rule): readonly string[] {
  return (rule.constraints.purposes?.any ?? []).map(({ system, code }) => (system === ACT_REASON ? (code ?? '') : `${system}|${code}`));
}

function signatureOf(
  consent: NormalizedConsent,
  signers: readonly string[],
  record: ConsentRecord,
  now: number,
): { readonly signature?: FoundSignature } {
  const signature = findSignature(consent, signers, record, now);
  return signature === undefined ? {} : { signature };
}

/** A consent to treatment, payment and operations, or an acknowledged notice of privacy practices (AV-02). */
const GENERAL: ReadonlySet<string> = new Set([
  `${ACT_CODE}|HIPAAConsentCD`,
  `${ACT_CODE}|HIPAAConsent`,
  `${ACT_CODE}|HIPAANOPP`,
  `${ACT_CODE}|NOPP`,
  `${CONSENT_POLICY}|hipaa-npp`,
  'http://terminology.hl7.org/CodeSystem/consentcategorycodes|npp',
]);

function isGeneral(consent: Resource): boolean {
  const concepts = [...rowsOf(consent.category), ...rowsOf(consent.policyRule), ...rowsOf(consent.regulatoryBasis)];
  return concepts
    .flatMap((concept) => rowsOf(concept.coding) as readonly Coding[])
    .some(({ system, code }) => GENERAL.has(`${system}|${code}`));
}

/** URIs of the form that a Consent was written on: policy (R4), policyBasis and policyText (R5), the Questionnaire answered. */
function formsOf(consent: Resource, record: ConsentRecord): readonly string[] {
  const answered = rowsOf(consent.sourceReference).map((row) => record.references.get(localTarget(row, record.base) ?? ''));
  const found = [
    ...rowsOf(consent.policy).map((row) => row.uri),
    ...rowsOf(consent.policyBasis).map((row) => row.url),
    ...rowsOf(consent.policyText).map((row) => localTarget(row, record.base)),
    ...answered.map((resource) => resource?.questionnaire),
  ];
  return found.filter((uri) => typeof uri === 'string');
}
