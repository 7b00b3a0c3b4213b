/**
 * `GET /admin/explain/choices`: what a decision can be asked with: who asked for records lately and as what, and attestations by
 * their titles.
 */
import type { Database } from '../adapters/database.ts';
import type { PartyNames } from '../adapters/party-names.ts';
import { recentRequesters } from '../adapters/recent-requesters.ts';
import type { AttestationRules } from '../policy/attestation-rule.ts';
import type { AdminAnswer } from './admin-route.ts';

export interface ExplainChoices {
  readonly database: Database;
  readonly attestationRules: AttestationRules;
  readonly namesOf: PartyNames;
}

/** Staff of the directory; who is a patient, or somebody's relative, is not named here. */
const NAMED = /^(Practitioner|Organization)\/[A-Za-z0-9.-]{1,64}$/;

export function explainChoices({ database, attestationRules, namesOf }: ExplainChoices): () => Promise<AdminAnswer> {
  const attestations = [...attestationRules.values()].map(({ kind, title, citation, wording, asserts }) => {
    return { kind, title, citation, wording, asserts };
  });
  return async () => {
    const recent = await recentRequesters(database);
    const named = recent.flatMap(({ fhirUser, organization }) => [fhirUser, organization].filter(isNamed));
    const names = await namesOf(named);
    const requesters = recent.map((row) => {
      const [name, organizationName] = [row.fhirUser, row.organization].map((reference = '') => names.get(reference)?.name);
      return { ...row, ...(name === undefined ? {} : { name }), ...(organizationName === undefined ? {} : { organizationName }) };
    });
    return { status: 200, body: { requesters, attestations } };
  };
}

function isNamed(reference: string | undefined): reference is string {
  return reference !== undefined && NAMED.test(reference);
}
