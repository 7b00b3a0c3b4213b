/**
 * One resource, one decision, what leaves. `CANARY` stands for what must not leave; `withheld` are references whose
 * targets can't be seen. Numbers are rows of threats.md.
 */
import type { Path, Resource } from '../../src/fhir/resource.ts';

export interface RedactionCase {
  readonly name: string;
  readonly resource: Resource;
  readonly remove?: readonly Path[];
  readonly withheld?: readonly string[];
  readonly redacted?: readonly string[];
  readonly obligations?: readonly string[];
  /** `undefined`: withheld. `'same'`: the very same object. */
  readonly expected: Resource | undefined | 'same';
}

const REDACTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'REDACTED', display: 'redacted' };
const meta = { security: [REDACTED] };
const MASKED = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }] };
const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">CANARY</div>' };
const subject = { reference: 'Patient/p1' };
const f41 = { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F41.1', display: 'CANARY' }], text: 'CANARY' };
const j06 = { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'J06.9' }] };
const canary = { reference: 'Condition/secret', display: 'CANARY', identifier: { value: 'CANARY' } };
const inline = (code: string) => ({
  url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label',
  valueCoding: { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code },
});
const processInline = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PROCESSINLINELABEL' };

const encounter = { resourceType: 'Encounter', id: 'e1', status: 'finished', class: { code: 'AMB' }, subject };
const observation = { resourceType: 'Observation', id: 'o1', status: 'final', code: { text: 'Panel' }, subject };
const patient = { resourceType: 'Patient', id: 'p1' };
const risk = { resourceType: 'RiskAssessment', status: 'final', subject };
const plan = { resourceType: 'CarePlan', status: 'active', intent: 'plan', subject };
const order = { resourceType: 'ServiceRequest', status: 'active', intent: 'order', subject };
const task = { resourceType: 'Task', status: 'requested', intent: 'order' };
const answers = { resourceType: 'QuestionnaireResponse', status: 'completed' };

