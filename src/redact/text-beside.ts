/**
 * Free text that repeats what was cut (threats.md 21). Nobody can tell from a text what it repeats, so the rule goes by
 * place. Around a cut part, in every element that holds it up to the resource:
 *
 * | beside                                                                   | a segment was cut | a reference was cut |
 * |--------------------------------------------------------------------------|-------------------|---------------------|
 * | narratives (`text`, `Composition.section.text`), contained ones too      | go                | go                  |
 * | summaries of the whole: `DiagnosticReport.conclusion`, titles (SUMMARIES)| go                | go                  |
 * | what an entry says of the reference in it: `AuditEvent.entity.name`      | go                | go                  |
 * | the question that was answered: `QuestionnaireResponse.item.text`        | goes              | goes                |
 * | `display` of a reference that stays, its target being given in part      | stays             | goes                |
 * | notes: every Annotation                                                  | go                | stay                |
 * | extensions whose value is free text                                      | go                | stay                |
 * | the content that the coded parts describe (CONTENT)                      | goes              | stays               |
 *
 * Not beside a cut part, so kept for clinical safety: text inside its sibling parts, as `Dosage.text`.
 */
import { elementOf } from '../fhir/definitions.ts';
import type { Json, Path, Resource } from '../fhir/resource.ts';
import { isObject, walkElements } from '../fhir/walk-elements.ts';

const FREE_TEXT_VALUES = ['valueString', 'valueMarkdown', 'valueAnnotation'];

/** `a.b`: of every `a`, its `b`. */
const SUMMARIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['Account', ['description']],
  ['AdverseEvent.suspectEntity', ['causality']],
  ['Appointment', ['description', 'comment', 'patientInstruction']],
  ['AppointmentResponse', ['comment']],
  ['AuditEvent', ['outcomeDesc']],
  ['AuditEvent.entity', ['name', 'description', 'query', 'detail']],
  ['BodyStructure', ['description']],
  ['Bundle', ['signature']],
  ['CarePlan', ['title', 'description']],
  ['CarePlan.activity', ['progress', 'detail.description']],
  ['CareTeam', ['name']],
  ['ClaimResponse', ['disposition', 'form']],
  ['ClinicalImpression', ['description', 'summary']],
  ['ClinicalImpression.finding', ['basis']],
  ['Communication', ['topic.text']],
  ['DetectedIssue', ['detail']],
  ['DiagnosticReport', ['conclusion', 'presentedForm']],
  ['DocumentManifest', ['description']],
  ['DocumentReference', ['description']],
  ['ExplanationOfBenefit', ['disposition', 'form']],
  ['Goal', ['statusReason']],
  ['Group', ['name']],
  ['ImagingStudy', ['description']],
  ['List', ['title']],
  ['QuestionnaireResponse.item', ['text']],
  ['RiskAssessment', ['mitigation', 'prediction.rationale']],
  ['Schedule', ['comment']],
  ['ServiceRequest', ['patientInstruction', 'supportingInfo.display']],
  ['Task', ['description', ...FREE_TEXT_VALUES.flatMap((name) => [`input.${name}`, `output.${name}`])]],
]);

/** Opaque or free content whose codes were cut: where it is required, the resource goes with it. */
const CONTENT: ReadonlyMap<string, readonly string[]> = new Map([
  ['BodyStructure', ['image']],
  ['Communication', ['payload']],
  ['CommunicationRequest', ['payload']],
  ['Consent', ['sourceAttachment']],
  ['DocumentReference', ['content']],
  ['Media', ['content']],
  ['Observation', ['valueString']],
]);

/**
 * @param cuts places that are cut
 * @param cause what is cut there: a part with labels of its own, or a reference to what can't be seen
 * @returns the places of the free text that goes with them
 */
export function textBeside(resource: Resource, cuts: readonly Path[], cause: 'segment' | 'reference'): readonly Path[] {
  if (cuts.length === 0) return [];
  const found = new Map<string, Path>();
  const add = (path: Path) => found.set(JSON.stringify(path), path);
  const holders = new Set(cuts.flatMap((cut) => cut.map((_, depth) => JSON.stringify(cut.slice(0, depth)))));
  const references = new Set(cause === 'reference' ? cuts.map((cut) => JSON.stringify(cut)) : []);
  walkElements(resource, ({ value, path, type }) => {
    const contained = type === 'Narrative' && path.at(-3) === 'contained';
    if (contained) add(path);
    if (!isObject(value) || type === undefined) return;
    const place = JSON.stringify(path);
    if (type === 'Reference' && references.has(place)) for (const own of placesOf(value, ['display'])) add([...path, ...own]);
    if (!holders.has(place)) return;
    for (const name of Object.keys(value)) {
      const named = elementOf(type, name)?.type;
      if (named === 'Narrative' || (cause === 'segment' && named === 'Annotation')) add([...path, name]);
    }
    const names = [...(SUMMARIES.get(type) ?? []), ...(cause === 'segment' ? (CONTENT.get(type) ?? []) : [])];
    for (const name of names) for (const own of placesOf(value, name.split('.'))) add([...path, ...own]);
    if (cause === 'segment') for (const index of freeExtensions(value.extension)) add([...path, 'extension', index]);
  });
  return [...found.values()];
}

/** Where the element is, and what hangs on it as a primitive. */
function placesOf(value: Json | undefined, [name, ...rest]: readonly string[]): readonly Path[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: Json, index) => placesOf(item, [name as string, ...rest]).map((path) => [index, ...path]));
  }
  if (!isObject(value) || name === undefined) return [];
  if (rest.length > 0) return placesOf(value[name], rest).map((path) => [name, ...path]);
  return [name, `_${name}`].filter((own) => Object.hasOwn(value, own)).map((own) => [own]);
}

function freeExtensions(extensions: Json | undefined): readonly number[] {
  if (!Array.isArray(extensions)) return [];
  return extensions.flatMap((extension: Json, index) =>
    isObject(extension) && FREE_TEXT_VALUES.some((name) => Object.hasOwn(extension, name)) ? [index] : [],
  );
}
