/**
 * One walk over a resource that finds everything a label can come from (design.md 4.1 points 1 and 2; threats.md 19, 50):
 * every Coding that a code set knows, wherever it stands, and every declared label. The walk looks at shapes, not at
 * definitions: `system` beside `code` is a Coding in an unknown extension too. Text is never interpreted.
 */

import { PrivityError } from '../errors.ts';
import { LOINC } from '../fhir/codes.ts';
import type { Path, Resource } from '../fhir/resource.ts';
import type { CodeIndex, CodeMatch } from './code-set.ts';
import { type DeclaredLabel, declaredLabel } from './declared-label.ts';

/** A Coding that code sets know. */
export interface FoundCode {
  readonly path: Path;
  readonly system: string | undefined;
  readonly code: string;
  readonly matches: readonly CodeMatch[];
}

export interface FoundLabel extends DeclaredLabel {
  /** Where the label is written. */
  readonly path: Path;
  /** The element that it is about. */
  readonly about: Path;
  readonly rule: string;
}

export interface Found {
  readonly codes: readonly FoundCode[];
  readonly labels: readonly FoundLabel[];
}

type Node = Record<string, unknown>;

/** Levels of arrays and objects; FHIR content stays far below, a stack overflow far above. */
const DEEPEST = 400;
const INLINE_LABEL = 'inline-sec-label';
const LOINC_FORM = /^https?:\/\/loinc\.org\/q\/([^/|]+)/;

/** Definitions: their codes say what could be recorded, not what was recorded about a patient. */
const DEFINITIONS: ReadonlySet<string> = new Set(
  (
    'ActivityDefinition CapabilityStatement CatalogEntry ChargeItemDefinition CodeSystem CompartmentDefinition ConceptMap DeviceDefinition ' +
    'EffectEvidenceSynthesis EventDefinition Evidence EvidenceVariable ExampleScenario GraphDefinition ImplementationGuide InsurancePlan ' +
    'Library Measure MedicationKnowledge MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication ' +
    'MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged ' +
    'MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition NamingSystem ObservationDefinition ' +
    'OperationDefinition PlanDefinition Questionnaire ResearchDefinition ResearchElementDefinition ResearchStudy RiskEvidenceSynthesis ' +
    'SearchParameter SpecimenDefinition StructureDefinition StructureMap Subscription SubstanceNucleicAcid SubstancePolymer SubstanceProtein ' +
    'SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification TerminologyCapabilities TestReport TestScript ValueSet'
  )
    .split(' ')
    // Directories: what a clinic or a clinician offers is about them; what it says of a patient is judged on the patient's record.
    .concat('Endpoint HealthcareService Location Organization OrganizationAffiliation Practitioner PractitionerRole'.split(' ')),
);
/** Definitions that stay definitions even inside a patient's resource. */
const TERMINOLOGY: ReadonlySet<string> = new Set(['CodeSystem', 'ConceptMap', 'ValueSet']);

/** Whether codes in a resource of this type, standing by itself, say something about a patient. */
export function saysSomethingOfPatients(resourceType: string): boolean {
  return !DEFINITIONS.has(resourceType);
}

class Walk {
  readonly codes: FoundCode[] = [];
  readonly labels: FoundLabel[] = [];
  readonly path: (string | number)[] = [];
  readonly index: CodeIndex;

  constructor(index: CodeIndex) {
    this.index = index;
  }

  code(system: unknown, code: string, key?: string): void {
    const matches = this.index.match(typeof system === 'string' ? system : undefined, code);
    if (matches.length === 0) return;
    const path = key === undefined ? [...this.path] : [...this.path, key];
    this.codes.push({ path, system: typeof system === 'string' ? system : undefined, code, matches });
  }

  resource(node: Node, exempt: ReadonlySet<string>): void {
    if (typeof node.confidentiality === 'string' && node.resourceType === 'Composition') {
      this.label({ system: undefined, code: node.confidentiality }, 'Composition.confidentiality', [...this.path], 'confidentiality');
    }
    if (typeof node.questionnaire === 'string') {
      const form = LOINC_FORM.exec(node.questionnaire)?.[1];
      if (form !== undefined) this.code(LOINC, form, 'questionnaire');
    }
    if (exempt.has(node.resourceType as string)) this.child('meta', node.meta as Node | undefined);
    else this.object(node);
  }