export const SEGMENTS: readonly RedactionCase[] = [
  { name: 'nothing to remove: the same object', resource: { ...encounter, text, reasonCode: [f41] }, expected: 'same' },
  {
    name: 'one reason of two: coding and text go together, the other stays',
    resource: { ...encounter, reasonCode: [f41, j06] },
    remove: [['reasonCode', 0]],
    expected: { ...encounter, reasonCode: [j06], meta },
  },
  {
    name: 'two reasons of three: indexes do not shift while removing',
    resource: { ...encounter, reasonCode: [f41, j06, f41] },
    remove: [
      ['reasonCode', 0],
      ['reasonCode', 2],
    ],
    expected: { ...encounter, reasonCode: [j06], meta },
  },
  {
    name: 'the only reason: the empty array goes',
    resource: { ...encounter, reasonCode: [f41] },
    remove: [['reasonCode', 0]],
    expected: { ...encounter, meta },
  },
  {
    name: 'the last thing in an object: the empty object goes, and the array that held it',
    resource: { ...encounter, hospitalization: { dietPreference: [f41] } },
    remove: [['hospitalization', 'dietPreference', 0]],
    expected: { ...encounter, meta },
  },
  {
    name: 'what is left is an id alone: that is nothing',
    resource: { ...encounter, hospitalization: { id: 'h', dietPreference: [f41] } },
    remove: [['hospitalization', 'dietPreference', 0]],
    expected: { ...encounter, meta },
  },
  {
    name: '#21 the narrative goes with any segment',
    resource: { ...encounter, text, reasonCode: [f41, j06] },
    remove: [['reasonCode', 0]],
    expected: { ...encounter, reasonCode: [j06], meta },
  },
  {
    name: '#21 notes, valueString and free-text extensions beside a removed component go; coded ones stay',
    resource: {
      ...observation,
      note: [{ text: 'CANARY' }],
      valueString: 'CANARY',
      extension: [
        { url: 'urn:said', valueString: 'CANARY' },
        { url: 'urn:coded', valueCode: 'x' },
      ],
      component: [
        { code: f41, valueString: 'CANARY' },
        { code: j06, valueString: 'kept' },
      ],
    },
    remove: [['component', 0]],
    expected: { ...observation, extension: [{ url: 'urn:coded', valueCode: 'x' }], component: [{ code: j06, valueString: 'kept' }], meta },
  },
  {
    name: '#21 the conclusion and the rendered form of a report go with a removed conclusion code',
    resource: {
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: { text: 'Panel' },
      conclusion: 'CANARY',
      conclusionCode: [f41, j06],
      presentedForm: [{ contentType: 'text/plain', data: 'Q0FOQVJZ' }],
    },
    remove: [['conclusionCode', 0]],
    expected: { resourceType: 'DiagnosticReport', status: 'final', code: { text: 'Panel' }, conclusionCode: [j06], meta },
  },
  {
    name: '#21 the content of a document goes with a removed code that describes it: without content there is no document',
    resource: {
      resourceType: 'DocumentReference',
      status: 'current',
      content: [{ attachment: { url: 'Binary/b1' } }],
      context: { event: [f41] },
    },
    remove: [['context', 'event', 0]],
    expected: undefined,
  },
  {
    name: '#21 why a risk is predicted goes with a removed outcome or reason; the outcomes that stay have their probability',
    resource: {
      ...risk,
      prediction: [
        { outcome: f41, rationale: 'CANARY', _rationale: { extension: [{ url: 'urn:x', valueString: 'CANARY' }] } },
        { outcome: j06, probabilityDecimal: 0.1, rationale: 'CANARY' },
        { rationale: 'CANARY' },
      ],
    },
    remove: [['prediction', 0, 'outcome']],
    expected: { ...risk, prediction: [{ outcome: j06, probabilityDecimal: 0.1 }], meta },
  },
  {
    name: '#21 what a planned activity is goes with its removed reason; that of another stays',
    resource: {
      ...plan,
      activity: [
        { detail: { status: 'scheduled', reasonCode: [f41], description: 'CANARY' } },
        { detail: { status: 'scheduled', description: 'walks daily' } },
        { outcomeCodeableConcept: [f41], detail: { status: 'scheduled', description: 'CANARY' } },
      ],
    },
    remove: [
      ['activity', 0, 'detail', 'reasonCode', 0],
      ['activity', 2, 'outcomeCodeableConcept', 0],
    ],
    expected: {
      ...plan,
      activity: [
        { detail: { status: 'scheduled' } },
        { detail: { status: 'scheduled', description: 'walks daily' } },
        { detail: { status: 'scheduled' } },
      ],
      meta,
    },
  },
  {
    name: '#21 the topic of a message goes with its removed reason, but for its code',
    resource: { resourceType: 'Communication', status: 'completed', reasonCode: [f41, j06], topic: { ...j06, text: 'CANARY' } },
    remove: [['reasonCode', 0]],
    expected: { resourceType: 'Communication', status: 'completed', reasonCode: [j06], topic: j06, meta },
  },
  {
    name: '#21 what a task was given and what came of it in words goes with its removed reason; other values stay',
    resource: {
      ...task,
      reasonCode: f41,
      input: [
        { type: j06, valueString: 'CANARY' },
        { type: j06, valueInteger: 3 },
      ],
      output: [{ type: j06, valueAnnotation: { text: 'CANARY' } }],
    },
    remove: [['reasonCode']],
    expected: { ...task, input: [{ type: j06, valueInteger: 3 }], meta },
  },
  {
    name: '#21 the question goes with its removed answer, and the heading over it; other questions stay',
    resource: {
      ...answers,
      item: [
        {
          linkId: '1',
          text: 'CANARY',
          item: [
            { linkId: '1.1', text: 'CANARY', answer: [{ valueCoding: { code: 'CANARY' } }, { valueInteger: 3 }] },
            { linkId: '1.2', text: 'Do you smoke?', answer: [{ valueBoolean: false }] },
          ],
        },
        { linkId: '2', text: 'How tall are you?', answer: [{ valueInteger: 170 }] },
      ],
    },
    remove: [['item', 0, 'item', 0, 'answer', 0]],
    expected: {
      ...answers,
      item: [
        {
          linkId: '1',
          item: [
            { linkId: '1.1', answer: [{ valueInteger: 3 }] },
            { linkId: '1.2', text: 'Do you smoke?', answer: [{ valueBoolean: false }] },
          ],
        },
        { linkId: '2', text: 'How tall are you?', answer: [{ valueInteger: 170 }] },
      ],
      meta,
    },
  },
  {
    name: '#21 the heading goes with a question that was removed from under it',
    resource: {
      ...answers,
      item: [
        {
          linkId: '1',
          text: 'CANARY',
          item: [
            { linkId: '1.1', text: 'CANARY' },
            { linkId: '1.2', text: 'Do you smoke?' },
          ],
        },
      ],
    },
    remove: [['item', 0, 'item', 0]],
    expected: { ...answers, item: [{ linkId: '1', item: [{ linkId: '1.2', text: 'Do you smoke?' }] }], meta },
  },
  {
    name: '#21 what an order says of the information with it goes with its removed reason; the references stay',
    resource: {
      ...order,
      reasonCode: [f41],
      supportingInfo: [{ reference: 'Observation/o1', display: 'CANARY' }, { display: 'CANARY' }],
    },
    remove: [['reasonCode', 0]],
    expected: { ...order, supportingInfo: [{ reference: 'Observation/o1' }], meta },
  },
  {
    name: '#21 text and code of one extension go together',
    resource: {
      ...patient,
      extension: [
        {
          url: 'urn:x',
          extension: [
            { url: 'code', valueCodeableConcept: f41 },
            { url: 'text', valueString: 'CANARY' },
            { url: 'year', valueInteger: 2020 },
          ],
        },
      ],
    },
    remove: [['extension', 0, 'extension', 0]],
    expected: { ...patient, extension: [{ url: 'urn:x', extension: [{ url: 'year', valueInteger: 2020 }] }], meta },
  },
  {
    name: 'an extension without its value is none',
    resource: { ...patient, extension: [{ url: 'urn:x', valueCodeableConcept: f41 }] },
    remove: [['extension', 0, 'valueCodeableConcept']],
    expected: { ...patient, meta },
  },
  {
    name: 'a primitive goes with its extensions',
    resource: { ...patient, gender: 'other', _gender: { extension: [{ url: 'urn:x', valueString: 'CANARY' }] } },
    remove: [['gender']],
    expected: { ...patient, meta },
  },
  {
    name: 'an item of a primitive array goes with its sibling; the others stay aligned',
    resource: {
      ...patient,
      name: [
        {
          given: ['Ann', 'CANARY', 'Eve'],
          _given: [null, { extension: [{ url: 'urn:CANARY', valueCode: 'x' }] }, { extension: [{ url: 'urn:y', valueCode: 'y' }] }],
        },
      ],
    },
    remove: [['name', 0, 'given', 1]],
    expected: { ...patient, name: [{ given: ['Ann', 'Eve'], _given: [null, { extension: [{ url: 'urn:y', valueCode: 'y' }] }] }], meta },
  },
  {
    name: 'the extension of one item goes: its value and its place stay',
    resource: {
      ...patient,
      name: [
        {
          given: ['Ann', 'Eve'],
          _given: [{ extension: [{ url: 'urn:y', valueCode: 'y' }] }, { extension: [{ url: 'urn:x', valueCodeableConcept: f41 }] }],
        },
      ],
    },
    remove: [['name', 0, '_given', 1, 'extension', 0]],
    expected: { ...patient, name: [{ given: ['Ann', 'Eve'], _given: [{ extension: [{ url: 'urn:y', valueCode: 'y' }] }, null] }], meta },
  },
  {
    name: 'a modifier extension goes: what it modified would say something else, so it goes too',
    resource: { ...observation, component: [{ code: j06, modifierExtension: [{ url: 'urn:not', valueCodeableConcept: f41 }] }] },
    remove: [['component', 0, 'modifierExtension', 0]],
    expected: { ...observation, meta },
  },
  {
    name: 'a modifier extension of the resource itself goes: the resource goes',
    resource: { ...observation, modifierExtension: [{ url: 'urn:not', valueCodeableConcept: f41 }] },
    remove: [['modifierExtension', 0]],
    expected: undefined,
  },
  {
    name: 'a required child goes: its part goes',
    resource: { ...observation, component: [{ code: f41, valueInteger: 3 }, { code: j06 }] },
    remove: [['component', 0, 'code']],
    expected: { ...observation, component: [{ code: j06 }], meta },
  },
  { name: 'a required element of the resource goes: the resource goes', resource: observation, remove: [['code']], expected: undefined },
  {
    name: 'an invariant breaks (con-1): its part goes',
    resource: { resourceType: 'Condition', subject, stage: [{ summary: f41, type: j06 }] },
    remove: [['stage', 0, 'summary']],
    expected: { resourceType: 'Condition', subject, meta },
  },
  {
    name: 'an invariant of the resource breaks (app-3): the resource goes',
    resource: {
      resourceType: 'Appointment',
      status: 'booked',
      start: '2020-01-01T10:00:00Z',
      end: '2020-01-01T11:00:00Z',
      participant: [{ status: 'accepted', type: [j06] }],
    },
    remove: [['start'], ['end']],
    expected: undefined,
  },
  {
    name: 'what was invalid upstream, elsewhere, stays as it was',
    resource: { ...encounter, statusHistory: [{ status: 'arrived' }], reasonCode: [f41] } as Resource,
    remove: [['reasonCode', 0]],
    expected: { ...encounter, statusHistory: [{ status: 'arrived' }], meta } as Resource,
  },
  {
    name: 'what FHIR does not define goes from a redacted resource: nobody can tell what it repeats',
    resource: { ...encounter, summaryForStaff: 'CANARY', reasonCode: [f41] },
    remove: [['reasonCode', 0]],
    expected: { ...encounter, meta },
  },
  { name: 'a place that is not there: fail closed', resource: encounter, remove: [['reasonCode', 0]], expected: undefined },
  { name: 'the whole resource as a place', resource: encounter, remove: [[]], expected: undefined },
  {
    name: 'REDACTED is added once, beside the labels that are there',
    resource: { ...encounter, meta: { versionId: '3', security: [{ code: 'R' }, REDACTED] }, reasonCode: [f41] },
    remove: [['reasonCode', 0]],
    expected: { ...encounter, meta: { versionId: '3', security: [{ code: 'R' }, REDACTED] } },
  },
  {
    name: 'the last part with an inline label goes: PROCESSINLINELABEL goes',
    resource: {
      ...patient,
      meta: { security: [processInline] },
      identifier: [{ value: 'CANARY', extension: [inline('R')] }, { value: 'kept' }],
    },
    remove: [['identifier', 0]],
    expected: { ...patient, meta: { security: [REDACTED] }, identifier: [{ value: 'kept' }] },
  },
  {
    name: 'one of two parts with inline labels goes: PROCESSINLINELABEL stays',
    resource: {
      ...patient,
      meta: { security: [processInline] },
      identifier: [
        { value: 'CANARY', extension: [inline('R')] },
        { value: 'kept', extension: [inline('N')] },
      ],
    },
    remove: [['identifier', 0]],
    expected: { ...patient, meta: { security: [processInline, REDACTED] }, identifier: [{ value: 'kept', extension: [inline('N')] }] },
  },
];

