/**
 * One walk over a resource that finds everything a label can come from (design.md 4.1 points 1 and 2; threats.md 19, 50):
 * every Coding that a code set knows, wherever it stands, and every declared label. The walk looks at shapes, not at
 * definitions: `system` beside `code` is a Coding in an unknown extension too. Text is never interpreted.
 */

import { PrivityError } from '../errors.ts';
import { LOINC } from '../fhir/codes.ts';
import type { Path, Resource } from '../fhir/resource.ts';
import { NOT_ABOUT_PATIENTS, TERMINOLOGY } from './about-patients.ts';
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
const LOINC_FORM = /^https?:\/\/loinc\.org\/q\/([^/|?#]+)/;

/** Elements that the walk does not just pass through. */
const SPECIAL: ReadonlySet<string> = new Set(
  'resource outcome contained meta valueMeta securityLabel extension modifierExtension provision'.split(' '),
);

class Walk {
  readonly codes: FoundCode[] = [];
  readonly labels: FoundLabel[] = [];
  readonly index: CodeIndex;
  /** Steps from the root to the node in hand; only the first `depth` count. */
  readonly #steps: (string | number)[] = [];
  #depth = 0;

  constructor(index: CodeIndex) {
    this.index = index;
  }

  get path(): (string | number)[] {
    return this.#steps.slice(0, this.#depth);
  }

  code(system: unknown, code: string): void {
    const named = typeof system === 'string' ? system : undefined;
    const matches = this.index.match(named, code);
    if (matches.length > 0) this.codes.push({ path: this.path, system: named, code, matches });
  }

  resource(node: Node, exempt: ReadonlySet<string>): void {
    if (typeof node.confidentiality === 'string' && node.resourceType === 'Composition') {
      this.label({ code: node.confidentiality }, 'Composition.confidentiality', this.path, 'confidentiality');
    }
    if (typeof node.questionnaire === 'string') {
      const form = LOINC_FORM.exec(node.questionnaire)?.[1];
      // Which form was filled in says what every answer is about: without its name they would still be answers to it.
      if (form !== undefined) this.code(LOINC, form);
    }
    if (!exempt.has(node.resourceType as string)) this.object(node);
    else if (typeof node.meta === 'object' && node.meta !== null) this.child('meta', node.meta as Node);
  }

  object(node: Node): void {
    if (typeof node.code === 'string') this.code(node.system, node.code);
    for (const key in node) {
      const value = node[key];
      if (typeof value !== 'object' || value === null) continue;
      // What a Consent permits or denies is no statement about the patient
      if (key === 'provision' && node.resourceType === 'Consent') continue;
      this.child(key, value as Node);
    }
  }

  child(key: string, value: Node): void {
    this.#enter(key);
    if (Array.isArray(value)) this.#items(key, value);
    else if (SPECIAL.has(key)) this.#special(key, value);
    else this.object(value);
    this.#depth -= 1;
  }

  #items(key: string, items: readonly unknown[]): void {
    const isSpecial = SPECIAL.has(key);
    for (let at = 0; at < items.length; at += 1) {
      const item = items[at];
      if (typeof item !== 'object' || item === null) continue;
      this.#enter(at);
      if (Array.isArray(item)) this.#items(key, item);
      else if (isSpecial) this.#special(key, item as Node);
      else this.object(item as Node);
      this.#depth -= 1;
    }
  }

  #enter(step: string | number): void {
    if (this.#depth >= DEEPEST) throw new PrivityError('too-large', 'nesting');
    this.#steps[this.#depth] = step;
    this.#depth += 1;
  }

  #special(key: string, node: Node): void {
    if (key === 'resource' || key === 'outcome') this.resource(node, NOT_ABOUT_PATIENTS);
    else if (key === 'contained') this.resource(node, TERMINOLOGY);
    else {
      if (key === 'meta' || key === 'valueMeta') this.meta(node);
      else if (key === 'securityLabel') this.securityLabel(node);
      else if (typeof node.url === 'string' && node.url.endsWith(INLINE_LABEL)) this.inlineLabel(node);
      this.object(node);
    }
  }

  label(coding: { system?: unknown; code?: unknown }, rule: string, about: Path, ...steps: (string | number)[]): void {
    const declared = declaredLabel(coding);
    if (declared !== undefined) this.labels.push({ ...declared, rule, about, path: [...this.path, ...steps] });
  }

  /** `meta.security` with the bases that DS4P hangs on a label. */
  meta(node: Node): void {
    const path = this.path;
    const about = path.at(-1) === 'meta' ? path.slice(0, -1) : path;
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
  }

  /** DocumentReference.securityLabel, AuditEvent.entity.securityLabel, Contract.term.securityLabel: about the element that holds it. */
  securityLabel(node: Node): void {
    const path = this.path;
    const about = path.slice(0, path.lastIndexOf('securityLabel'));
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
  }

  /** DS4P: the label of the element that carries the extension; `_birthDate` carries it for `birthDate`. */
  inlineLabel(node: Node): void {
    const path = this.path;
    const about = path.slice(0, Math.max(path.lastIndexOf('extension'), path.lastIndexOf('modifierExtension')));
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
  walk.resource(resource as Node, NOT_ABOUT_PATIENTS);
  return walk;
}