  object(node: Node): void {
    if (typeof node.code === 'string') this.code(node.system, node.code);
    for (const key in node) {
      const value = node[key];
      if (typeof value === 'object' && value !== null) this.child(key, value as Node, node);
    }
  }

  child(key: string, value: Node | undefined, parent?: Node): void {
    if (value === undefined) return;
    if (key === 'provision' && parent?.resourceType === 'Consent') return;
    this.path.push(key);
    if (this.path.length > DEEPEST) throw new PrivityError('too-large', 'nesting');
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at += 1) {
        const item = value[at];
        if (typeof item !== 'object' || item === null) continue;
        this.path.push(at);
        if (Array.isArray(item)) this.child('', item as unknown as Node);
        else this.item(key, item as Node);
        this.path.pop();
      }
    } else this.item(key, value);
    this.path.pop();
  }

  item(key: string, node: Node): void {
    switch (key) {
      case 'resource':
      case 'outcome':
        this.resource(node, DEFINITIONS);
        return;
      case 'contained':
        this.resource(node, TERMINOLOGY);
        return;
      case 'meta':
      case 'valueMeta':
        this.meta(node);
        return;
      case 'securityLabel':
        this.securityLabel(node);
        return;
      case 'extension':
      case 'modifierExtension':
        if (typeof node.url === 'string' && node.url.endsWith(INLINE_LABEL)) this.inlineLabel(node);
        this.object(node);
        return;
      default:
        this.object(node);
    }
  }

  label(coding: { system?: unknown; code?: unknown }, rule: string, about: Path, ...steps: (string | number)[]): void {
    const declared = declaredLabel(coding);
    if (declared !== undefined) this.labels.push({ ...declared, rule, about, path: [...this.path, ...steps] });
  }

  /** `meta.security` with the bases that DS4P hangs on a label; profile, tag and the rest are walked like anything else. */
  meta(node: Node): void {
    const about = this.path.slice(0, this.path.at(-1) === 'valueMeta' ? undefined : -1);
    const security = Array.isArray(node.security) ? node.security : node.security === undefined ? [] : [node.security];
    security.forEach((coding: Node | null, at) => {
      if (typeof coding !== 'object' || coding === null) return;
      this.label(coding, 'meta.security', about, 'security', at);
      const extensions = Array.isArray(coding.extension) ? coding.extension : [];
      extensions.forEach((extension: Node | null, position) => {
        const basis = extension?.valueCoding as Node | undefined;
        if (basis !== undefined) this.label(basis, 'meta.security', about, 'security', at, 'extension', position, 'valueCoding');
      });
    });
    this.object(node);
  }

  /** DocumentReference.securityLabel, AuditEvent.entity.securityLabel, Contract.term.securityLabel: about the element that holds it. */
  securityLabel(node: Node): void {
    const end = this.path.lastIndexOf('securityLabel');
    const about = this.path.slice(0, end);
    const declare = (value: unknown, steps: readonly (string | number)[]): void => {
      if (Array.isArray(value)) for (const [at, item] of value.entries()) declare(item, [...steps, at]);
      else if (typeof value === 'object' && value !== null) {
        const inner = value as Node;
        if (typeof inner.code === 'string') this.label(inner, 'securityLabel', about, ...steps);
        for (const name of ['coding', 'classification', 'category', 'control'])
          if (inner[name] !== undefined) declare(inner[name], [...steps, name]);
      }
    };
    declare(node, []);
    this.object(node);
  }

  /** DS4P: the label of the element that carries the extension; `_birthDate` carries it for `birthDate`. */
  inlineLabel(node: Node): void {
    const about = this.path.slice(0, Math.max(this.path.lastIndexOf('extension'), this.path.lastIndexOf('modifierExtension')));
    const last = about.findLastIndex((step) => typeof step === 'string');
    const name = about[last];
    if (typeof name === 'string' && name.startsWith('_')) about[last] = name.slice(1);
    const coding = (node.valueCoding ?? (node.valueCodeableConcept as Node | undefined)?.coding) as Node | Node[] | undefined;
    for (const each of [coding ?? []].flat()) this.label(each, 'inline-sec-label', about);
  }
}

/** @throws PrivityError `too-large` for nesting that no FHIR content has */
export function findCodes(resource: Resource, index: CodeIndex): Found {
  const walk = new Walk(index);
  walk.resource(resource as Node, DEFINITIONS);
  return walk;
}