const contained = (id: string, more: object = {}) => ({ resourceType: 'Condition', id, subject, code: { text: 'CANARY' }, ...more });

export const CONTAINED: readonly RedactionCase[] = [
  {
    name: '#20 a contained resource that only the removed part referred to goes',
    resource: { ...encounter, contained: [contained('c')], diagnosis: [{ condition: { reference: '#c' } }] },
    remove: [['diagnosis', 0]],
    expected: { ...encounter, meta },
  },
  {
    name: '#20 and those that only it referred to',
    resource: {
      ...encounter,
      contained: [contained('c', { evidence: [{ detail: [{ reference: '#d' }] }] }), contained('d')],
      diagnosis: [{ condition: { reference: '#c' } }],
    },
    remove: [['diagnosis', 0]],
    expected: { ...encounter, meta },
  },
  {
    name: '#20 two that refer to each other only',
    resource: {
      ...encounter,
      contained: [
        contained('c', { evidence: [{ detail: [{ reference: '#d' }] }] }),
        contained('d', { evidence: [{ detail: [{ reference: '#c' }] }] }),
      ],
      diagnosis: [{ condition: { reference: '#c' } }],
    },
    remove: [['diagnosis', 0]],
    expected: { ...encounter, meta },
  },
  {
    name: '#20 one that is still referred to stays, without its narrative',
    resource: {
      ...encounter,
      contained: [{ resourceType: 'Location', id: 'l', text, name: 'Ward 3' }, contained('c')],
      location: [{ location: { reference: '#l' } }],
      diagnosis: [{ condition: { reference: '#c' } }],
    },
    remove: [['diagnosis', 0]],
    expected: {
      ...encounter,
      contained: [{ resourceType: 'Location', id: 'l', name: 'Ward 3' }],
      location: [{ location: { reference: '#l' } }],
      meta,
    },
  },
  {
    name: '#20 one that refers to the resource stays',
    resource: {
      ...encounter,
      contained: [
        {
          resourceType: 'Provenance',
          id: 'v',
          target: [{ reference: '#' }],
          recorded: '2020-01-01T00:00:00Z',
          agent: [{ who: { display: 'me' } }],
        },
      ],
      reasonCode: [f41],
    },
    remove: [['reasonCode', 0]],
    expected: {
      ...encounter,
      contained: [
        {
          resourceType: 'Provenance',
          id: 'v',
          target: [{ reference: '#' }],
          recorded: '2020-01-01T00:00:00Z',
          agent: [{ who: { display: 'me' } }],
        },
      ],
      meta,
    },
  },
  {
    name: 'a contained resource is the segment: the references to it go',
    resource: {
      ...encounter,
      contained: [contained('c')],
      diagnosis: [{ condition: { reference: '#c', display: 'CANARY' }, rank: 1 }],
      reasonReference: [{ reference: '#c', display: 'CANARY' }, { reference: 'Condition/open' }],
    },
    remove: [['contained', 0]],
    expected: { ...encounter, reasonReference: [{ reference: 'Condition/open' }], meta },
  },
  {
    name: 'a part of a contained resource is the segment: narratives and notes around it go',
    resource: {
      ...encounter,
      text,
      contained: [contained('c', { code: { text: 'cold' }, text, category: [f41, j06], note: [{ text: 'CANARY' }] })],
      reasonReference: [{ reference: '#c' }],
    },
    remove: [['contained', 0, 'category', 0]],
    expected: {
      ...encounter,
      contained: [contained('c', { code: { text: 'cold' }, category: [j06] })],
      reasonReference: [{ reference: '#c' }],
      meta,
    },
  },
];

