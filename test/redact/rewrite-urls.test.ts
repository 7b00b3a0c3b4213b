import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rewriteUrls, toUpstream } from '../../src/redact/rewrite-urls.ts';

const bases = { upstream: 'http://10.0.0.5:8080/fhir', publicBase: 'https://gw.example/fhir' };
const out = rewriteUrls(bases);

describe('rewriteUrls', () => {
  test.each([
    ['the base itself', 'http://10.0.0.5:8080/fhir', 'https://gw.example/fhir'],
    ['a resource', 'http://10.0.0.5:8080/fhir/Patient/1', 'https://gw.example/fhir/Patient/1'],
    ['a version', 'http://10.0.0.5:8080/fhir/Patient/1/_history/2', 'https://gw.example/fhir/Patient/1/_history/2'],
    ['a query', 'http://10.0.0.5:8080/fhir?_page=1', 'https://gw.example/fhir?_page=1'],
    ['in a narrative', '<a href="http://10.0.0.5:8080/fhir/Patient/1">x</a>', '<a href="https://gw.example/fhir/Patient/1">x</a>'],
    ['twice', 'http://10.0.0.5:8080/fhir, http://10.0.0.5:8080/fhir', 'https://gw.example/fhir, https://gw.example/fhir'],
    ['a path that only starts alike', 'http://10.0.0.5:8080/fhir2/Patient/1', 'http://10.0.0.5:8080/fhir2/Patient/1'],
    ['a dash after it', 'http://10.0.0.5:8080/fhir-test', 'http://10.0.0.5:8080/fhir-test'],
    ['at the end of a sentence', 'See http://10.0.0.5:8080/fhir.', 'See https://gw.example/fhir.'],
    ['another port', 'http://10.0.0.5:80801/fhir', 'http://10.0.0.5:80801/fhir'],
    ['a dot in the base is a dot', 'http://10a0.0.5:8080/fhir/Patient/1', 'http://10a0.0.5:8080/fhir/Patient/1'],
    ['a relative reference', 'Patient/1', 'Patient/1'],
    ['a canonical of HL7', 'http://hl7.org/fhir/StructureDefinition/x', 'http://hl7.org/fhir/StructureDefinition/x'],
  ])('%s', (_situation, text, expected) => {
    expect(out(text)).toBe(expected);
  });

  test('a base with a dollar is put in as it is', () => {
    expect(rewriteUrls({ upstream: 'http://up', publicBase: 'https://gw/$&' })('http://up/x')).toBe('https://gw/$&/x');
  });

  test('what leaves comes back', () => {
    const back = toUpstream(bases);
    const aText = fc
      .array(fc.constantFrom(bases.upstream, '/Patient/1', ' ', 'x', '?a=b', '2', '-', '"', '<', 'http://hl7.org/fhir'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(aText, (text) => {
        expect(back(out(text))).toBe(text);
      }),
    );
  });

  test('no URL under the upstream is left', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        expect(out(`${bases.upstream}/${path}`)).toBe(`${bases.publicBase}/${path}`);
      }),
    );
  });
});
