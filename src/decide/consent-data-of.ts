/**
 * A resource, or one segment of it, as a Consent's provision sees it (design.md 4.2): labels, confidentiality, codes,
 * time, authors, related records. Values come from the resource; labels from classification.
 */
import { isProtected } from '../classify/categories-of.ts';
import { declaredLabel } from '../classify/declared-label.ts';
import type { Label, LabeledResource } from '../classify/label.ts';
import type { ConsentData } from '../consent/vote.ts';
import { CONFIDENTIALITY, CONFIDENTIALITY_ORDER, type Confidentiality } from '../fhir/codes.ts';
import { nameOf } from '../fhir/reference.ts';
import type { Coding, Resource } from '../fhir/resource.ts';
import { authorsOf, encountersOf } from './resource-parties.ts';

const CODE_ELEMENTS = ['code', 'type', 'category', 'vaccineCode', 'medicationCodeableConcept', 'serviceType'];

function codingsOf(resource: Resource): Coding[] {
  return CODE_ELEMENTS.flatMap((element) => [resource[element]].flat()).flatMap((concept) => {
    if (typeof concept !== 'object' || concept === null) return [];
    const { coding, code } = concept as { coding?: Coding[]; code?: string };
    return Array.isArray(coding) ? coding : typeof code === 'string' ? [concept as Coding] : [];
  });
}

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

export function consentDataOf(labeled: LabeledResource, labels: readonly Label[], sensitive: boolean, base: string): ConsentData {
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
  };
}