export const REFERENCES: readonly RedactionCase[] = [
  {
    name: 'a reference to what can be seen, and one to what is not gated, stay: the same object',
    resource: {
      ...observation,
      hasMember: [{ reference: 'Observation/o2' }],
      performer: [{ reference: 'Practitioner/x', display: 'Dr. X' }],
    },
    expected: 'same',
  },
  {
    name: 'a reference by identifier alone stays',
    resource: { ...observation, focus: [{ identifier: { value: '1' }, display: 'd' }] },
    expected: 'same',
  },
  {
    name: '#21 a reference to a withheld resource goes whole, with display and identifier; so does the narrative',
    resource: { ...encounter, text, reasonReference: [canary, { reference: 'Condition/open', display: 'Cold' }] },
    withheld: ['Condition/secret'],
    expected: { ...encounter, reasonReference: [{ reference: 'Condition/open', display: 'Cold' }], meta },
  },
  {
    name: 'by absolute URL, by version, with a fragment',
    resource: {
      ...encounter,
      reasonReference: [
        { reference: 'http://up/fhir/Condition/secret', display: 'CANARY' },
        { reference: 'Condition/secret/_history/2', display: 'CANARY' },
        { reference: 'Condition/secret#part', display: 'CANARY' },
      ],
    },
    withheld: ['http://up/fhir/Condition/secret', 'Condition/secret/_history/2', 'Condition/secret'],
    expected: { ...encounter, meta },
  },
  {
    name: 'in an extension: without value the extension goes',
    resource: { ...encounter, extension: [{ url: 'urn:x', valueReference: canary }] },
    withheld: ['Condition/secret'],
    expected: { ...encounter, meta },
  },
  {
    name: 'in a contained resource',
    resource: {
      ...encounter,
      contained: [{ resourceType: 'Condition', id: 'c', subject, evidence: [{ detail: [canary] }] }],
      reasonReference: [{ reference: '#c' }],
    },
    withheld: ['Condition/secret'],
    expected: { ...encounter, contained: [{ resourceType: 'Condition', id: 'c', subject }], reasonReference: [{ reference: '#c' }], meta },
  },
  {
    name: 'required in a contained resource: it stays there as masked',
    resource: {
      ...encounter,
      contained: [{ resourceType: 'Condition', id: 'c', subject: canary }],
      reasonReference: [{ reference: '#c' }],
    },
    withheld: ['Condition/secret'],
    expected: {
      ...encounter,
      contained: [{ resourceType: 'Condition', id: 'c', subject: MASKED }],
      reasonReference: [{ reference: '#c' }],
      meta,
    },
  },
  {
    name: 'required in an item: the item goes, with what it says of its target',
    resource: {
      ...encounter,
      diagnosis: [
        { condition: canary, rank: 1 },
        { condition: { reference: 'Condition/open' }, rank: 2 },
      ],
    },
    withheld: ['Condition/secret'],
    expected: { ...encounter, diagnosis: [{ condition: { reference: 'Condition/open' }, rank: 2 }], meta },
  },
  {
    name: 'required in the resource: it stays as masked',
    resource: { resourceType: 'Condition', code: j06, subject: { reference: 'Patient/secret', display: 'CANARY' } },
    withheld: ['Patient/secret'],
    expected: { resourceType: 'Condition', code: j06, subject: MASKED, meta },
  },
  {
    name: 'one of several required in the resource: the others are enough',
    resource: {
      resourceType: 'Provenance',
      target: [canary, { reference: 'Condition/open' }],
      recorded: '2020-01-01T00:00:00Z',
      agent: [{ who: { reference: 'Practitioner/x' } }],
    },
    withheld: ['Condition/secret'],
    expected: {
      resourceType: 'Provenance',
      target: [{ reference: 'Condition/open' }],
      recorded: '2020-01-01T00:00:00Z',
      agent: [{ who: { reference: 'Practitioner/x' } }],
      meta,
    },
  },
  {
    name: 'all of several required in the resource: one masked, not as many as there were',
    resource: {
      resourceType: 'Provenance',
      target: [canary, canary],
      recorded: '2020-01-01T00:00:00Z',
      agent: [{ who: { reference: 'Practitioner/x' } }],
    },
    withheld: ['Condition/secret'],
    expected: {
      resourceType: 'Provenance',
      target: [MASKED],
      recorded: '2020-01-01T00:00:00Z',
      agent: [{ who: { reference: 'Practitioner/x' } }],
      meta,
    },
  },
  {
    name: 'required in a required part: masked where it stands',
    resource: {
      resourceType: 'DocumentReference',
      status: 'current',
      content: [{ attachment: { url: 'Binary/secret', title: 'CANARY', contentType: 'text/plain' } }],
    },
    withheld: ['Binary/secret'],
    expected: { resourceType: 'DocumentReference', status: 'current', content: [{ attachment: MASKED }], meta },
  },
  {
    name: 'an attachment by URL goes whole, title included',
    resource: { ...patient, photo: [{ url: 'Binary/secret', title: 'CANARY' }, { url: 'Binary/open' }] },
    withheld: ['Binary/secret'],
    expected: { ...patient, photo: [{ url: 'Binary/open' }], meta },
  },
  {
    name: 'a uri that points at a withheld resource',
    resource: { ...encounter, extension: [{ url: 'urn:x', valueUri: 'Condition/secret' }] },
    withheld: ['Condition/secret'],
    expected: { ...encounter, meta },
  },
  {
    name: 'notes stay when only a reference is cut; the summary of a report goes',
    resource: {
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: { text: 'Panel' },
      result: [{ reference: 'Observation/secret', display: 'CANARY' }],
      conclusion: 'CANARY',
    },
    withheld: ['Observation/secret'],
    expected: { resourceType: 'DiagnosticReport', status: 'final', code: { text: 'Panel' }, meta },
  },
  {
    name: '#21 what an old audit event says of a record goes with the reference to it; what it says of others stays',
    resource: {
      resourceType: 'AuditEvent',
      type: { code: '110110' },
      recorded: '2026-08-01T10:00:00Z',
      agent: [{ requestor: true }],
      source: { observer: { display: 'old system' } },
      entity: [
        {
          what: canary,
          role: { code: '4' },
          name: 'CANARY',
          description: 'CANARY',
          detail: [{ type: 'title', valueString: 'CANARY' }],
        },
        { what: { reference: 'Condition/open' }, query: 'Q29sZA==' },
      ],
      outcomeDesc: 'CANARY',
    },
    withheld: ['Condition/secret'],
    expected: {
      resourceType: 'AuditEvent',
      type: { code: '110110' },
      recorded: '2026-08-01T10:00:00Z',
      agent: [{ requestor: true }],
      source: { observer: { display: 'old system' } },
      entity: [{ role: { code: '4' } }, { what: { reference: 'Condition/open' }, query: 'Q29sZA==' }],
      meta,
    },
  },
  {
    name: '#21 the progress of a planned activity goes with the reference to it; that of another stays',
    resource: {
      resourceType: 'CarePlan',
      status: 'active',
      intent: 'plan',
      subject,
      activity: [
        { reference: canary, progress: [{ text: 'CANARY' }] },
        { reference: { reference: 'ServiceRequest/open' }, progress: [{ text: 'walks daily' }] },
      ],
    },
    withheld: ['Condition/secret'],
    expected: {
      resourceType: 'CarePlan',
      status: 'active',
      intent: 'plan',
      subject,
      activity: [{ reference: { reference: 'ServiceRequest/open' }, progress: [{ text: 'walks daily' }] }],
      meta,
    },
  },
  {
    name: '#21 why a finding was made goes with the reference to it',
    resource: {
      resourceType: 'ClinicalImpression',
      status: 'completed',
      subject,
      finding: [
        { itemReference: canary, basis: 'CANARY' },
        { itemCodeableConcept: j06, basis: 'cough' },
      ],
    },
    withheld: ['Condition/secret'],
    expected: {
      resourceType: 'ClinicalImpression',
      status: 'completed',
      subject,
      finding: [{ itemCodeableConcept: j06, basis: 'cough' }],
      meta,
    },
  },
  {
    name: 'notes of an order stay when the order before it is withheld',
    resource: {
      resourceType: 'ServiceRequest',
      status: 'active',
      intent: 'order',
      subject,
      basedOn: [canary],
      note: [{ text: 'fasting' }],
    },
    withheld: ['Condition/secret'],
    expected: { resourceType: 'ServiceRequest', status: 'active', intent: 'order', subject, note: [{ text: 'fasting' }], meta },
  },
  {
    name: '#21 a section loses its narrative with its entry; a section of narrative alone goes, the others stay',
    resource: {
      resourceType: 'Composition',
      status: 'final',
      type: { text: 'Note' },
      date: '2020',
      author: [{ display: 'me' }],
      title: 'Visit',
      section: [
        { title: 'Problems', text, entry: [canary] },
        {
          title: 'Vitals',
          text: { ...text, div: '<div xmlns="http://www.w3.org/1999/xhtml">kept</div>' },
          entry: [{ reference: 'Observation/o1' }],
        },
      ],
    },
    withheld: ['Condition/secret'],
    expected: {
      resourceType: 'Composition',
      status: 'final',
      type: { text: 'Note' },
      date: '2020',
      author: [{ display: 'me' }],
      title: 'Visit',
      section: [
        {
          title: 'Vitals',
          text: { ...text, div: '<div xmlns="http://www.w3.org/1999/xhtml">kept</div>' },
          entry: [{ reference: 'Observation/o1' }],
        },
      ],
      meta,
    },
  },
  {
    name: '#21 a report whose result is given in part loses its summary, not the reference',
    resource: {
      resourceType: 'DiagnosticReport',
      text,
      status: 'final',
      code: { text: 'Panel' },
      result: [
        { reference: 'Observation/part', display: 'CANARY' },
        { reference: 'Observation/open', display: 'Pulse' },
      ],
      conclusion: 'CANARY',
    },
    redacted: ['Observation/part'],
    expected: {
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: { text: 'Panel' },
      result: [{ reference: 'Observation/part' }, { reference: 'Observation/open', display: 'Pulse' }],
      meta,
    },
  },
  {
    name: '#21 what a panel calls a result that is given in part goes, not the reference',
    resource: {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'Panel' },
      hasMember: [
        { reference: 'Observation/part', display: 'CANARY' },
        { reference: 'Observation/open', display: 'Pulse' },
      ],
    },
    redacted: ['Observation/part'],
    expected: {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'Panel' },
      hasMember: [{ reference: 'Observation/part' }, { reference: 'Observation/open', display: 'Pulse' }],
      meta,
    },
  },
  {
    name: '#21 what a section calls a resource that is given in part goes, not the reference',
    resource: {
      resourceType: 'Composition',
      status: 'final',
      type: { text: 'Note' },
      date: '2020',
      author: [{ display: 'me' }],
      title: 'Visit',
      section: [{ title: 'Problems', text, entry: [{ reference: 'Encounter/part', display: 'CANARY' }] }],
    },
    redacted: ['Encounter/part'],
    expected: {
      resourceType: 'Composition',
      status: 'final',
      type: { text: 'Note' },
      date: '2020',
      author: [{ display: 'me' }],
      title: 'Visit',
      section: [{ title: 'Problems', entry: [{ reference: 'Encounter/part' }] }],
      meta,
    },
  },
  {
    name: '#21 why a risk is predicted goes with the reference to what that rests on',
    resource: { ...risk, basis: [canary], prediction: [{ outcome: j06, rationale: 'CANARY' }] },
    withheld: ['Condition/secret'],
    expected: { ...risk, prediction: [{ outcome: j06 }], meta },
  },
  {
    name: '#21 what an order says of other information goes with the reference to what is withheld',
    resource: { ...order, supportingInfo: [canary, { reference: 'Observation/o1', display: 'CANARY' }] },
    withheld: ['Condition/secret'],
    expected: { ...order, supportingInfo: [{ reference: 'Observation/o1' }], meta },
  },
  {
    name: 'a resource that refers to a redacted one otherwise stays the same',
    resource: { ...observation, text, encounter: { reference: 'Encounter/part' } },
    redacted: ['Encounter/part'],
    expected: 'same',
  },
];

