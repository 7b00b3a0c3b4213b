/** Short words for the Consents, questions and records of the case files. */
import type { ConsentSettings } from '../../src/consent/evaluate-consent.ts';
import type { ConsentData, ConsentQuestion, ConsentRecord } from '../../src/consent/vote.ts';
import {
  ACT_CODE,
  ACT_REASON,
  CONFIDENTIALITY,
  CONFIDENTIALITY_ORDER,
  LOINC,
  PARTICIPATION_TYPE,
  ROLE_CODE,
} from '../../src/fhir/codes.ts';
import type { Coding, Resource } from '../../src/fhir/resource.ts';

export type Json = Record<string, unknown>;

export const SUBJECT = 'Patient/p1';
export const NOW = '2025-06-15T12:00:00Z';
export const HIPAA: ConsentSettings = { combine: 'deny-overrides', implicit: 'hipaa' };

const CONFIDENTIALITIES: readonly string[] = CONFIDENTIALITY_ORDER;

/** `N`, `R` are confidentialities, `x|y` a coding of another system, the rest v3-ActCode. */
export function label(code: string): Coding {
  if (code.includes('|')) return { system: code.slice(0, code.lastIndexOf('|')), code: code.slice(code.lastIndexOf('|') + 1) };
  return { system: CONFIDENTIALITIES.includes(code) ? CONFIDENTIALITY : ACT_CODE, code };
}
export const purpose = (code: string): Coding => (code.includes('|') ? label(code) : { system: ACT_REASON, code });
export const concept = (system: string, code: string): Json => ({ coding: [{ system, code }] });
export const ref = (reference: string): Json => ({ reference });

export function actor(reference: string | Json, role = 'IRCP'): Json {
  return { role: concept(PARTICIPATION_TYPE, role), reference: typeof reference === 'string' ? ref(reference) : reference };
}

/** A provision's elements in short. */
export interface Short {
  readonly purposes?: readonly string[];
  readonly labels?: readonly string[];
  readonly actors?: readonly (string | Json)[];
  readonly actions?: readonly string[];
  readonly more?: Json;
  readonly nested?: readonly Json[];
}

const CONSENT_ACTION = 'http://terminology.hl7.org/CodeSystem/consentaction';

function provision({ purposes, labels, actors, actions, more, nested }: Short): Json {
  return {
    ...(purposes && { purpose: purposes.map(purpose) }),
    ...(labels && { securityLabel: labels.map(label) }),
    ...(actors && { actor: actors.map((one) => (typeof one === 'object' && 'role' in one ? one : actor(one))) }),
    ...(actions && { action: actions.map((code) => concept(CONSENT_ACTION, code)) }),
    ...more,
    ...(nested && { provision: nested }),
  };
}
export const permit = (short: Short = {}): Json => ({ type: 'permit', ...provision(short) });
export const deny = (short: Short = {}): Json => ({ type: 'deny', ...provision(short) });
/** An R5 exception: no type of its own. */
export const except = (short: Short = {}): Json => provision(short);

/** An active R4 directive of the patient's own. */
export function r4(root: Json | undefined, more: Json = {}): Resource {
  return {
    resourceType: 'Consent',
    id: 'c1',
    meta: { versionId: '3' },
    status: 'active',
    scope: concept('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
    category: [concept(LOINC, '59284-0')],
    patient: ref(SUBJECT),
    dateTime: '2025-01-01',
    performer: [ref(SUBJECT)],
    policy: [{ uri: 'http://example.org/policy' }],
    ...(root && { provision: root }),
    ...more,
  };
}

/** An active R5 directive of the patient's own. */
export function r5(decision: string | undefined, provisions?: readonly Json[], more: Json = {}): Resource {
  return {
    resourceType: 'Consent',
    id: 'c1',
    status: 'active',
    category: [concept(LOINC, '59284-0')],
    subject: ref(SUBJECT),
    date: '2025-01-01',
    grantor: [ref(SUBJECT)],
    ...(decision && { decision }),
    ...(provisions && { provision: provisions }),
    ...more,
  };
}

export function relatedPerson(id: string, role: string, more: Json = {}): Resource {
  return { resourceType: 'RelatedPerson', id, patient: ref(SUBJECT), relationship: [concept(ROLE_CODE, role)], ...more };
}

export function recordOf(
  consents: readonly Resource[],
  onFile: readonly Resource[] = [],
  provenances: readonly Resource[] = [],
): ConsentRecord {
  const references = new Map(onFile.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
  return { subject: SUBJECT, consents, provenances, references, base: 'https://fhir.example/r4' };
}

/** What is asked, in short; by default Dr. Who of the clinic wants to read normal, unlabelled data for treatment. */
export interface Ask {
  readonly who?: readonly string[];
  readonly identifiers?: ConsentQuestion['actor']['identifiers'];
  readonly states?: readonly string[];
  readonly purposes?: readonly string[];
  readonly action?: string;
  readonly at?: string;
  /** Labels on the data, one confidentiality among them; `N` where none is given, `-` for none at all. */
  readonly labels?: readonly string[];
  readonly data?: Partial<ConsentData>;
}

export function questionOf(ask: Ask = {}): ConsentQuestion {
  const labels = ask.labels ?? [];
  const confidentiality = labels.includes('-') ? undefined : (CONFIDENTIALITY_ORDER.find((code) => labels.includes(code)) ?? 'N');
  const data: ConsentData = {
    reference: 'Observation/o1',
    resourceType: 'Observation',
    profiles: [],
    labels: labels.filter((code) => code !== '-' && !CONFIDENTIALITIES.includes(code)).map(label),
    confidentiality,
    codes: [],
    period: { start: '2025-03-01', end: '2025-03-01' },
    authors: [],
    related: [],
    ...ask.data,
  };
  return {
    subject: SUBJECT,
    actor: {
      references: ask.who ?? ['Practitioner/who', 'Organization/clinic'],
      identifiers: ask.identifiers ?? [],
      states: ask.states ?? [],
    },
    purposes: (ask.purposes ?? ['TREAT']).map(purpose),
    action: ask.action ?? 'access',
    at: ask.at ?? NOW,
    data,
  };
}
