/** The shipped rules of `policies/attestations.yaml`. */
import { readFileSync } from 'node:fs';
import type { AttestationRules } from '../../src/policy/attestation-rule.ts';
import { readAttestationRules } from '../../src/policy/read-attestation-rules.ts';

let rules: AttestationRules | undefined;

export function attestationRules(): AttestationRules {
  const path = 'policies/attestations.yaml';
  rules ??= readAttestationRules({ path, text: readFileSync(path, 'utf8') }).rules;
  return rules;
}