const NO_REDISCLOSURE = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  code: 'NORDSCLCD',
  display: 'no redisclosure without consent directive',
};

export const OBLIGATIONS: readonly RedactionCase[] = [
  {
    name: 'NORDSCLCD is written on the resource',
    resource: encounter,
    obligations: ['MINEC', 'NORDSCLCD'],
    expected: { ...encounter, meta: { security: [NO_REDISCLOSURE] } },
  },
  {
    name: 'NORDSCLCD that is there is not written again',
    resource: { ...encounter, meta: { security: [NO_REDISCLOSURE] } },
    obligations: ['NORDSCLCD'],
    expected: 'same',
  },
  {
    name: 'obligations that are not about the resource leave it as it is',
    resource: encounter,
    obligations: ['AOD', 'HUAPRV'],
    expected: 'same',
  },
];

const party = { provider: { reference: 'Organization/o1' }, insurer: { reference: 'Organization/o2' } };
const line = (sequence: number, more: object = {}) => ({ sequence, productOrService: { text: 'visit' }, ...more });
const diagnosis = (sequence: number, code: object) => ({ sequence, diagnosisCodeableConcept: code });
const claim = {
  resourceType: 'Claim',
  status: 'active',
  type: { text: 'professional' },
  use: 'claim',
  patient: subject,
  created: '2026-08-01',
  ...party,
  priority: { text: 'normal' },
  insurance: [{ sequence: 1, focal: true, coverage: { display: 'plan' } }],
};
const benefit = {
  resourceType: 'ExplanationOfBenefit',
  status: 'active',
  type: { text: 'professional' },
  use: 'claim',
  patient: subject,
  created: '2026-08-01',
  ...party,
  outcome: 'complete',
  insurance: [{ focal: true, coverage: { display: 'plan' } }],
};
const response = {
  resourceType: 'ClaimResponse',
  status: 'active',
  type: { text: 'professional' },
  use: 'claim',
  patient: subject,
  created: '2026-08-01',
  insurer: { reference: 'Organization/o2' },
  outcome: 'complete',
};
const adjudication = [{ category: { text: 'paid' } }];

