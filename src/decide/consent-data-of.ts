/**
 * A resource, or one segment of it, as a Consent's provision sees it (design.md 4.2): labels, confidentiality, codes,
 * time, authors, related records. Values come from the resource; labels from classification.
 */
import { isProtected } from '../classify/categories-of.ts';
import { declaredLabel } from '../classify/declared-label.ts';
import type { Label, LabeledResource } from '../classify/label.ts';
import { rowsOf } from '../consent/rows-of.ts';
import type { ConsentData, WideData } from '../consent/vote.ts';
import { CONFIDENTIALITY, CONFIDENTIALITY_ORDER, type Confidentiality } from '../fhir/codes.ts';
import { perResource } from '../fhir/per-resource.ts';
import { localReference, nameOf } from '../fhir/reference.ts';
import type { Coding, Identifier, Resource } from '../fhir/resource.ts';
import { referencesOf } from '../fhir/survey-resource.ts';
import { AUTHOR_ELEMENTS, authorsOf, encountersOf } from './resource-parties.ts';

const CODE_ELEMENTS = ['code', 'type', 'category', 'vaccineCode', 'medicationCodeableConcept', 'serviceType'];

function codingsOf(resource: Resource): Coding[] {
  return CODE_ELEMENTS.flatMap((element) => [resource[element]].flat()).flatMap((concept) => {
    if (typeof concept !== 'object' || concept === null) return [];
    const { coding, code } = concept as { coding?: Coding[]; code?: string };
    return Array.isArray(coding) ? coding : typeof code === 'string' ? [concept as Coding] : [];
  });
}

class Wide {
  readonly codes: Coding[] = [];
  readonly authors = new Set<string>();
  readonly authorIdentifiers: Identifier[] = [];
  readonly #contained: readonly unknown[];
  readonly #base: string;

  constructor({ contained }: Resource, base: string) {
    this.#contained = Array.isArray(contained) ? contained : [];
    this.#base = base;
  }

  /** What a Consent permits or denies is no code of its own: who is denied a code may read that it is denied. */
  code(node: Readonly<Record<string, unknown>>): void {
    const { system, code } = node;
    if (typeof code === 'string') this.codes.push(typeof system === 'string' ? { system, code } : { code });
    for (const name in node) {
      const value = node[name];
      if (name === 'provision' && node.resourceType === 'Consent') continue;
      for (const inner of typeof value === 'object' ? [value].flat() : [])
        if (typeof inner === 'object' && inner !== null) this.code(inner as Readonly<Record<string, unknown>>);
    }
  }

  /** Whatever wrote it: an Organization too, which is nobody's originator. The party itself, one step in (`performer.actor`), or those behind a contained one. */
  author(value: unknown, depth = 0): void {
    if (depth > 4) return;
    for (const { reference, identifier, actor, author, party } of rowsOf(value)) {
      this.#identifiers(identifier);
      if (typeof reference === 'string' && reference.startsWith('#')) this.#behind(reference.slice(1), depth);
      else if (typeof reference === 'string') this.authors.add(localReference(reference, this.#base) ?? reference);
      for (const inner of [actor, author, party]) this.author(inner, depth + 1);
    }
  }

  #behind(id: string, depth: number): void {
    for (const inside of rowsOf(this.#contained).filter((resource) => resource.id === id)) {
      this.#identifiers(inside.identifier);
      for (const behind of [inside.practitioner, inside.organization]) this.author(behind, depth + 1);
    }
  }

  #identifiers(value: unknown): void {
    for (const row of rowsOf(value)) if (typeof row.value === 'string') this.authorIdentifiers.push(row as Identifier);
  }
}

/** Worked out for denies that ask; most Consents never do. */
const wideOf = perResource((resource, base): WideData => {
  const wide = new Wide(resource, base);
  wide.code(resource);
  for (const element of AUTHOR_ELEMENTS) wide.author(resource[element]);
  return {
    codes: wide.codes,
    identifiers: rowsOf(resource.identifier).filter(({ value }) => typeof value === 'string') as Identifier[],
    authors: [...wide.authors],
    authorIdentifiers: wide.authorIdentifiers,
    references: referencesOf(resource, base),
  };
});

/** Clinically relevant time where the resource has one; else none, and a data period can not admit it. */
function periodOf(resource: Resource): ConsentData['period'] {
  const moments = [
    'effectiveDateTime',
    'effectiveInstant',
    'onsetDateTime',
    'performedDateTime',
    'occurrenceDateTime',
    'authoredOn',
    'recordedDate',
    'issued',
    'date',
    'sent',
    'created',
    'started',
    'whenHandedOver',
    'recorded',
    'authored',
  ];
  for (const element of ['effectivePeriod', 'performedPeriod', 'onsetPeriod', 'occurrencePeriod', 'billablePeriod', 'period']) {
    const period = resource[element];
    if (typeof period === 'object' && period !== null) return { start: period.start, end: period.end };
  }
  const moment = moments.map((element) => resource[element]).find((value) => typeof value === 'string');
  return moment === undefined ? undefined : { start: moment, end: moment };
}

/** The confidentiality declared in meta.security, the highest where there are several. */
export function declaredConfidentiality(resource: Resource): Confidentiality | undefined {
  const { security = [] } = resource.meta ?? {};
  if (security.length === 0) return undefined;
  const labels = security.map((coding) => declaredLabel(coding));
  const declared = new Set(labels.flatMap((label) => (label?.system === CONFIDENTIALITY ? [label.code] : [])));
  return CONFIDENTIALITY_ORDER.findLast((code) => declared.has(code));
}

/**
 * The high-water mark of what is declared for a part: for the resource, however it says so, and for the part itself. Beside
 * sensitive matter only the resource's own meta.security can say `N`; a part, or what is contained, can but raise it.
 */
function confidentialityFor({ resource, labels: whole }: LabeledResource, labels: readonly Label[], sensitive: boolean): Confidentiality {
  const least = declaredConfidentiality(resource) ?? (sensitive || labels.some(isProtected) ? 'R' : 'N');
  const declared = [...whole, ...labels].filter(({ system }) => system === CONFIDENTIALITY).map(({ code }) => code);
  return CONFIDENTIALITY_ORDER.findLast((code) => code === least || declared.includes(code)) ?? least;
}

/** @param authors those of the resource, with who is behind a role: what a deny about them reaches */
export function consentDataOf(
  labeled: LabeledResource,
  labels: readonly Label[],
  sensitive: boolean,
  base: string,
  authors: readonly string[] = [],
): ConsentData {
  const { resource } = labeled;
  return {
    ...(resource.id === undefined ? {} : { reference: nameOf(resource) }),
    resourceType: resource.resourceType,
    profiles: resource.meta?.profile ?? [],
    labels: labels.map(({ system, code }) => ({ system, code })),
    confidentiality: confidentialityFor(labeled, labels, sensitive),
    codes: codingsOf(resource),
    period: periodOf(resource),
    authors: authorsOf(resource, base),
    related: encountersOf(resource, base),
    get wide() {
      const wide = wideOf(resource, base);
      const behind = authors.filter((author) => !wide.authors.includes(author));
      return behind.length === 0 ? wide : { ...wide, authors: [...wide.authors, ...behind] };
    },
  };
}
