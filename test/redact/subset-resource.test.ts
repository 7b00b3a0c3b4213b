import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { applyView } from '../../src/redact/apply-view.ts';
import { subsetResource } from '../../src/redact/subset-resource.ts';
import { viewAdmits } from '../../src/redact/view-admits.ts';
import { deepFreeze } from './hl7-examples.ts';

const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED', display: 'subsetted' };
const tagged = { meta: { tag: [SUBSETTED] } };
const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' };
const observation: Resource = deepFreeze({
  resourceType: 'Observation',
  id: 'o',
  implicitRules: 'urn:rules',
  text,
  modifierExtension: [{ url: 'urn:not', valueBoolean: true }],
  extension: [{ url: 'urn:x', valueCode: 'x' }],
  status: 'final',
  _status: { extension: [{ url: 'urn:why', valueCode: 'x' }] },
  code: { text: 'Pulse', coding: [{ code: 'a', userSelected: true }] },
  valueQuantity: { value: 60 },
  note: [{ text: 'resting' }],
  component: [{ code: { text: 'rate' }, valueInteger: 60, interpretation: [{ text: 'normal' }] }],
});
const { id, implicitRules, modifierExtension, status, _status, code, valueQuantity, note, component } = observation;
const needed = { resourceType: 'Observation', id, implicitRules, modifierExtension, status, _status, code, ...tagged };

describe('subsetResource', () => {
  test.each([
    ['a data element', ['note'], { ...needed, note }],
    ['a choice by its name', ['value'], { ...needed, valueQuantity }],
    ['a name with its type', ['Observation.note'], { ...needed, note }],
    ['a name of another type', ['Patient.name'], needed],
    ['a name that does not exist', ['mood', '__proto__', 'constructor'], needed],
    ['the narrative, by name', ['text'], { ...needed, text }],
  ])('_elements: %s', (_situation, elements, expected) => {
    expect(subsetResource(observation, { elements })).toEqual(expected);
  });

  test('_summary=true keeps summary elements, all the way down', () => {
    const summary = { ...needed, valueQuantity, component: [{ code: { text: 'rate' }, valueInteger: 60 }] };
    expect(subsetResource(observation, { summary: 'true' })).toEqual(summary);
  });

  test('_summary=text keeps the narrative and what is required', () => {
    expect(subsetResource(observation, { summary: 'text' })).toEqual({ ...needed, text });
  });

  test('_summary=data leaves out the narrative alone', () => {
    const { text: _, ...rest } = observation;
    expect(subsetResource(observation, { summary: 'data' })).toEqual({ ...rest, ...tagged });
  });

  test('_summary=false, no _elements, or nothing to leave out: the same object', () => {
    const small: Resource = { resourceType: 'Patient', id: 'p', active: true };
    expect(subsetResource(observation, { summary: 'false' })).toBe(observation);
    expect(subsetResource(observation, { elements: [] })).toBe(observation);
    expect(subsetResource(small, { summary: 'true' })).toBe(small);
    expect(subsetResource(small, { summary: 'data' })).toBe(small);
    expect(subsetResource(small, { elements: ['active'] })).toBe(small);
  });

  test('contained resources stay while something that stays refers to them', () => {
    const resource = {
      resourceType: 'Encounter',
      contained: [
        { resourceType: 'Patient', id: 'p' },
        { resourceType: 'Location', id: 'l' },
      ],
      status: 'finished',
      class: { code: 'AMB' },
      subject: { reference: '#p' },
      location: [{ location: { reference: '#l' } }],
    };
    expect(subsetResource(resource, { elements: ['subject'] }).contained).toEqual([{ resourceType: 'Patient', id: 'p' }]);
    expect(subsetResource(resource, { elements: ['status'] }).contained).toBeUndefined();
  });
});

describe('applyView', () => {
  const view = (elements: Record<string, readonly string[] | '*'>) => ({ id: 'v', citation: '45 CFR 164.514(d)', elements });

  test('a type that is not listed is withheld', () => {
    expect(applyView(observation, view({ Patient: '*' }))).toBeUndefined();
    expect(viewAdmits(view({ Patient: '*' }), 'Observation')).toBe(false);
    expect(viewAdmits(view({}), 'constructor')).toBe(false);
  });

  test('every element: the same object', () => {
    expect(applyView(observation, view({ Observation: '*' }))).toBe(observation);
  });

  test.each([
    ['an element', ['note'], { ...needed, note }],
    ['a choice by its name in the definition', ['value[x]'], { ...needed, valueQuantity }],
    ['a choice by its JSON name', ['valueQuantity'], { ...needed, valueQuantity }],
    ['the narrative is not given, even when listed', ['text', 'component'], { ...needed, component }],
    ['nothing: what is required and what modifies', [], needed],
  ])('lists %s', (_situation, listed, expected) => {
    expect(applyView(observation, view({ Observation: listed }))).toEqual(expected);
  });

  test('what an invariant needs comes back, and no more', () => {
    const organization = { resourceType: 'Organization', id: 'o', identifier: [{ value: '1' }], name: 'Clinic', telecom: [{ value: 'x' }] };
    expect(applyView(organization, view({ Organization: ['telecom'] }))).toMatchObject({ identifier: organization.identifier });
    expect(applyView(organization, view({ Organization: ['name'] }))).toEqual({
      resourceType: 'Organization',
      id: 'o',
      name: 'Clinic',
      ...tagged,
    });
  });

  test('contained resources are given as the view gives their type; references to others go', () => {
    const resource = {
      resourceType: 'Observation',
      contained: [
        { resourceType: 'Patient', id: 'p', active: true, birthDate: '1990' },
        { resourceType: 'Practitioner', id: 'd', name: [{ text: 'CANARY' }] },
      ],
      status: 'final',
      code: { text: 'x' },
      subject: { reference: '#p' },
      performer: [{ reference: '#d', display: 'CANARY' }],
    };
    const given = applyView(resource, view({ Observation: '*', Patient: ['active'] }));
    expect(given).toMatchObject({
      contained: [{ resourceType: 'Patient', id: 'p', active: true }],
      subject: { reference: '#p' },
      ...tagged,
    });
    expect(JSON.stringify(given)).not.toMatch(/CANARY|1990/);
  });
});
