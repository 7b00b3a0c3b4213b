import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { redactResource } from '../../src/redact/redact-resource.ts';
import { rewriteUrls } from '../../src/redact/rewrite-urls.ts';
import { context, decided } from './decided.ts';
import { deepFreeze } from './hl7-examples.ts';
import { CONTAINED, LINE_NUMBERS, OBLIGATIONS, REFERENCES, type RedactionCase, SEGMENTS } from './redact-resource.cases.ts';

function run({ resource, remove, withheld, redacted, obligations = [] }: RedactionCase): Resource | undefined {
  const decision = { obligations, ...(remove === undefined ? {} : { remove }) };
  return redactResource(decided(deepFreeze(resource), decision), context(withheld, redacted));
}

describe.each([
  ['segments', SEGMENTS],
  ['contained resources', CONTAINED],
  ['references', REFERENCES],
  ['numbers of lines', LINE_NUMBERS],
  ['obligations', OBLIGATIONS],
])('redactResource: %s', (_part, cases) => {
  test.each(cases)('$name', (row) => {
    const released = run(row);
    if (row.expected === 'same') expect(released).toBe(row.resource);
    else expect(released).toEqual(row.expected);
  });

  const changed = cases.filter(({ expected }) => expected !== 'same' && expected !== undefined);
  test.each(changed)('$name: nothing planted leaves, and it is valid where it was', (row) => {
    const released = run(row) as Resource;
    expect(JSON.stringify(released)).not.toMatch(/CANARY|Q0FOQVJZ|secret/);
    const before = new Set(validateResource(row.resource).map(({ what }) => what));
    expect(validateResource(released).filter(({ what }) => !before.has(what))).toEqual([]);
  });
});

describe('redactResource', () => {
  const patient: Resource = { resourceType: 'Patient', id: 'p1', active: true };

  test('withheld is withheld, whatever else the decision says', () => {
    expect(redactResource(decided(patient, { effect: 'withhold', withheldAs: 'announce' }), context())).toBeUndefined();
  });

  test('parts that are not touched are shared with the input', () => {
    const resource = {
      resourceType: 'Encounter',
      status: 'finished',
      class: { code: 'AMB' },
      reasonCode: [{ text: 'x' }],
      period: { start: '2020' },
    };
    const released = redactResource(decided(resource, { remove: [['reasonCode']] }), context());
    expect(released?.period).toBe(resource.period);
  });

  test('deeper than is followed: withheld, not a crash', () => {
    let extension: object = { url: 'urn:x', valueCode: 'x' };
    for (let depth = 0; depth < 20_000; depth += 1) extension = { url: 'urn:x', extension: [extension] };
    const deep = { ...patient, extension: [extension] } as Resource;
    expect(redactResource(decided(deep), context())).toBeUndefined();
    expect(redactResource(decided(deep, { remove: [['active']] }), context())).toBeUndefined();
  });

  test('names of Object.prototype in the data are data', () => {
    const resource = JSON.parse(
      '{"resourceType":"Patient","__proto__":{"reference":"Condition/secret"},"constructor":{"x":1},"active":true,"gender":"male"}',
    );
    const released = redactResource(decided(resource, { remove: [['active']] }), context(['Condition/secret']));
    expect(JSON.stringify(released)).not.toContain('secret');
    expect(released?.gender).toBe('male');
  });

  test('#57 URLs of the upstream leave as URLs of the gateway, wherever they stand', () => {
    const resource = {
      ...patient,
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><a href="http://up:1/fhir/Patient/p1">x</a></div>' },
      photo: [{ url: 'http://up:1/fhir/Binary/b1' }],
      managingOrganization: { reference: 'http://up:1/fhir/Organization/o' },
      extension: [{ url: 'http://up:1/fhir2', valueUri: 'http://up:1/fhir' }],
    };
    const rewrite = rewriteUrls({ upstream: 'http://up:1/fhir', publicBase: 'https://gw/fhir' });
    const released = redactResource(decided(deepFreeze(resource)), { ...context(), rewrite });
    expect(released).toEqual(JSON.parse(JSON.stringify(resource).replaceAll(/http:\/\/up:1\/fhir(?!2)/g, 'https://gw/fhir')));
  });
});
