/**
 * What a reference tells of its target besides which one it is: `display` is the target's name, `identifier` its record
 * number, copied (FHIR R4 section 2.3.0). A view that does not give them of the target gives them nowhere (45 CFR
 * 164.514(b)(2)(i), (d)): of a type with a `name`, the display goes unless the view lists `name`, the identifier unless it lists
 * `identifier`, and of a type that the view does not list, both. Types that are about no patient (Practitioner, Organization)
 * are given whole when read by themselves, so what refers to them stays, unless the view lists less of them.
 */
import { NOT_ABOUT_PATIENTS } from '../classify/about-patients.ts';
import { isPatientType } from '../fhir/compartment.ts';
import { elementsOf, RESOURCE_TYPES } from '../fhir/definitions.ts';
import { parseReference, withoutFragment } from '../fhir/reference.ts';
import type { JsonObject, Path, Resource } from '../fhir/resource.ts';
import { isObject, type VisitedElement, walkElements } from '../fhir/walk-elements.ts';
import type { View } from '../policy/question.ts';
import { removePaths } from './remove-paths.ts';
import { addMark, SUBSETTED } from './security-marks.ts';
import { settleResource, withoutReferences } from './settle-resource.ts';

const NAMING = { display: 'name', identifier: 'identifier' } as const;
/** Beside the definitions and directories: what a patient is given is no patient's record. */
const SUBSTANCES: ReadonlySet<string> = new Set(['Medication', 'Substance']);
const UUID = /^urn:(uuid|oid):/;

/** @returns the same object where nothing names more than the view gives; `undefined` where nothing valid is left */
export function stripNames(resource: Resource, view: View): Resource | undefined {
  const parts: Path[] = [];
  const whole: Path[] = [];
  const complete = walkElements(resource, (element) => {
    if (!isReference(element)) return;
    const names = namesIn(element, view);
    if (names.length === 0) return;
    if (hasTarget(element.value)) parts.push(...names.map((name) => [...element.path, name]));
    // Nothing that points anywhere would be left of it
    else whole.push(element.path);
  });
  if (!complete) return undefined;
  if (parts.length + whole.length === 0) return resource;
  const cut = whole.length === 0 ? removePaths(resource, parts) : withoutReferences(resource, whole, parts);
  const settled = cut === undefined || whole.length === 0 ? cut : settleResource(resource, cut);
  return settled && addMark(settled, 'tag', SUBSETTED);
}

type ReferenceElement = VisitedElement & { readonly value: JsonObject };

/** What FHIR does not define counts as a Reference where it looks like one. */
function isReference(element: VisitedElement): element is ReferenceElement {
  const { value, type } = element;
  return isObject(value) && (type === 'Reference' || (type === undefined && typeof value.reference === 'string'));
}

/** Whether it says by a literal which resource it means. Any other text, as a search for a record number, is an identifier. */
function hasTarget({ reference }: JsonObject): boolean {
  return (
    typeof reference === 'string' &&
    (reference.startsWith('#') || UUID.test(reference) || parseReference(withoutFragment(reference)) !== undefined)
  );
}

/** @returns the properties that tell more than the view gives of the target */
function namesIn(element: ReferenceElement, view: View): readonly string[] {
  const { value } = element;
  const types = targetTypes(element);
  const told = Object.entries(NAMING).filter(([, name]) => !types.every((type) => gives(view, type, name)));
  const names = told.flatMap(([property]) => [property, `_${property}`]);
  const opaque = typeof value.reference === 'string' && !hasTarget(value) && told.some(([property]) => property === 'identifier');
  // An extension may render either
  return [...names, ...(told.length > 0 ? ['extension'] : []), ...(opaque ? ['reference'] : [])].filter((name) =>
    name === 'extension' ? tells(value.extension) : Object.hasOwn(value, name),
  );
}

/** A code, as why the reference is missing or how confidential it is, names nobody. */
function tells(extensions: unknown): boolean {
  return (
    Array.isArray(extensions) &&
    extensions.some((extension) => !(isObject(extension) && ('valueCode' in extension || 'valueCoding' in extension)))
  );
}

/** Where the reference itself does not say what it refers to, whatever may stand there. */
function targetTypes({ value, definition, container }: ReferenceElement): readonly string[] {
  const { reference, type } = value;
  const literal =
    typeof reference === 'string' ? (containedType(reference, container) ?? parseReference(withoutFragment(reference))?.type) : undefined;
  const said = [literal, type].filter((name): name is string => typeof name === 'string');
  return said.length > 0 ? said : (definition?.targets ?? ['Resource']);
}

function containedType(reference: string, container: Resource): string | undefined {
  if (!reference.startsWith('#')) return undefined;
  if (reference === '#') return container.resourceType;
  const contained = (Array.isArray(container.contained) ? container.contained : []) as readonly Resource[];
  return contained.find(({ id }) => `#${id}` === reference)?.resourceType;
}

function gives(view: View, type: string, name: string): boolean {
  if (!RESOURCE_TYPES.has(type)) return false;
  const listed = Object.hasOwn(view.elements, type) ? view.elements[type] : undefined;
  if (listed === undefined) return !isPatientType(type) && (NOT_ABOUT_PATIENTS.has(type) || SUBSTANCES.has(type));
  return listed === '*' || listed.includes(name) || elementsOf(type)?.has(name) !== true;
}
