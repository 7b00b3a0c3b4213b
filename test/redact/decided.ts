/** Decisions for redaction tests: the parts that redaction reads. */
import type { DecidedResource, Decision } from '../../src/decide/decision.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { RedactContext } from '../../src/redact/redact-resource.ts';

export function decided(resource: Resource, decision: Partial<Decision> = {}): DecidedResource {
  return {
    labeled: { resource, labels: [], segments: [], confidentiality: 'N', candidate: false, reviews: [] },
    subjects: [],
    decision: {
      effect: decision.remove === undefined ? 'permit' : 'redact',
      recipient: 'payer',
      remove: [],
      obligations: [],
      basis: { policies: [], consents: [] },
      asked: [],
      errors: [],
      ...decision,
    },
  };
}

export function context(withheld: readonly string[] = [], redacted: readonly string[] = []): RedactContext {
  return {
    canSee: (reference) => (withheld.includes(reference) ? false : /Practitioner|Organization/.test(reference) ? undefined : true),
    isRedacted: (reference) => redacted.includes(reference),
    rewrite: (text) => text,
  };
}
