/**
 * What each part of the gateway is told of the configuration: the rules of an issuer, of psychotherapy notes, of a decision. One
 * place that turns the words of the file (design.md section 6) into the words of the parts.
 */
import { hkdfSync } from 'node:crypto';
import type { LoadedPolicies } from '../adapters/load-policies.ts';
import type { PolicySetDraft } from '../adapters/policy-store-rows.ts';
import type { CodeIndex } from '../classify/code-set.ts';
import type { PsychotherapyNoteRules } from '../classify/label.ts';
import { labelOnce } from '../classify/label-once.ts';
import { classifyReviewed, type ReviewFindings } from '../classify/review-finding.ts';
import type { Config } from '../config.ts';
import type { DecideSettings } from '../decide/settings.ts';
import { PrivityError } from '../errors.ts';
import { mayAssert } from '../policy/attestation-entitled.ts';
import type { AttestationRules } from '../policy/attestation-rule.ts';
import type { Classify } from '../ports.ts';
import type { RequesterRules } from '../requester/requester-rules.ts';

/** Sets of the folder that the configuration names: in force at the first start, administrators' from then on. */
export function seedsOf({ activeFiles }: LoadedPolicies): readonly PolicySetDraft[] {
  return [...activeFiles].map(([name, { metadata, files }]) => ({
    name,
    mode: metadata.mode,
    title: metadata.title,
    purpose: metadata.description === '' ? metadata.title : metadata.description,
    author: 'configuration',
    effective: {},
    files,
  }));
}

/** Coverage, Encounter, CareTeam: read where a decision can turn on them. */
export function needsRelations(config: Config): boolean {
  const roles = config.identity.issuers.flatMap((issuer) => [
    ...Object.values(issuer.roles),
    ...Object.values(issuer.clients).flatMap((client) => client.roles),
  ]);
  const relational = ['payer', 'covered-entity'] as const;
  const anyRole = config.identity.issuers.some((issuer) => Object.keys(issuer.roles).length === 0);
  return config.policy.treatmentRelationship === 'evidenced' || anyRole || relational.some((role) => roles.includes(role));
}

/** The gateway's own credentials go to the upstream's origin and nowhere else. */
export function consentSource({ upstream }: Config, url: string): Config['upstream'] {
  const same = new URL(url).origin === new URL(upstream.url).origin;
  return { ...upstream, url, auth: same ? upstream.auth : { type: 'none' } };
}

/** A key of its own for page links, from the installation's key (RFC 5869), so that replicas open each other's links. */
export function pageKey(key: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'privity page links', 32));
}

/** Keys of the console, each for one purpose, from the installation's key: replicas share its sessions. */
export function consoleKeys(key: Uint8Array): { readonly sessions: Uint8Array; readonly csrf: Uint8Array; readonly signIn: Uint8Array } {
  const derived = (purpose: string) => new Uint8Array(hkdfSync('sha256', key, '', `privity console ${purpose}`, 32));
  return { sessions: derived('sessions'), csrf: derived('csrf'), signIn: derived('sign-in') };
}

export function rulesOf(config: Config, attestations: Parameters<typeof mayAssert>[0]): (issuer: string) => RequesterRules {
  const byIssuer = new Map(
    config.identity.issuers.map((issuer): [string, RequesterRules] => [
      issuer.issuer,
      {
        issuer,
        bases: [config.upstream.url, `${config.server.publicUrl}/fhir`, ...issuer.fhirBases],
        mayAssert: (kind, roles) => mayAssert(attestations, kind, roles),
      },
    ]),
  );
  return (issuer) => {
    const rules = byIssuer.get(issuer);
    if (rules === undefined) throw new PrivityError('login');
    return rules;
  };
}

/** Codings as tokens, `system|code`, as FHIR search writes them. */
function noteRules({ classify }: Config): PsychotherapyNoteRules {
  const { categories, documentTypes, ...rest } = classify.psychotherapyNotes;
  const token = ({ system, code }: { system: string; code: string }) => `${system}|${code}`;
  return { ...rest, categories: categories.map(token), documentTypes: documentTypes.map(token) };
}

/** Classification by this installation's rules, and by the code sets and findings of one state. */
export function classifierOf(config: Config): (index: CodeIndex, findings: ReviewFindings) => Classify {
  const own = { psychotherapyNotes: noteRules(config), part2Programs: config.classify.part2Programs };
  let last: { readonly index: CodeIndex; readonly findings: ReviewFindings; readonly classify: Classify } | undefined;
  return (index, findings) => {
    if (last?.index === index && last.findings === findings) return last.classify;
    const rules = { ...own, index };
    last = { index, findings, classify: labelOnce((resource, context) => classifyReviewed(resource, context, rules, findings)) };
    return last.classify;
  };
}

export function decideSettings(config: Config, attestations: AttestationRules): DecideSettings {
  const { consent, policy, classify } = config;
  return {
    consent: { ...consent, jurisdictions: policy.jurisdictions },
    withheld: policy.withheld,
    candidates: policy.candidates,
    treatmentRelationship: policy.treatmentRelationship,
    attestations,
    part2Programs: classify.part2Programs,
  };
}
