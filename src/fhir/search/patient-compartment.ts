/**
 * The Patient compartment as searches see it (FHIR R4 CompartmentDefinition/patient): the parameters of each type that lead to the
 * patient. Which patients a resource is about is another question (fhir/compartment.ts).
 */
import compartment from '../definitions/r4-patient-compartment.json' with { type: 'json' };
import { localReference, nameOf } from '../reference.ts';
import type { Resource } from '../resource.ts';
import { referencesOf } from './references-of.ts';

const PARAMETERS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(compartment));

/** None: the type is in nobody's compartment. */
export function compartmentParameters(type: string): readonly string[] {
  return PARAMETERS.get(type) ?? [];
}

/** @param patient `Patient/p1` @param base of the references in the resource @returns whether one of the parameters leads to the patient */
export function leadsTo(resource: Resource, parameters: readonly string[], patient: string, base: string): boolean {
  return parameters.some((parameter) => referencesOf(resource, parameter).some((text) => localReference(text, base) === patient));
}

/** Whether the resource is in the compartment of the patient, or the patient itself. */
export function inPatientCompartment(resource: Resource, patient: string, base: string): boolean {
  return nameOf(resource) === patient || leadsTo(resource, compartmentParameters(resource.resourceType), patient, base);
}
