/**
 * Signed permissions as FHIR: an authorization with every element of 45 CFR 164.508(c) (or 42 CFR 2.31), its signature
 * as a Provenance and the copy handed to the patient (164.508(c)(4)); and a directive, the patient's own restriction
 * (IHE PCF; 45 CFR 164.522).
 */
import type { CodeableConcept, Coding, Communication, Consent, ConsentProvision, ConsentProvisionActor, Provenance } from 'fhir/r4.js';
import { ACT_CODE, ACT_REASON, PARTICIPATION_TYPE } from '../../fhir/codes.ts';
import { narrative, ref, textAttachment } from './build.ts';
import { coding, concept, loinc, NOTE } from './code-words.ts';

/** Forms that the demo's privacy officer approved: their statements (164.508(c)(2), 2.31(a)(6), (10)) are in the form's text. */
export const APPROVED_FORMS = {
  psychotherapyNotes: 'https://privity.example/forms/psychotherapy-notes-authorization-v1',
  part2Tpo: 'https://privity.example/forms/part2-tpo-consent-v1',
} as const;

const SCOPE = concept(coding('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy', 'Privacy Consent'));
const HIPAA_AUTHORIZATION = concept(
  coding('http://terminology.hl7.org/CodeSystem/consentpolicycodes', 'hipaa-auth', 'HIPAA Authorization'),
);

export const purpose = (code: string): Coding => coding(ACT_REASON, code);

function party(role: string, display: string, reference: string): ConsentProvisionActor {
  return { role: concept(coding(PARTICIPATION_TYPE, role, display)), reference: ref(reference) };
}
/** Who may disclose (v3-ParticipationType CST). */
export const discloser = (reference: string) => party('CST', 'custodian', reference);
/** To whom (IRCP). */
export const recipient = (reference: string) => party('IRCP', 'information recipient', reference);

export interface AuthorizationStory {
  readonly id: string;
  readonly kind: 'psychotherapy-notes' | 'part2-tpo';
  readonly patient: string;
  /** As the patient signed: full name. */
  readonly signedAs: string;
  readonly status: Consent['status'];
  /** Instant of the signature. */
  readonly signed: string;
  readonly expires: string;
  readonly from: string;
  readonly to: string;
  readonly purposes: readonly string[];
  readonly labels: readonly Coding[];
  readonly form: string;
  /** What the signed page says; kept with the Consent, with its hash. */
  readonly words: string;
}

/** The Consent, the Provenance that holds its signature, and the Communication that gave the patient a copy. */
export function authorization(story: AuthorizationStory): [Consent, Provenance, Communication] {
  const part2 = story.kind === 'part2-tpo';
  const category: CodeableConcept[] = [concept(NOTE.release)];
  if (part2) category.push(concept(coding(ACT_CODE, '42CFRPart2CD', '42 CFR Part 2 consent directive')));
  const consent: Consent = {
    resourceType: 'Consent',
    id: story.id,
    text: narrative(story.words),
    status: story.status,
    scope: SCOPE,
    category,
    patient: ref(story.patient),
    dateTime: story.signed,
    performer: [ref(story.patient)],
    organization: [ref(story.from)],
    sourceAttachment: textAttachment('Signed authorization', story.words, story.signed),
    policy: [{ uri: story.form }],
    ...(part2 ? {} : { policyRule: HIPAA_AUTHORIZATION }),
    provision: {
      type: 'permit',
      period: { start: story.signed.slice(0, 10), end: story.expires },
      actor: [discloser(story.from), recipient(story.to)],
      securityLabel: [...story.labels],
      purpose: story.purposes.map(purpose),
    },
  };
  return [consent, signature(story), copyGiven(story)];
}

function signature(story: AuthorizationStory): Provenance {
  return {
    resourceType: 'Provenance',
    id: `${story.id}-signature`,
    target: [ref(`Consent/${story.id}`)],
    occurredDateTime: story.signed,
    recorded: story.signed,
    agent: [
      {
        type: concept(coding('http://terminology.hl7.org/CodeSystem/provenance-participant-type', 'author', 'Author')),
        who: ref(story.patient),
      },
    ],
    signature: [
      {
        type: [coding('urn:iso-astm:E1762-95:2013', '1.2.840.10065.1.12.1.7', 'Consent Signature')],
        when: story.signed,
        who: ref(story.patient),
        targetFormat: 'text/plain',
        sigFormat: 'text/plain',
        data: Buffer.from(`/s/ ${story.signedAs}`, 'utf8').toString('base64'),
      },
    ],
  };
}

function copyGiven(story: AuthorizationStory): Communication {
  return {
    resourceType: 'Communication',
    id: `${story.id}-copy`,
    status: 'completed',
    subject: ref(story.patient),
    about: [ref(`Consent/${story.id}`)],
    sent: story.signed,
    recipient: [ref(story.patient)],
    sender: ref(story.from),
    payload: [{ contentString: 'Copy of the signed authorization handed to the patient.' }],
  };
}

export interface DirectiveStory {
  readonly id: string;
  readonly patient: string;
  readonly custodian: string;
  readonly given: string;
  readonly words: string;
  readonly provision: ConsentProvision;
}

/** A directive: the custodian accepted the patient's restriction by making it active. */
export function directive(story: DirectiveStory): Consent {
  return {
    resourceType: 'Consent',
    id: story.id,
    text: narrative(story.words),
    status: 'active',
    scope: SCOPE,
    category: [concept(loinc('59284-0', 'Consent'))],
    patient: ref(story.patient),
    dateTime: story.given,
    performer: [ref(story.patient)],
    organization: [ref(story.custodian)],
    sourceAttachment: textAttachment('Request for restriction', story.words, story.given),
    policyRule: concept(coding('http://terminology.hl7.org/CodeSystem/consentpolicycodes', 'hipaa-restrictions', 'HIPAA Restrictions')),
    provision: story.provision,
  };
}
