import { describe, expect, test } from 'vitest';
import { NOT_EVALUATED, validateInvariants } from '../../src/fhir/validate-invariants.ts';
import { type ValidationIssue, validateResource } from '../../src/fhir/validate-resource.ts';
import { validateStructure } from '../../src/fhir/validate-structure.ts';
import { allExamples, clinicalExamples, deepFreeze } from '../redact/hl7-examples.ts';
import { VALIDATION } from './validate-resource.cases.ts';

const text = ({ kind, path, what }: ValidationIssue): string => (kind === 'depth' ? kind : `${kind} ${path.join('.')} ${what}`);

/** Examples that HL7 itself published wrong, each with what is wrong. */
const KNOWN_BAD: Readonly<Record<string, readonly string[]>> = {
  'Questionnaire-qs1': ['Questionnaire.item.linkId'],
  'ImplementationGuide-fhir': ['ImplementationGuide.name', 'ImplementationGuide.status'],
  'ig-r4': ['ImplementationGuide.name', 'ImplementationGuide.status'],
  'Bundle-v2-valuesets': ['CodeSystem.concept.code'],
};

describe('validateResource', () => {
  test.each(VALIDATION)('$name', ({ resource, issues }) => {
    expect(validateResource(resource).map(text)).toEqual(issues);
  });

  test('an issue names no value of the resource', () => {
    const issues = validateResource({ resourceType: 'Patient', gender: 7, birthDate: 'CANARY', contact: [{ gender: 'CANARY ' }] });
    expect(issues.length).toBeGreaterThan(2);
    expect(JSON.stringify(issues)).not.toContain('CANARY');
  });

  test('invariants that are not evaluated say why', () => {
    expect([...NOT_EVALUATED.values()].every((reason) => reason.length > 10)).toBe(true);
  });
});

describe("HL7's examples", () => {
  test('all have a sound structure, but those that HL7 published wrong', () => {
    const wrong = new Map<string, readonly string[]>();
    let count = 0;
    for (const { name, resource } of allExamples()) {
      count += 1;
      const issues = new Set(validateStructure(resource).map(({ what }) => what));
      if (issues.size > 0) wrong.set(name, [...issues]);
    }
    expect(count).toBeGreaterThan(5000);
    expect(Object.fromEntries([...wrong].filter(([name]) => !/^(SearchParameter|CodeSystem|ValueSet)-/.test(name)))).toEqual(KNOWN_BAD);
    expect(wrong.size).toBeLessThan(20);
  });

  test('all hold the invariants that are evaluated', () => {
    const examples = clinicalExamples().filter(({ name }) => KNOWN_BAD[name] === undefined);
    expect(examples.length).toBeGreaterThan(600);
    for (const { name, resource } of examples)
      expect({ name, issues: validateInvariants(deepFreeze(resource)) }).toEqual({ name, issues: [] });
  });
});
