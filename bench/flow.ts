/** The flow of one request without network and database: the upstream's texts at hand, the log only made ready to be sent. */
import { createChainWriter, prepareRecord } from '../src/adapters/audit-log-chain.ts';
import { createContexts } from '../src/adapters/audit-log-contexts.ts';
import { createConsentSource } from '../src/adapters/consent-source.ts';
import { createKnownTexts } from '../src/adapters/known-texts.ts';
import { loadCodeSets } from '../src/adapters/load-code-sets.ts';
import { loadPolicies } from '../src/adapters/load-policies.ts';
import { loadWriteRights } from '../src/adapters/load-write-rights.ts';
import { createPageSealer } from '../src/adapters/page-sealer.ts';
import { readUpstreamAnswer } from '../src/adapters/upstream-answer.ts';
import { classifyResource } from '../src/classify/classify-resource.ts';
import { labelOnce } from '../src/classify/label-once.ts';
import { readInteraction } from '../src/fhir/interaction.ts';
import { writeFhir } from '../src/fhir/write-fhir.ts';
import { createKeptResources } from '../src/pipeline/kept-resources.ts';
import type { PipelineDeps } from '../src/pipeline/session.ts';
import { answer } from '../src/pipeline.ts';
import type { Requester } from '../src/requester/requester.ts';

const JSON_TYPE = { 'content-type': 'application/fhir+json' };

export interface Flow {
  /** @returns the body of the answer */
  ask(path: string): Promise<string>;
}

/** @param textOf what the upstream answers to a path relative to its base */
export async function openFlow(base: string, textOf: (path: string) => string | undefined, requester: Requester): Promise<Flow> {
  const { evaluator, views, attestationRules } = await loadPolicies('policies', {});
  const index = await loadCodeSets('policies/code-sets');
  const rights = await loadWriteRights('policies');
  const clock = { now: Date.now };
  const known = createKnownTexts();
  const get = async (path: string) => {
    const text = textOf(path);
    return text === undefined ? { status: 404, headers: {} } : readUpstreamAnswer(200, JSON_TYPE, text, known);
  };
  const upstream = { base, get, write: () => Promise.reject(new Error('reads only')) };
  const store = {
    openChain: async () => undefined,
    openMonth: async () => undefined,
    append: async () => undefined,
    close: async () => undefined,
  };
  const contexts = createContexts();
  const chain = createChainWriter(store, new Uint8Array(32), contexts);
  const none = { stores: [], profiles: [], categories: [], documentTypes: [], attesters: [] };
  const deps: PipelineDeps = {
    upstream,
    consents: createConsentSource({
      upstreams: [upstream],
      clock,
      cacheSeconds: 3600,
      relations: true,
      epochs: { epochsOf: async (subjects) => new Map(subjects.map((subject) => [subject, '0'])), forget: () => undefined },
      recordedOf: async () => [],
    }),
    policies: { current: () => ({ evaluator, views }) },
    audit: {
      append: async (record, under) => {
        await chain.write([prepareRecord(record, under, contexts)]);
      },
    },
    sealer: createPageSealer(new Uint8Array(32), clock),
    clock,
    classify: labelOnce((resource, context) => classifyResource(resource, context, { index, psychotherapyNotes: none, part2Programs: [] })),
    settings: {
      consent: { combine: 'deny-overrides', implicit: 'hipaa', custodians: [], approvedForms: [] },
      withheld: { default: 'hide' },
      candidates: 'release-for-treatment',
      treatmentRelationship: 'asserted',
      attestations: attestationRules,
      part2Programs: [],
    },
    limits: { pageSize: 50, maxPageSize: 1000, candidates: 20_000, includes: 1000 },
    publicBase: 'http://127.0.0.1/fhir',
    kept: createKeptResources(30),
    writes: {
      rights,
      lock: { hold: (_, work) => work() },
      epochs: { bump: async () => undefined },
      newEventId: () => crypto.randomUUID(),
      maxEntries: 50,
    },
  };
  return {
    async ask(path) {
      const interaction = readInteraction({ method: 'GET', url: `/${path}` });
      const given = await answer(deps, { id: crypto.randomUUID(), requestId: 'r', requester, interaction, raw: false });
      return given.resource === undefined ? '' : writeFhir(given.resource).whole().toString();
    },
  };
}
