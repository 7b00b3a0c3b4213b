/** ValueSets as administrators send them, and what Privity reads: codes, or what is wrong and where. */
export const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
export const LOCAL = 'https://clinic.example/codes';
const SNOMED = 'http://snomed.info/sct';

interface Case {
  readonly name: string;
  /** Beside resourceType and status. */
  readonly has: Record<string, unknown>;
}

const listed = (...codes: string[]) => ({ system: LOCAL, concept: codes.map((code) => ({ code })) });
const expansion = (contains: readonly unknown[], more: object = {}) => ({
  expansion: { timestamp: '2026-11-01', contains, ...more },
});
const entry = (code: string, more: object = {}) => ({ system: LOCAL, code, ...more });
const parameter = (name: string, value: object) => ({ parameter: [{ name, ...value }] });
const incomplete = { url: 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed', valueBoolean: true };

function nested(levels: number): Record<string, unknown> {
  return levels === 1 ? entry('leaf') : entry(`at-${levels}`, { contains: [nested(levels - 1)] });
}

/** `reads` are its codes; `says` the places and the beginnings of its warnings. */
export const READ: readonly (Case & { readonly reads: readonly string[]; readonly says?: readonly (readonly [string, string])[] })[] = [
  { name: 'concepts listed', has: { compose: { include: [listed('a', 'b')] } }, reads: ['a', 'b'] },
  {
    name: 'concepts listed, some excluded in another spelling',
    has: {
      compose: {
        include: [{ system: ICD, concept: [{ code: 'F32.1' }, { code: 'F33.1' }] }],
        exclude: [{ system: ICD, concept: [{ code: 'f321' }] }],
      },
    },
    reads: ['F33.1'],
  },
  { name: 'an expansion', has: expansion([entry('a'), entry('b')], { total: 2 }), reads: ['a', 'b'] },
  {
    name: 'an expansion with a heading and entries within entries',
    has: expansion([{ abstract: true, display: 'Mood', contains: [entry('a', { contains: [entry('b')] })] }]),
    reads: ['a', 'b'],
  },
  {
    name: 'an expansion of a ValueSet with a filter',
    has: { ...expansion([entry('a')]), compose: { include: [{ system: LOCAL, filter: [{ property: 'p', op: '=', value: 'v' }] }] } },
    reads: ['a'],
  },
  {
    name: 'entries within entries, as deep as is read',
    has: expansion([nested(20)]),
    reads: Array.from({ length: 20 }, (_, at) => (at === 19 ? 'leaf' : `at-${20 - at}`)),
  },
  {
    name: 'a code twice, in two spellings',
    has: { compose: { include: [{ system: ICD, concept: [{ code: 'F32.1' }, { code: 'F32.2' }, { code: 'f321' }] }] } },
    reads: ['F32.1', 'F32.2'],
    says: [['ValueSet.compose.include[0].concept[2]', '1 of its entries stand']],
  },
  {
    name: 'inactive and abstract codes',
    has: expansion([entry('a', { inactive: true }), entry('b', { abstract: true })]),
    reads: ['a', 'b'],
    says: [
      ['ValueSet.expansion.contains[0]', '1 of its entries are inactive'],
      ['ValueSet.expansion.contains[1]', '1 of its entries are abstract'],
    ],
  },
  {
    name: 'an expansion made without inactive codes',
    has: expansion([entry('a')], parameter('activeOnly', { valueBoolean: true })),
    reads: ['a'],
    says: [['ValueSet.expansion.parameter[0]', 'It was made without inactive codes']],
  },
  {
    name: 'an expansion that says less than compose',
    has: { ...expansion([entry('a')]), compose: { include: [listed('a', 'b')] } },
    reads: ['a'],
    says: [['ValueSet.compose.include[0].concept[1]', 'The expansion, which is taken, leaves out 1 concept']],
  },
  {
    name: 'a retired one',
    has: { status: 'retired', compose: { include: [listed('a')] } },
    reads: ['a'],
    says: [['ValueSet.status', 'Its publisher']],
  },
  {
    name: 'an ICD-9 procedure under the URL of diagnoses',
    has: { compose: { include: [{ system: 'http://hl7.org/fhir/sid/icd-9-cm', concept: [{ code: '94.3' }] }] } },
    reads: ['943'],
  },
];

/** `at` and `says`: place and beginning of what is told. */
export const REFUSED: readonly (Case & { readonly at: string; readonly says: string; readonly expandable?: boolean })[] = [
  { name: 'nothing but a name', has: {}, at: 'ValueSet', says: 'It has neither' },
  {
    name: 'an element that R4 does not have',
    has: { colour: 'red', compose: { include: [listed('a')] } },
    at: 'ValueSet.colour',
    says: 'FHIR R4 has no such element',
  },
  {
    name: 'a code that is no text',
    has: { compose: { include: [{ system: LOCAL, concept: [{ code: 7 }] }] } },
    at: 'ValueSet.compose.include[0].concept[0].code',
    says: 'not of its type',
  },
  { name: 'no status', has: { status: undefined, compose: { include: [listed('a')] } }, at: 'ValueSet', says: 'it is missing' },
  {
    name: 'a filter',
    has: { compose: { include: [{ system: SNOMED, filter: [{ property: 'concept', op: 'is-a', value: '1' }] }] } },
    at: 'ValueSet.compose.include[0].filter',
    says: 'A filter can be read by a terminology server only. List',
    expandable: true,
  },
  {
    name: 'an import',
    has: { compose: { include: [listed('a'), { valueSet: ['http://x/other'] }] } },
    at: 'ValueSet.compose.include[1].valueSet',
    says: 'Another value set',
    expandable: true,
  },
  {
    name: 'a whole code system',
    has: { compose: { include: [{ system: LOCAL }] } },
    at: 'ValueSet.compose.include[0]',
    says: 'A whole code system',
    expandable: true,
  },
  {
    name: 'an exclusion by filter',
    has: { compose: { include: [listed('a')], exclude: [{ system: LOCAL, filter: [{ property: 'p', op: '=', value: 'v' }] }] } },
    at: 'ValueSet.compose.exclude[0].filter',
    says: 'A filter',
    expandable: true,
  },
  {
    name: 'a filter, and rules of its own',
    has: { implicitRules: 'http://x/rules', compose: { include: [{ system: LOCAL }] } },
    at: 'ValueSet.implicitRules',
    says: 'Rules',
    expandable: false,
  },
  {
    name: 'an include of nothing',
    has: { compose: { include: [{ version: '1' }] } },
    at: 'ValueSet.compose.include[0]',
    says: 'It names neither',
  },
  {
    name: 'concepts without a system',
    has: { compose: { include: [{ concept: [{ code: 'a' }], valueSet: ['http://x/other'] }] } },
    at: 'ValueSet.compose.include[0]',
    says: 'Its concepts or filters have no code system',
  },
  {
    name: 'concepts and a filter',
    has: { compose: { include: [{ ...listed('a'), filter: [{ property: 'p', op: '=', value: 'v' }] }] } },
    at: 'ValueSet.compose.include[0]',
    says: 'Concepts and a filter',
  },
  {
    name: 'an extension that may change its meaning',
    has: { compose: { include: [{ ...listed('a'), modifierExtension: [{ url: 'http://x', valueBoolean: true }] }] } },
    at: 'ValueSet.compose.include[0].modifierExtension',
    says: 'It may change',
  },
  {
    name: 'everything excluded',
    has: { compose: { include: [listed('a')], exclude: [listed('a')] } },
    at: 'ValueSet',
    says: 'It lists no code',
  },
  { name: 'an empty expansion', has: { expansion: { timestamp: '2026-11-01' } }, at: 'ValueSet', says: 'It lists no code' },
  {
    name: 'an expansion of fewer entries than its total',
    has: expansion([entry('a')], { total: 2 }),
    at: 'ValueSet.expansion.total',
    says: 'It has 1 of 2 entries',
  },
  {
    name: 'the second page of an expansion',
    has: expansion([entry('a')], { total: 1, offset: 100 }),
    at: 'ValueSet.expansion.offset',
    says: 'It begins at entry 100',
  },
  {
    name: 'the second page, told by a parameter',
    has: expansion([entry('a')], parameter('offset', { valueInteger: 100 })),
    at: 'ValueSet.expansion.parameter[0]',
    says: 'It begins at entry 100',
  },
  {
    name: 'a full page without a total',
    has: expansion([entry('a'), entry('b')], parameter('count', { valueInteger: 2 })),
    at: 'ValueSet.expansion.parameter[0]',
    says: 'It ends where its page ends',
  },
  {
    name: 'a limited expansion',
    has: expansion([entry('a')], parameter('limitedExpansion', { valueBoolean: true })),
    at: 'ValueSet.expansion.parameter[0]',
    says: 'It was made with `limitedExpansion`',
  },
  {
    name: 'an expansion by text',
    has: expansion([entry('a')], parameter('filter', { valueString: 'dep' })),
    at: 'ValueSet.expansion.parameter[0]',
    says: 'It was made with `filter`',
  },
  {
    name: 'an expansion that has no end',
    has: expansion([entry('a')], { extension: [incomplete] }),
    at: 'ValueSet.expansion.extension',
    says: 'The server says',
  },
  {
    name: 'an entry that has no end',
    has: expansion([entry('a', { extension: [incomplete] })]),
    at: 'ValueSet.expansion.contains[0].extension',
    says: 'The server says',
  },
  {
    name: 'an entry without code that is no heading',
    has: expansion([{ display: 'x' }]),
    at: 'ValueSet.expansion.contains[0]',
    says: 'It has no code',
  },
  {
    name: 'an entry without system',
    has: expansion([{ code: 'a' }]),
    at: 'ValueSet.expansion.contains[0]',
    says: 'Its code has no system',
  },
  {
    name: 'entries too deep',
    has: expansion([nested(21)]),
    at: `ValueSet.expansion${'.contains[0]'.repeat(20)}`,
    says: 'Entries stand in entries',
  },
  {
    name: 'entries far too deep',
    has: expansion([nested(90)]),
    at: `ValueSet.expansion${'.contains[0]'.repeat(50)}`,
    says: 'nested too deep',
  },
  {
    name: 'an expression of several concepts',
    has: { compose: { include: [{ system: SNOMED, concept: [{ code: '35489007:246112005=24484000' }] }] } },
    at: 'ValueSet.compose.include[0].concept[0]',
    says: 'No record is looked up',
  },
  ...['<< 86406008', '<86406008', '^ 700043003', '>! 86406008', '*'].map((code) => ({
    name: `an expression that means more than one concept: ${code}`,
    has: { compose: { include: [{ system: SNOMED, concept: [{ code }] }] } },
    at: 'ValueSet.compose.include[0].concept[0]',
    says: 'No record is looked up',
  })),
  {
    name: 'a control character',
    has: { compose: { include: [listed('a\u0000b')] } },
    at: 'ValueSet.compose.include[0].concept[0]',
    says: 'No record is looked up',
  },
  {
    name: 'more codes than are read',
    has: expansion(Array.from({ length: 50_001 }, (_, at) => entry(`c${at}`))),
    at: 'ValueSet.expansion',
    says: 'It has more than 50000 entries',
  },
];
