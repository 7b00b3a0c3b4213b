/** Label and decide, alone: full code sets, the law as shipped, a subject with two Consents. */
import { loadCodeSets } from '../src/adapters/load-code-sets.ts';
import { type LoadedPolicies, loadPolicies } from '../src/adapters/load-policies.ts';
import { classifyResource } from '../src/classify/classify-resource.ts';
import { labelOnce } from '../src/classify/label-once.ts';
import { decideOnce } from '../src/decide/decide-once.ts';
import type { Decision, SubjectRecord } from '../src/decide/decision.ts';
import { authorsOf, organizationsOf } from '../src/decide/resource-parties.ts';
import type { DecideSettings } from '../src/decide/settings.ts';
import type { Resource } from '../src/fhir/resource.ts';
import { consent } from './records.ts';
import { PHYSICIAN } from './requester.ts';

const BASE = 'http://upstream.bench/fhir';

export type Decider = (resource: Resource) => Decision;

export interface DeciderOptions {
  readonly consents?: number;
  /** Default: as shipped. */
  readonly policies?: LoadedPolicies;
  /** Every decision is made at another moment. */
  readonly movingClock?: boolean;
}

export async function openDecider({ consents = 2, policies, movingClock = false }: DeciderOptions = {}): Promise<Decider> {
  const { evaluator, views, attestationRules } = policies ?? (await loadPolicies('policies', {}));
  const index = await loadCodeSets('policies/code-sets');
  const none = { stores: [], profiles: [], categories: [], documentTypes: [], attesters: [] };
  const classify = labelOnce((resource, context) =>
    classifyResource(resource, context, { index, psychotherapyNotes: none, part2Programs: [] }),
  );
  const reference = 'Patient/p-100-none';
  const record: SubjectRecord = {
    reference,
    consents: {
      subject: reference,
      consents: Array.from({ length: consents }, (_, number) => consent('p-100-none', number, false)),
      provenances: [],
      references: new Map(),
    },
    recorded: [],
    relations: [],
    epoch: '0',
  };
  const settings: DecideSettings = {
    consent: { combine: 'deny-overrides', implicit: 'hipaa', custodians: [], approvedForms: [] },
    withheld: { default: 'hide' },
    candidates: 'release-for-treatment',
    treatmentRelationship: 'asserted',
    attestations: attestationRules,
    part2Programs: [],
  };
  const subjects = [record];
  const still = { iso: '2026-11-23T12:00:00.000Z', hour: 12, weekday: 1 };
  let moments = 0;
  // Far enough apart that nothing is remembered from one to the next.
  const now = () => {
    if (!movingClock) return still;
    moments += 1;
    return { ...still, iso: new Date(Date.UTC(2026, 10, 23, 12) + (moments % 50_000) * 7_200_000).toISOString() };
  };
  const nothing: ReadonlySet<string> = new Set();
  return (resource) =>
    decideOnce({
      action: 'disclose',
      requester: PHYSICIAN,
      labeled: classify(resource, { store: BASE }),
      subjects,
      subjectsUnresolved: false,
      aboutNoPatient: false,
      authors: authorsOf(resource, BASE),
      organizations: organizationsOf(resource, BASE),
      refersTo: nothing,
      represents: [],
      policy: evaluator,
      views,
      settings,
      base: BASE,
      at: now(),
    });
}
