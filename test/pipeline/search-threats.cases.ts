/** Searches by which public peers told what they withheld (../shared/threats.md rows 1-13, 52-54), asked of the two wards of ward.ts. */
export interface ThreatCase {
  readonly threat: number;
  readonly name: string;
  readonly url: string;
  /** As a form by POST. */
  readonly form?: string;
  readonly status?: number;
  /** `Type/id` of all pages in order; absent = only that both wards answer alike. */
  readonly names?: readonly string[];
  readonly total?: number;
}

const row = (threat: number, name: string, url: string, expected: Partial<ThreatCase> = {}): ThreatCase => ({
  threat,
  name,
  url: `/fhir/${url}`,
  ...expected,
});
const none: Partial<ThreatCase> = { names: [], total: 0 };
const refused: Partial<ThreatCase> = { status: 400 };
const ids = (type: string, ...each: readonly string[]) => each.map((id) => `${type}/${id}`);
const weights = ids('Observation', ...Array.from({ length: 9 }, (_, index) => `weight-${index}`));

export const threats: readonly ThreatCase[] = [
  row(1, '_has for a withheld result finds nobody', 'Patient?_has:Observation:patient:code=7917-8', none),
  row(1, '_has with a system', 'Patient?_has:Observation:subject:code=http://loinc.org|7917-8', none),
  row(1, '_has beside the patient asked for', 'Patient?_id=ada&_has:Observation:patient:code=7917-8', none),
  row(1, 'nested _has', 'Patient?_has:Encounter:patient:_has:Observation:encounter:code=7917-8', none),
  row(1, '_has, then a chain', 'Patient?_has:Observation:patient:encounter.type=F33.1', none),
  row(1, '_has through a withheld visit', 'Encounter?_has:Observation:encounter:code=29463-7&_count=1', {
    names: ids('Encounter', 'ada-visit', 'ada-second', 'ben-visit'),
  }),
  row(1, '_has with :missing', 'Encounter?_has:Condition:encounter:code:missing=false', none),
  row(1, '_has:…:_id', 'Patient?_has:Observation:patient:_id=hidden-hiv', none),
  row(1, 'counted', 'Patient?_has:Observation:patient:code=7917-8&_summary=count', none),
  row(1, 'by POST', 'Patient/_search', { form: '_has:Observation:patient:code=7917-8', ...none }),
  row(1, 'who wrote a withheld note', 'Practitioner?_has:DocumentReference:author:type=F41.1', none),
  row(1, 'who wrote anything', 'Practitioner?_has:DocumentReference:author:status=current', { names: ['Practitioner/hale'], total: 1 }),
  row(1, 'in a compartment', 'Patient/ada/Encounter?_has:Observation:encounter:code=7917-8', none),
  row(2, '_has without a colon is no parameter', 'Patient?_has=Observation', refused),
  row(2, 'a name that only begins like one', 'Patient?_hasObservation:patient:code=7917-8', refused),
  row(2, '_revinclude:iterate', 'Patient?_id=ada&_revinclude=Encounter:patient&_revinclude:iterate=Observation:encounter'),
  row(
    2,
    '_include:recurse, the old word',
    'Observation?_id=weight-0&_include=Observation:encounter&_include:recurse=Encounter:participant',
    {
      names: ['Observation/weight-0', 'Encounter/ada-visit', 'Practitioner/hale'],
    },
  ),
  row(2, '_include with another modifier', 'Observation?_include:exact=Observation:encounter', refused),
  row(3, 'a chain through a withheld visit', 'Observation?encounter.type=F33.1', none),
  row(3, 'a chain with a type', 'Observation?encounter:Encounter.type=F33.1', none),
  row(3, 'a chain to a withheld member', 'Observation?has-member.code=29463-7', none),
  row(3, 'two links', 'Observation?encounter.participant:Practitioner.family=unseen', none),
  row(3, 'a chain from what is withheld', 'DocumentReference?author:Practitioner.family=unseen', none),
  row(3, 'a chain to an id', 'Observation?encounter._id=hidden-visit', none),
  row(3, 'a chain with _has in it', 'Observation?patient._has:Observation:patient:code=7917-8', none),
  row(3, 'a chain on what is missing', 'Observation?encounter.participant:missing=true&_count=3'),
  row(3, 'a chain to a withheld organization', 'Organization?partof.name=Ward Hidden', none),
  row(4, 'the sensitive value itself', 'Condition?code=F32.9', none),
  row(4, 'with its total', 'Condition?code=F32.9&_total=accurate', none),
  row(4, 'in the patient’s compartment', 'Patient/ada/Condition?code=F32.9', none),
  row(4, 'a text of it', 'DocumentReference?description:contains=sea', none),
  row(4, 'its id', 'Condition?_id=hidden-condition', none),
  row(4, 'its label', 'DocumentReference?_security=PSYTHPN', none),
  row(4, 'over several types', '?_type=Condition,Observation,Encounter&_security=PSYTHPN', none),
  row(5, 'a parameter repeated', 'Observation?patient=ada&patient=ben', none),
  row(5, 'a parameter with several values', 'Encounter?patient=ada,ben', {
    names: ids('Encounter', 'ada-visit', 'ada-second', 'ben-visit', 'cut-visit'),
    total: 4,
  }),
  row(7, 'a parameter that is none', 'Observation?patient=ada&secret=1', refused),
  row(7, 'a parameter of another type', 'Observation?patient=ada&family=Alder', refused),
  row(8, '_summary=count', 'Observation?code=29463-7&_summary=count', { names: [], total: 10 }),
  row(8, '_count=0', 'Observation?code=29463-7&_count=0', { names: [], total: 10 }),
  row(8, '_total=accurate with a page', 'Observation?code=29463-7&_total=accurate&_count=3', {
    names: [...weights, 'Observation/ben-weight'],
    total: 10,
  }),
  row(8, '_total=estimate', 'Observation?code=29463-7&_total=estimate&_count=3', { names: [...weights, 'Observation/ben-weight'] }),
  row(8, '_total=none on an only page', 'Observation?patient=ben&_total=none', { names: ['Observation/ben-weight'] }),
  row(8, 'counting over several types', '?_type=Observation,DocumentReference&_summary=count', { names: [], total: 12 }),
  row(9, 'pages of two', 'Observation?patient=ada&_count=2', { names: weights }),
  row(9, 'a page that is just full', 'Observation?patient=ada&_count=9', { names: weights, total: 9 }),
  row(9, 'one more than there are', 'Observation?patient=ada&_count=10', { names: weights, total: 9 }),
  row(9, 'pages over several types', '?_type=DocumentReference,Organization,List&_count=2', {
    names: [...ids('DocumentReference', 'ada-letter', 'ada-report'), ...ids('Organization', 'ward-house', 'ward-wing'), 'List/ada-list'],
  }),
  row(9, 'pages of a chain', 'Observation?encounter.type=Z00.0&_count=2', {
    names: [...ids('Observation', 'weight-0', 'weight-2', 'weight-4', 'weight-6', 'weight-8'), 'Observation/ben-weight'],
  }),
  row(10, '_revinclude', 'Encounter?_id=ada-visit&_revinclude=Observation:encounter&_revinclude=DocumentReference:encounter'),
  row(10, '_revinclude of all of a type', 'Encounter?_id=ada-visit&_revinclude=Condition:*&_revinclude=Observation:*'),
  row(10, '_include of everything', 'DiagnosticReport?_id=cut-report&_include=*', {
    names: ['DiagnosticReport/cut-report', 'Patient/ada', 'Observation/weight-3'],
  }),
  row(10, '_include:iterate of everything', 'Observation?_id=weight-1&_include:iterate=*'),
  row(10, 'includes page by page', 'Observation?patient=ada&_count=4&_revinclude=DocumentReference:related&_revinclude=Provenance:target'),
  row(10, 'who revised it', 'Observation?_id=weight-0&_revinclude=Provenance:target&_include:iterate=Provenance:agent', {
    names: ['Observation/weight-0', 'Provenance/ada-provenance', 'Practitioner/hale'],
  }),
  row(11, '_elements without code and labels', 'Condition?patient=ada&_elements=subject', none),
  row(11, '_summary=true', 'DocumentReference?patient=ada&_summary=true', {
    names: ids('DocumentReference', 'ada-letter', 'ada-report'),
    total: 2,
  }),
  row(11, '_elements with includes', 'DocumentReference?patient=ada&_elements=status&_include=DocumentReference:author', {
    names: [...ids('DocumentReference', 'ada-letter', 'ada-report'), 'Practitioner/hale'],
  }),
  row(12, '_sort by a date of which one is withheld', 'Observation?patient=ada&_sort=date&_count=4', {
    names: weights.toReversed(),
    total: 9,
  }),
  row(12, '_sort downwards, then by another key', 'Observation?code=29463-7&_sort=-date,patient&_count=5', {
    names: [...weights.slice(0, 4), 'Observation/weight-4', 'Observation/ben-weight', ...weights.slice(5)],
    total: 10,
  }),
  row(12, '_sort by what was cut', 'Encounter?patient=ada&_sort=reason-code'),
  row(12, '_sort=_lastUpdated', 'Observation?patient=ada&_sort=_lastUpdated', { names: weights, total: 9 }),
  row(12, '_text on what is about patients', 'DocumentReference?_text=sea', refused),
  row(12, '_content on what is about patients', 'Condition?_content=F32', refused),
  row(12, '_filter on what is about patients', 'Condition?_filter=code eq F32.9', refused),
  row(12, '_filter that leads to what is about patients', 'Organization?_filter=endpoint.name eq "x"', refused),
  row(12, '_query', 'Patient?_query=current-high-risk', refused),
  row(12, '_content where one is withheld', 'Organization?_content=ward', {
    names: ids('Organization', 'ward-house', 'ward-wing'),
    total: 2,
  }),
  row(12, '_filter where one is withheld', 'Organization?_filter=name sw "Ward"', {
    names: ids('Organization', 'ward-house', 'ward-wing'),
    total: 2,
  }),
  row(12, 'a list that is withheld', 'Observation?_list=hidden-list', none),
  row(12, 'a list', 'Observation?_list=ada-list', { names: ['Observation/weight-1'], total: 1 }),
  row(12, 'a list by what it is called', 'Observation?_list=$current-allergies', refused),
  row(12, ':in', 'Condition?code:in=http://hl7.org/fhir/ValueSet/condition-code', refused),
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf:exact', 'constructor.name', '_has:constructor:prototype:x'].map(
    (name) => row(13, `a parameter called ${name}`, `Observation?${name}=1`, refused),
  ),
  row(13, 'a type called constructor', '?_type=constructor', refused),
  row(13, 'an include of a prototype', 'Observation?_include=constructor:prototype', refused),
  row(13, 'a sort by a prototype', 'Observation?_sort=__proto__', refused),
  row(52, 'what was cut is not found by its code', 'Encounter?reason-code=F33.1', none),
  row(52, 'nor with what is left beside it', 'Encounter?reason-code=F33.1&patient=ada', none),
  row(52, 'what is left is found', 'Encounter?reason-code=E11.9', { names: ['Encounter/cut-visit'], total: 1 }),
  row(52, 'either of them', 'Encounter?reason-code=E11.9,F33.1', { names: ['Encounter/cut-visit'], total: 1 }),
  row(52, 'another element that was cut', 'Encounter?special-arrangement=F20.0', { status: 200, ...none }),
  row(52, 'a reference that was cut', 'DiagnosticReport?result=hidden-hiv', none),
  row(52, 'a chain over a reference that was cut', 'DiagnosticReport?result.code=7917-8', none),
  row(52, 'a chain to what was cut', 'Observation?encounter.reason-code=F33.1', none),
  row(52, 'found by the mark that says so', 'Encounter?_security=REDACTED', { names: ['Encounter/cut-visit'], total: 1 }),
  row(53, ':not of what was cut', 'Encounter?patient=ada&reason-code:not=F33.1', {
    names: ids('Encounter', 'ada-visit', 'ada-second', 'cut-visit'),
    total: 3,
  }),
  row(53, ':missing=true of what was cut', 'Encounter?patient=ada&special-arrangement:missing=true', {
    names: ids('Encounter', 'ada-visit', 'ada-second', 'cut-visit'),
    total: 3,
  }),
  row(53, ':missing=false of what was cut', 'Encounter?patient=ada&special-arrangement:missing=false', none),
  row(53, 'ne', 'Observation?patient=ada&date=ne2026-02-04&_count=5', {
    names: weights.filter((name) => name !== 'Observation/weight-5'),
  }),
  row(53, 'who has no such result', 'Patient?_has:Observation:patient:code:not=7917-8&_sort=_id', {
    names: ids('Patient', 'ada', 'ben'),
    total: 2,
  }),
  row(54, 'an author reached only through a withheld note', 'DocumentReference?patient=ada&_include=DocumentReference:author', {
    names: [...ids('DocumentReference', 'ada-letter', 'ada-report'), 'Practitioner/hale'],
  }),
  row(54, 'a performer, iterated', 'Encounter?_id=ada-visit&_revinclude=Observation:encounter&_include:iterate=Observation:performer'),
  row(54, '$everything', 'Patient/ada/$everything', {}),
  row(54, '$everything, page by page', 'Patient/ada/$everything?_count=5', {}),
];
