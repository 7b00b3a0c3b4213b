/** The Cedar schema and the types of question.ts are one vocabulary. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaToJson } from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from 'vitest';
import actReason from '../../policies/terminology/act-reason-hierarchy.json' with { type: 'json' };
import { CATEGORIES } from '../../src/classify/label.ts';
import { AUTHORIZATION_TYPES } from '../../src/consent/vote.ts';
import { RESOURCE_TYPES } from '../../src/fhir/definitions.ts';
import { purposeAncestors } from '../../src/fhir/label-hierarchy.ts';
import { FACTS, RECIPIENTS } from '../../src/policy/question.ts';
import { ATTRIBUTES } from '../../src/policy/reads-of.ts';
import { ROLES } from '../../src/requester/requester.ts';
import { POLICIES, shipped } from './shipped.ts';

const answer = schemaToJson(readFileSync(join(POLICIES, 'schema.cedarschema'), 'utf8'));
if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
const namespace = answer.json[''];

describe('schema.cedarschema', () => {
  it.each([
    { entity: 'Recipient', values: RECIPIENTS },
    { entity: 'Category', values: CATEGORIES },
    { entity: 'Role', values: ROLES },
    { entity: 'Purpose', values: Object.keys(actReason.parents).filter((code) => purposeAncestors(code).includes('PurposeOfUse')) },
    { entity: 'AuthorizationType', values: AUTHORIZATION_TYPES },
    { entity: 'Attestation', values: [...shipped.attestationRules.keys()].filter((kind) => /^[A-Z]{2}-/.test(kind)) },
    { entity: 'Fact', values: FACTS },
    { entity: 'Vote', values: ['none', 'outside', 'permit', 'deny'] },
    { entity: 'ResourceType', values: [...RESOURCE_TYPES] },
  ])('$entity has exactly the values that the gateway knows', ({ entity, values }) => {
    const type = namespace?.entityTypes[entity];
    expect([...((type as { enum?: string[] } | undefined)?.enum ?? [])].sort()).toEqual([...values].sort());
  });

  it('asks for exactly the attributes of a question', () => {
    const context = namespace?.commonTypes?.Context as { attributes?: object } | undefined;
    expect(Object.keys(context?.attributes ?? {}).sort()).toEqual([...ATTRIBUTES].sort());
  });
});
