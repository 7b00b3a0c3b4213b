/** Redaction cases of public peers; what was adopted and why is in peer-cases.md. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { redactResource } from '../../src/redact/redact-resource.ts';
import { context, decided } from './decided.ts';

const shared = join(import.meta.dirname, '../../../shared/vectors');
const hiv = { resourceType: 'Condition', id: 'h', subject: { reference: 'Patient/p' }, code: { text: 'HIV' } };
const cold = { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/q' }, code: { text: 'cold' } };
const bundle: Resource = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: hiv }, { resource: cold }] };

describe('cases of peers', () => {
  test('c2s-red-1: an entry of a category that is not shared is gone', () => {
    expect(redactResource(decided(bundle, { remove: [['entry', 0]] }), context())?.entry).toEqual([{ resource: cold }]);
  });

  test('c2s-red-4: a resource without labels leaves as it was decided', () => {
    expect(redactResource(decided(cold), context())).toBe(cold);
    expect(redactResource(decided(cold, { effect: 'withhold' }), context())).toBeUndefined();
  });

  test('c2s-red-5: a Bundle that can not be gone through is not given', () => {
    expect(
      redactResource(decided({ ...bundle, entry: 'x' } as Resource, { remove: [['entry', 0, 'resource']] }), context()),
    ).toBeUndefined();
    expect(redactResource(decided(bundle), context())).toBe(bundle);
  });

  const file = join(shared, 'peer-cases.json');
  if (!existsSync(file)) console.warn(`peer-cases.md is not compared with its source: ${file} is missing`);
  test.runIf(existsSync(file))('every redaction case of the peers has a line in peer-cases.md', () => {
    const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: { id: string; kind: string }[] };
    const notes = readFileSync(join(import.meta.dirname, 'peer-cases.md'), 'utf8');
    const ids = cases.filter(({ kind }) => kind === 'redaction').map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.filter((id) => !notes.includes(`| ${id} |`))).toEqual([]);
  });
});

describe('HL7 DS4P examples', () => {
  const file = join(shared, 'ds4p/extension-inline-sec-label-patient.json');
  if (!existsSync(file)) console.warn(`DS4P examples are not tested: ${file} is missing`);
  test.runIf(existsSync(file))('the part with the inline label goes, and with it the mark that inline labels are to be processed', () => {
    const patient = JSON.parse(readFileSync(file, 'utf8'));
    const given = redactResource(decided(patient, { remove: [['identifier', 0]] }), context());
    expect(JSON.stringify(given)).not.toMatch(/111-22-3333|inline-sec-label|PROCESSINLINELABEL/);
    expect(given?.identifier).toEqual([patient.identifier[1]]);
    expect(given?.meta?.security?.map(({ code }) => code)).toEqual(['REDACTED']);
  });
});
