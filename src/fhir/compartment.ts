/**
 * Which patients a resource is about: the Patient compartment of FHIR R4 (CompartmentDefinition/patient), and nothing
 * else (threats.md 14). Where the compartment has no entry for a type, its FiveWs.subject element decides
 * (Device.patient, GuidanceResponse.subject). Patient.link names another person's record, not another subject.
 */
import compartment from './definitions/r4-patient-compartment.json' with { type: 'json' };
import searchParameters from './definitions/r4-search-parameters.json' with { type: 'json' };
import { elementsOf } from './definitions.ts';
import { Once } from './once.ts';
import { localReference } from './reference.ts';
import type { Reference, Resource } from './resource.ts';

type Expressions = Record<string, Record<string, { expression: string }>>;

/** Element paths (`['participant', 'actor']`) whose references to a Patient make that patient a subject. */
const subjectPaths = new Map<string, string[][]>();

function pathsOf(type: string): string[][] {
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
  const found = [...paths.values()];
  subjectPaths.set(type, found);
  return found;
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

const PATIENT = /(^|\/)Patient\/[^/]+$/;
const GROUP = /^Group\/[^/]+$/;

export interface Subjects {
  /** `Patient/p1`, sorted, each once. */
  readonly patients: readonly string[];
  /** `Group/g1`: its members are subjects too; whoever asks resolves them. */
  readonly groups: readonly string[];
  /** A subject is named in a way that is not a literal reference (identifier only, contained, urn). */
  readonly unresolved: boolean;
}

/** Whether resources of this type are about patients at all (they have a subject path, or are a Patient). */
export function isPatientType(type: string): boolean {
  return type === 'Patient' || pathsOf(type).length > 0;
}

/**
 * The subjects of a resource.
 * @param base base URL of the server that the resource came from; its absolute references count as local
 */
export function subjectsOf(resource: Resource, base: string): Subjects {
  const patients = new Once();
  const groups = new Once();
  let unresolved = false;
  if (resource.resourceType === 'Patient' && resource.id !== undefined) patients.add(`Patient/${resource.id}`);
  for (const path of pathsOf(resource.resourceType)) {
    const values: unknown[] = [];
    addValuesAt(resource, path, 0, values);
    for (const value of values) {
      const reference = value as Reference | undefined;
      if (typeof reference !== 'object' || reference === null) continue;
      if (reference.reference === undefined) {
        if (reference.identifier !== undefined && (reference.type === undefined || reference.type === 'Patient'))
          unresolved ||= path.length === 1;
        continue;
      }
      if (reference.reference.startsWith('#')) {
        const target = ((resource.contained ?? []) as Resource[]).find((inner) => `#${inner.id}` === reference.reference);
        if (target?.resourceType === 'Patient') unresolved = true;
        continue;
      }
      const local = localReference(reference.reference, base);
      if (local === undefined) unresolved ||= reference.reference.startsWith('urn:');
      else if (PATIENT.test(local)) patients.add(local);
      else if (GROUP.test(local)) groups.add(local);
    }
  }
  return { patients: patients.items.sort(), groups: groups.items.sort(), unresolved };
}
