/** Searchsets and histories that the gateway builds itself. */
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { releaseHistory, releaseSearchset } from '../../src/redact/redact-bundle.ts';

const publicBase = 'https://gw.example/fhir';
const self = `${publicBase}/Patient?name=a`;
const confidentiality = (code: string) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code });
const patient = (id: string, ...codes: string[]): Resource => ({
  resourceType: 'Patient',
  id,
  ...(codes.length === 0 ? {} : { meta: { security: codes.map(confidentiality) } }),
});

describe('releaseSearchset', () => {
  test('nothing found', () => {
    const bundle = releaseSearchset({ matches: [], self, publicBase });
    expect(bundle).toEqual({ resourceType: 'Bundle', type: 'searchset', link: [{ relation: 'self', url: self }] });
    expect(validateResource(bundle)).toEqual([]);
  });

  test('matches, includes and notices, each in its mode, by the URLs of the gateway', () => {
    const practitioner = { resourceType: 'Practitioner', id: 'x' };
    const bundle = releaseSearchset({
      matches: [patient('a'), patient('b')],
      includes: [practitioner],
      self,
      next: `${publicBase}?_page=1`,
      total: 2,
      publicBase,
      redisclosure: true,
      announced: true,
    });
    expect(bundle.entry?.map(({ fullUrl, search }) => [fullUrl, search?.mode])).toEqual([
      [`${publicBase}/Patient/a`, 'match'],
      [`${publicBase}/Patient/b`, 'match'],
      [`${publicBase}/Practitioner/x`, 'include'],
      [undefined, 'outcome'],
      [undefined, 'outcome'],
    ]);
    expect(bundle.total).toBe(2);
    expect(bundle.link?.map(({ relation }) => relation)).toEqual(['self', 'next']);
    expect(validateResource(bundle)).toEqual([]);
  });

  test('42 CFR 2.32(a)(2) in its words; what is withheld in none', () => {
    const notices = releaseSearchset({ matches: [], self, publicBase, redisclosure: true, announced: true }).entry?.map(
      ({ resource }) => resource?.issue[0],
    );
    expect(notices).toEqual([
      {
        severity: 'information',
        code: 'informational',
        details: { text: '42 CFR part 2 prohibits unauthorized use or disclosure of these records.' },
      },
      { severity: 'information', code: 'suppressed', details: { text: 'Some information is withheld.' } },
    ]);
  });

  // c2s-red-6 of vectors/peer-cases.json: the highest of what is kept, none where none is.
  test.each([
    ['no entry declares one', [patient('a')], undefined],
    ['normal and restricted', [patient('a', 'N'), patient('b', 'R')], 'R'],
    ['very restricted before restricted', [patient('a', 'V'), patient('b', 'R')], 'V'],
    ['moderate is below normal', [patient('a', 'M'), patient('b', 'N')], 'N'],
    ['two on one entry', [patient('a', 'N', 'R')], 'R'],
    [
      'under the OID of the system',
      [{ ...patient('a'), meta: { security: [{ system: 'urn:oid:2.16.840.1.113883.5.25', code: 'R' }] } }],
      'R',
    ],
    ['an unknown code counts for nothing', [patient('a', 'X')], undefined],
    [
      'the same code in another system counts for nothing',
      [{ ...patient('a'), meta: { security: [{ system: 'urn:x', code: 'V' }] } }],
      undefined,
    ],
  ])('confidentiality of the whole: %s', (_situation, matches, code) => {
    const bundle = releaseSearchset({ matches, self, publicBase });
    expect(bundle.meta?.security?.map((coding) => coding.code)).toEqual(code === undefined ? undefined : [code]);
  });

  test('what is included counts too', () => {
    const bundle = releaseSearchset({ matches: [patient('a', 'N')], includes: [patient('b', 'R')], self, publicBase });
    expect(bundle.meta?.security?.[0]?.code).toBe('R');
  });
});

describe('releaseHistory', () => {
  const version = (more: object) => ({
    fullUrl: 'http://up/fhir/Patient/a',
    request: { method: 'PUT', url: 'http://up/fhir/Patient/a' },
    response: { status: '200', etag: 'W/"2"', lastModified: '2020-01-01T00:00:00Z', location: 'http://up/fhir/Patient/a/_history/2' },
    ...more,
  });

  test('versions with request and response, and no URL of the upstream', () => {
    const bundle = releaseHistory({ versions: [{ entry: version({}), resource: patient('a', 'R') }], self, publicBase });
    expect(bundle.entry).toEqual([
      {
        fullUrl: `${publicBase}/Patient/a`,
        resource: patient('a', 'R'),
        request: { method: 'PUT', url: 'Patient/a' },
        response: { status: '200', etag: 'W/"2"', lastModified: '2020-01-01T00:00:00Z' },
      },
    ]);
    expect(bundle.meta?.security?.[0]?.code).toBe('R');
    expect(JSON.stringify(bundle)).not.toContain('http://up');
    expect(validateResource(bundle)).toEqual([]);
  });

  test('a deletion', () => {
    const entry = version({ fullUrl: undefined, request: { method: 'DELETE', url: 'Patient/a/_history/3' }, response: { status: '204' } });
    const bundle = releaseHistory({ versions: [{ entry }], self, publicBase, total: 1 });
    expect(bundle.entry).toEqual([
      { fullUrl: `${publicBase}/Patient/a`, request: { method: 'DELETE', url: 'Patient/a' }, response: { status: '204' } },
    ]);
    expect(validateResource(bundle)).toEqual([]);
  });

  test('an upstream that leaves out request and response', () => {
    const bundle = releaseHistory({ versions: [{ entry: {}, resource: patient('a') }], self, publicBase });
    expect(validateResource(bundle)).toEqual([]);
  });
});
