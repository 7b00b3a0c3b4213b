/** IHE PCF's example Consents: every published residual token, every derived decision and release (shared/vectors/pcf). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { consentResidual } from '../../src/consent/consent-residual.ts';
import { evaluateConsent } from '../../src/consent/evaluate-consent.ts';
import type { ConsentData, ConsentQuestion, ConsentRecord } from '../../src/consent/vote.ts';
import { ACT_REASON, CONFIDENTIALITY, type Confidentiality, ROLE_CODE } from '../../src/fhir/codes.ts';
import type { Coding, Resource } from '../../src/fhir/resource.ts';

const folder = new URL('../../../shared/vectors/pcf/', import.meta.url);
const present = existsSync(folder);
if (!present) console.warn('PCF vectors are not tested: ../shared/vectors/pcf is missing');
const load = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

interface Row {
  consent: string;
  context: string;
  at: string;
  outcome: string;
  residual?: unknown[];
  release?: Record<string, boolean>;
}
interface Published {
  ihe_iua: { purpose_of_use: Coding[] };
  ihe_pcf: { patient_id: string; doc_id: string[]; residual?: { type: string }[] };
}
interface Vectors {
  decisions: { contexts: Record<string, { agents: string[]; pou: [string, string][] }>; rows: Row[] };
  tokens: { consents: Record<string, { published: Published | null }> };
  resources: Map<string, Resource>;
}

function vectors(): Vectors {
  const files = readdirSync(folder).filter((file) => /^[A-Z][A-Za-z]+-ex-.*\.json$/.test(file));
  const all: Resource[] = [...files.map(load), ...load('synthetic-resources.json')];
  return {
    decisions: load('expected-decisions.json'),
    tokens: load('residual-tokens.json'),
    resources: new Map(all.map((resource) => [`${resource.resourceType}/${resource.id}`, resource])),
  };
}

/** PCF says that an infant's mother consented and leaves it to the custodian to know that she may: so it is on file here. */
const MOTHER: readonly Resource[] = [
  {
    resourceType: 'RelatedPerson',
    id: 'mother',
    patient: { reference: 'Patient/ex-patient' },
    relationship: [{ coding: [{ system: ROLE_CODE, code: 'GUARD' }] }],
  },
  { resourceType: 'Patient', id: 'ex-mother', link: [{ other: { reference: 'RelatedPerson/mother' }, type: 'seealso' }] },
];

function recordOf(consent: Resource, resources: ReadonlyMap<string, Resource>): ConsentRecord {
  const references = new Map(resources);
  for (const resource of MOTHER) references.set(`${resource.resourceType}/${resource.id}`, resource);
  return { subject: 'Patient/ex-patient', consents: [consent], provenances: [], references, base: 'http://example.org/fhir' };
}

const NOTHING: ConsentData = { resourceType: 'Observation', profiles: [], labels: [], codes: [], authors: [], related: [] };

function dataOf(resource: Resource): ConsentData {
  const security = resource.meta?.security ?? [];
  const confidentiality = security.find((coding) => coding.system === CONFIDENTIALITY)?.code as Confidentiality | undefined;
  const time: string | undefined = resource.effectiveDateTime;
  return {
    ...NOTHING,
    reference: `${resource.resourceType}/${resource.id}`,
    labels: security.filter((coding) => coding.system !== CONFIDENTIALITY),
    confidentiality,
    period: time === undefined ? undefined : { start: time, end: time },
    authors: (resource.performer ?? []).map((one: { reference: string }) => one.reference),
    related: resource.encounter === undefined ? [] : [resource.encounter.reference],
  };
}

function questionOf(agents: readonly string[], pou: readonly (readonly [string, string])[], at: string, data = NOTHING): ConsentQuestion {
  return {
    subject: 'Patient/ex-patient',
    actor: { references: agents, identifiers: [] },
    purposes: pou.map(([system, code]) => ({ system, code })),
    action: 'access',
    at,
    data,
  };
}

describe.runIf(present)('IHE PCF', () => {
  const { decisions, tokens, resources } = present ? vectors() : ({} as Vectors);
  const consentOf = (id: string): Resource => resources.get(`Consent/${id}`) as Resource;

  test('has all its rows and tokens', () => {
    expect(decisions.rows).toHaveLength(89);
    expect(Object.values(tokens.consents).filter((row) => row.published !== null)).toHaveLength(16);
  });

  test.each(present ? decisions.rows.map((row) => [`${row.consent} for ${row.context} at ${row.at}`, row] as const) : [])(
    '%s',
    (_name, row) => {
      const record = recordOf(consentOf(row.consent), resources);
      const { agents, pou } = decisions.contexts[row.context] as { agents: string[]; pou: [string, string][] };
      const named = questionOf(agents, pou, row.at);
      const resolved = questionOf(
        agents.filter((agent) => !agent.startsWith('Group/')),
        pou,
        row.at,
      );
      for (const question of [named, resolved]) {
        const answer = consentResidual(record.consents[0] as Resource, { record, question });
        expect(answer.outcome).toBe(row.outcome);
        expect(answer.token && (answer.token.residual ?? [])).toEqual(row.residual);
      }
      const settings = { combine: 'deny-overrides', implicit: 'hipaa' } as const;
      if (row.outcome === 'not-applicable') expect(evaluateConsent(record, named, settings).outcome).toBe('none');
      if (row.outcome === 'deny') {
        expect(evaluateConsent(record, named, settings).outcome).toMatch(/^(deny|outside)$/);
        expect(evaluateConsent(record, named, { ...settings, implicit: 'all-normal' }).outcome).toBe('deny');
      }
      for (const [id, expected] of Object.entries(row.release ?? {})) {
        const data = dataOf(resources.get(`Observation/${id}`) as Resource);
        const vote = evaluateConsent(record, { ...resolved, data }, settings);
        expect([id, vote.outcome]).toEqual([id, expected ? 'permit' : 'deny']);
      }
    },
  );

  /** Who gets the published token: the practitioner, unless the Consent is about somebody else. */
  const asker: Record<string, [string, string, string]> = {
    'ex-consent-intermediate-purpose': ['Organization/ex-org-researcher', 'http://example.org/policies/purposeOfUse', 'FooBar'],
    'ex-dissent-intermediate-break-glass': ['Practitioner/ex-practitioner', ACT_REASON, 'BTG'],
  };

  test.each(present ? Object.entries(tokens.consents).filter(([, row]) => row.published !== null) : [])('token of %s', (id, row) => {
    const { ihe_iua, ihe_pcf } = row.published as Published;
    const [agent, system, code] = asker[id] ?? ['Practitioner/ex-practitioner', ACT_REASON, 'TREAT'];
    const record = recordOf(consentOf(id), resources);
    const base = 'http://example.org/fhir';
    const answer = consentResidual(record.consents[0] as Resource, {
      record,
      question: questionOf([agent], [[system, code]], '2022-12-01'),
      base,
    });
    expect(answer.purposes).toEqual(ihe_iua.purpose_of_use);
    expect(answer.token).toEqual({
      // One token gives a relative patient_id; many a doc_id of another Consent; one says `deny` for `forbid` (residual-tokens.json, defects).
      patient_id: ihe_pcf.patient_id.startsWith('http') ? ihe_pcf.patient_id : `${base}/${ihe_pcf.patient_id}`,
      doc_id: [`${base}/Consent/${id}`],
      ...(ihe_pcf.residual && { residual: ihe_pcf.residual.map((rule) => (rule.type === 'deny' ? { ...rule, type: 'forbid' } : rule)) }),
    });
  });
});
