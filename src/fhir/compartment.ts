/**
 * Which patients a resource is about: the Patient compartment of FHIR R4 (CompartmentDefinition/patient), and nothing
 * else (threats.md 14). Where the compartment has no entry for a type, its FiveWs.subject element decides
 * (Device.patient, GuidanceResponse.subject). Patient.link names another person's record, not another subject.
 */
import compartment from './definitions/r4-patient-compartment.json' with { type: 'json' };
import searchParameters from './definitions/r4-search-parameters.json' with { type: 'json' };
import { elementAt, elementsOf } from './definitions.ts';
import { type NamedSubject, namedSubject } from './named-subject.ts';
import { Once } from './once.ts';
import type { Reference, Resource } from './resource.ts';

type Expressions = Record<string, Record<string, { expression: string }>>;

interface SubjectPath {
  /** `['participant', 'actor']`. */
  readonly steps: readonly string[];
  /** No practitioner or relative can stand here: whoever does is a patient, or a thing. */
  readonly isForPatients: boolean;
}

/** Elements whose references to a Patient make that patient a subject. */
const subjectPaths = new Map<string, readonly SubjectPath[]>();

function pathsOf(type: string): readonly SubjectPath[] {
  const known = subjectPaths.get(type);
  if (known !== undefined) return known;
  const paths = new Map<string, string[]>();
  const add = (path: string[]) => paths.set(path.join('.'), path);
  for (const name of (compartment as Record<string, string[]>)[type] ?? []) {
    if (type === 'Patient') continue;
    const expression = (searchParameters as unknown as Expressions)[type]?.[name]?.expression ?? '';
    for (const arm of expression.split('|'))
      add(
        arm
          .trim()
          .replace(/\.where\(.*$/, '')
          .split('.')
          .slice(1),
      );
  }
  for (const [name, element] of elementsOf(type) ?? []) {
    const namesPatient = element.targets?.some((target) => target === 'Patient' || target === 'Group' || target === 'Resource') ?? false;
    if (element.fiveWs === 'subject' && name !== 'focus' && namesPatient) add([name]);
  }
  const found = [...paths.values()].map((steps) => ({ steps, isForPatients: isForPatients(type, steps) }));
  subjectPaths.set(type, found);
  return found;
}

const OTHER_PEOPLE: ReadonlySet<string> = new Set('Practitioner PractitionerRole RelatedPerson Organization CareTeam'.split(' '));

function isForPatients(type: string, steps: readonly string[]): boolean {
  const { targets, fiveWs } = elementAt(type, steps)?.definition ?? {};
  if (fiveWs === 'subject' || targets === undefined) return true;
  return !targets.some((target) => target === 'Resource' || OTHER_PEOPLE.has(target));
}

/** @param from step of the path that comes next */
function addValuesAt(value: unknown, path: readonly string[], from: number, found: unknown[]): void {
  if (Array.isArray(value)) {
    for (const item of value) addValuesAt(item, path, from, found);
    return;
  }
  const step = path[from];
  if (step === undefined) found.push(value);
  else if (typeof value === 'object' && value !== null) addValuesAt((value as Record<string, unknown>)[step], path, from + 1, found);
}

export interface Subjects {
  /** `Patient/p1`, sorted, each once. */
  readonly patients: readonly string[];
  /** `Group/g1`: its members are subjects too; whoever asks resolves them. */
  readonly groups: readonly string[];
  /** Somebody is named whom nobody here can tell: not by a literal reference to this server, or nobody where somebody must be. */
  readonly unresolved: boolean;
}

/** Whether resources of this type are about patients at all (they have a subject path, or are a Patient). */
export function isPatientType(type: string): boolean {
  return type === 'Patient' || pathsOf(type).length > 0;
}

/** About patients whatever stands in it: a device or a schedule may be about nobody. */
export function isAboutPatients(type: string): boolean {
  return isPatientType(type) && !ADMINISTRATIVE.has(type);
}

/** Administrative even though a patient may be named: without one they are about nobody. */
const ADMINISTRATIVE: ReadonlySet<string> = new Set(['Device', 'Schedule']);

/** What stands in the same Bundle, by fullUrl. */
export type Inside = (name: string) => Resource | undefined;

const NOTHING_INSIDE: Inside = () => undefined;

/**
 * The subjects of a resource.
 * @param base base URL of the server that the resource came from; its absolute references count as local
 */
export function subjectsOf(resource: Resource, base: string, inside: Inside = NOTHING_INSIDE): Subjects {
  const found = new Found();
  // One that is to be created has no id yet.
  if (resource.resourceType === 'Patient' && resource.id !== undefined) found.patient(resource);
  found.within(resource, base, (name) => inside(name) ?? containedIn(resource, name));
  return found.subjects();
}

function containedIn({ contained }: Resource, name: string): Resource | undefined {
  if (!name.startsWith('#') || !Array.isArray(contained)) return undefined;
  const found = (contained as Resource[]).find((inner) => `#${inner?.id}` === name);
  // Who is contained has no record of his own: as a subject he is somebody whom nobody can tell.
  return found?.resourceType === 'Patient' ? { resourceType: 'Patient' } : found;
}

/** Groups in groups, in one resource or Bundle. */
const DEEPEST = 8;

class Found {
  readonly #patients = new Once();
  readonly #groups = new Once();
  #unresolved = false;
  /** Somebody is named in a place that is not for patients alone. */
  #unclear = false;

  patient({ id }: Resource): void {
    if (id === undefined) this.#unresolved = true;
    else this.#patients.add(`Patient/${id}`);
  }

  within(resource: Resource, base: string, inside: Inside, depth = 0): void {
    for (const { steps, isForPatients } of pathsOf(resource.resourceType)) {
      const values: unknown[] = [];
      addValuesAt(resource, steps, 0, values);
      for (const value of values) {
        if (typeof value !== 'object' || value === null) continue;
        this.#add(namedSubject(value as Reference, base, inside), isForPatients, base, inside, depth);
      }
    }
  }

  #add(named: NamedSubject, isForPatients: boolean, base: string, inside: Inside, depth: number): void {
    if (named.kind === 'patient') this.#patients.add(named.reference);
    else if (named.kind === 'group') this.#groups.add(named.reference);
    else if (named.kind === 'inside' && named.resource.resourceType === 'Patient') this.patient(named.resource);
    else if (named.kind === 'inside') this.#members(named.resource, base, inside, depth);
    else if (named.kind === 'hidden' || (named.kind === 'unclear' && isForPatients)) this.#unresolved = true;
    else if (named.kind === 'unclear') this.#unclear = true;
  }

  #members(group: Resource, base: string, inside: Inside, depth: number): void {
    if (depth === DEEPEST || isEmptyGroup(group)) this.#unresolved = true;
    else this.within(group, base, inside, depth + 1);
  }

  subjects(): Subjects {
    const [patients, groups] = [this.#patients.items.sort(), this.#groups.items.sort()];
    return { patients, groups, unresolved: this.#unresolved || (this.#unclear && patients.length + groups.length === 0) };
  }
}

/** Of people, and nobody says of whom. */
export function isEmptyGroup({ type, member }: Resource): boolean {
  return !NOT_OF_PEOPLE.has(String(type)) && (!Array.isArray(member) || member.length === 0);
}

const NOT_OF_PEOPLE: ReadonlySet<string> = new Set(['practitioner', 'device', 'medication', 'substance']);