export const LINE_NUMBERS: readonly RedactionCase[] = [
  {
    name: '#21 items no longer point at diagnoses that went; the one that stays keeps its number',
    resource: {
      ...claim,
      diagnosis: [diagnosis(1, f41), diagnosis(2, j06), diagnosis(3, f41)],
      item: [
        line(1, { diagnosisSequence: [1, 2, 3], informationSequence: [1] }),
        line(2, { diagnosisSequence: [1], careTeamSequence: [1] }),
        line(3, { diagnosisSequence: [2] }),
      ],
      careTeam: [{ sequence: 1, provider: { reference: 'Practitioner/a' } }],
      supportingInfo: [{ sequence: 1, category: { text: 'CANARY' } }],
    },
    remove: [
      ['diagnosis', 0],
      ['diagnosis', 2],
      ['supportingInfo', 0],
    ],
    expected: {
      ...claim,
      diagnosis: [diagnosis(2, j06)],
      item: [line(1, { diagnosisSequence: [2] }), line(2, { careTeamSequence: [1] }), line(3, { diagnosisSequence: [2] })],
      careTeam: [{ sequence: 1, provider: { reference: 'Practitioner/a' } }],
      meta,
    },
  },
  {
    name: 'a number that led nowhere before stays where no line of its list went',
    resource: {
      ...claim,
      diagnosis: [diagnosis(1, j06)],
      procedure: [
        { sequence: 1, procedureCodeableConcept: f41 },
        { sequence: 2, procedureCodeableConcept: j06 },
      ],
      item: [line(1, { diagnosisSequence: [1, 9], procedureSequence: [1, 2] })],
    },
    remove: [['procedure', 0]],
    expected: {
      ...claim,
      diagnosis: [diagnosis(1, j06)],
      procedure: [{ sequence: 2, procedureCodeableConcept: j06 }],
      item: [line(1, { diagnosisSequence: [1, 9], procedureSequence: [2] })],
      meta,
    },
  },
  {
    name: 'extensions of a number go with it, those of the others stay beside theirs',
    resource: {
      ...claim,
      diagnosis: [diagnosis(1, f41), diagnosis(2, j06)],
      item: [line(1, { diagnosisSequence: [1, 2], _diagnosisSequence: [{ id: 'CANARY' }, { id: 'kept' }] })],
    },
    remove: [['diagnosis', 0]],
    expected: {
      ...claim,
      diagnosis: [diagnosis(2, j06)],
      item: [line(1, { diagnosisSequence: [2], _diagnosisSequence: [{ id: 'kept' }] })],
      meta,
    },
  },
  {
    name: '#21 what a payer added points at lines that stay, and at details of these alone',
    resource: {
      ...benefit,
      item: [
        line(1, { productOrService: f41, detail: [line(1), line(2)] }),
        line(2, { detail: [line(1, { subDetail: [line(1)] }), line(2, { productOrService: f41 })], noteNumber: [1, 2] }),
      ],
      processNote: [
        { number: 1, text: 'CANARY' },
        { number: 2, text: 'paid' },
      ],
      addItem: [
        { itemSequence: [1], detailSequence: [1], productOrService: { text: 'a' }, adjudication },
        {
          itemSequence: [1, 2],
          detailSequence: [1, 2],
          subDetailSequence: [1],
          productOrService: { text: 'b' },
          adjudication,
        },
      ],
    },
    remove: [
      ['item', 0],
      ['item', 1, 'detail', 1],
      ['processNote', 0],
    ],
    expected: {
      ...benefit,
      item: [line(2, { detail: [line(1, { subDetail: [line(1)] })], noteNumber: [2] })],
      processNote: [{ number: 2, text: 'paid' }],
      addItem: [
        { productOrService: { text: 'a' }, adjudication },
        { itemSequence: [2], detailSequence: [1], subDetailSequence: [1], productOrService: { text: 'b' }, adjudication },
      ],
      meta,
    },
  },
  {
    name: 'the lines of an answer keep their own numbers; its errors and additions point at those that stay',
    resource: {
      ...response,
      item: [
        { itemSequence: 1, adjudication: [{ category: f41 }] },
        { itemSequence: 2, adjudication, detail: [{ detailSequence: 7, adjudication }] },
      ],
      addItem: [{ itemSequence: [1, 2], detailSequence: [7], productOrService: { text: 'a' }, adjudication }],
      error: [
        { itemSequence: 1, code: { text: 'x' } },
        { itemSequence: 2, detailSequence: 7, code: { text: 'y' } },
      ],
    },
    remove: [['item', 0]],
    expected: {
      ...response,
      item: [{ itemSequence: 2, adjudication, detail: [{ detailSequence: 7, adjudication }] }],
      addItem: [{ itemSequence: [2], detailSequence: [7], productOrService: { text: 'a' }, adjudication }],
      error: [{ code: { text: 'x' } }, { itemSequence: 2, detailSequence: 7, code: { text: 'y' } }],
      meta,
    },
  },
  {
    name: 'a question about coverage',
    resource: {
      resourceType: 'CoverageEligibilityRequest',
      status: 'active',
      purpose: ['benefits'],
      patient: subject,
      created: '2026-08-01',
      insurer: { reference: 'Organization/o2' },
      supportingInfo: [{ sequence: 1, information: { reference: 'Condition/secret' } }],
      item: [{ supportingInfoSequence: [1], category: { text: 'a' } }],
    },
    remove: [['supportingInfo', 0]],
    expected: {
      resourceType: 'CoverageEligibilityRequest',
      status: 'active',
      purpose: ['benefits'],
      patient: subject,
      created: '2026-08-01',
      insurer: { reference: 'Organization/o2' },
      item: [{ category: { text: 'a' } }],
      meta,
    },
  },
  {
    name: 'a Claim contained in its response',
    resource: {
      ...response,
      contained: [{ ...claim, id: 'c', diagnosis: [diagnosis(1, f41), diagnosis(2, j06)], item: [line(1, { diagnosisSequence: [1, 2] })] }],
      request: { reference: '#c' },
    },
    remove: [['contained', 0, 'diagnosis', 0]],
    expected: {
      ...response,
      contained: [{ ...claim, id: 'c', diagnosis: [diagnosis(2, j06)], item: [line(1, { diagnosisSequence: [2] })] }],
      request: { reference: '#c' },
      meta,
    },
  },
];
