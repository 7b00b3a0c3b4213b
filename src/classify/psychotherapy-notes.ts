/**
 * Is it a psychotherapy note (45 CFR 164.501)? Narrative or media of a counseling session, by a mental health
 * professional, kept apart. No code proves one: a declared label or the installation's own rules do; narrative that
 * only looks like one is a candidate for review (law/classification.json, decision_procedure).
 */
import type { Coding, Reference, Resource } from '../fhir/resource.ts';
import type { CodeIndex, CodeRole } from './code-set.ts';
import type { FoundCode } from './find-codes.ts';
import type { ClassifyContext, PsychotherapyNoteRules, ReviewReason } from './label.ts';

/** Types whose content can be narrative or media of a session; everything else is what 164.501 excludes. */
const CAN_BE_NOTES: ReadonlySet<string> = new Set([
  'DocumentReference',
  'Binary',
  'Composition',
  'Media',
  'Communication',
  'DocumentManifest',
]);
/** Elements in which a code says what kind of document this is. */
const SAYS_KIND: ReadonlySet<unknown> = new Set(['type', 'category', 'section', 'topic', 'code']);
const AUTHOR_TYPES: ReadonlySet<unknown> = new Set(['Practitioner', 'PractitionerRole']);

export function canBePsychotherapyNote(resource: Resource): boolean {
  return CAN_BE_NOTES.has(resource.resourceType) || (resource.resourceType === 'Bundle' && resource.type === 'document');
}

const list = <T>(value: T | readonly T[] | undefined): readonly T[] => (value === undefined ? [] : ([value].flat() as T[]));

function hasToken(tokens: readonly string[], concepts: unknown): boolean {
  if (tokens.length === 0) return false;
  const codings = list(concepts as { coding?: readonly Coding[] } | undefined).flatMap((concept) => concept?.coding ?? []);
  return codings.some(({ system = '', code }) => code !== undefined && (tokens.includes(`${system}|${code}`) || tokens.includes(code)));
}

const sameStore = (a: string, b: string): boolean => a.replace(/[#|].*$/, '').replace(/\/+$/, '') === b.replace(/\/+$/, '');

function inStore(stores: readonly string[], store: string | undefined): boolean {
  return store !== undefined && stores.some((each) => sameStore(store, each));
}

function isAttested(resource: Resource, attesters: readonly string[]): boolean {
  if (attesters.length === 0) return false;
  const parties = [
    ...list<Reference>(resource.authenticator),
    ...list<{ party?: Reference }>(resource.attester).map((attester) => attester?.party),
    ...list<Reference>(resource.sender),
  ];
  return parties.some((party) => {
    const reference = party?.reference?.replace(/\/_history\/.*$/, '');
    return reference !== undefined && attesters.some((attester) => reference === attester || reference.endsWith(`/${attester}`));
  });
}

function kindRoles(codes: readonly FoundCode[]): ReadonlySet<CodeRole> {
  const roles = new Set<CodeRole>();
  for (const { path, matches } of codes) {
    if (path[0] === 'contained' || !path.some((step) => SAYS_KIND.has(step))) continue;
    for (const { role } of matches) if (role !== undefined) roles.add(role);
  }
  return roles;
}

/** Professions of the authors: as the pipeline loaded them, or of a contained author. */
function authorRoles(resource: Resource, codes: readonly FoundCode[], context: ClassifyContext, index: CodeIndex): ReadonlySet<CodeRole> {
  const roles = new Set<CodeRole>();
  for (const { system, code } of context.authorCodings ?? []) {
    if (code !== undefined) for (const { role } of index.match(system, code)) if (role !== undefined) roles.add(role);
  }
  for (const { path, matches } of codes) {
    const holder = path[0] === 'contained' ? resource.contained?.[path[1] as number] : undefined;
    if (!AUTHOR_TYPES.has(holder?.resourceType)) continue;
    for (const { role } of matches) if (role !== undefined) roles.add(role);
  }
  return roles;
}

/** The installation's rule that makes this resource a note: `stores`, `profiles`, …; excluded content only by naming its very type. */
function installationRule(
  resource: Resource,
  kinds: ReadonlySet<CodeRole>,
  context: ClassifyContext,
  rules: PsychotherapyNoteRules,
): keyof PsychotherapyNoteRules | undefined {
  if (!canBePsychotherapyNote(resource)) return undefined;
  if (hasToken(rules.documentTypes, resource.type)) return 'documentTypes';
  if (kinds.has('excluded-document')) return undefined;
  if (inStore(rules.stores, context.store) || inStore(rules.stores, resource.meta?.source)) return 'stores';
  const profiles = resource.meta?.profile ?? [];
  if (profiles.some((profile) => rules.profiles.includes(profile) || rules.profiles.includes(profile.replace(/\|.*$/, ''))))
    return 'profiles';
  if (hasToken(rules.categories, resource.category)) return 'categories';
  return isAttested(resource, rules.attesters) ? 'attesters' : undefined;
}

export interface PsychotherapyNoteFinding {
  /** Rule of the installation that says so; absent where none does. */
  readonly installation?: keyof PsychotherapyNoteRules;
  readonly candidate: boolean;
  /** Sensitivity that the author's profession gives to narrative. */
  readonly authorLabels: readonly ('MH' | 'SUD')[];
  readonly reviews: readonly ReviewReason[];
}

const NOTHING: PsychotherapyNoteFinding = { candidate: false, authorLabels: [], reviews: [] };

/**
 * @param labelled whether a label says already that it is a note: declared, inherited by a Binary, or by a code set
 * @param codes what findCodes found in the resource
 */
export function psychotherapyNotes(
  resource: Resource,
  labelled: boolean,
  codes: readonly FoundCode[],
  context: ClassifyContext,
  rules: PsychotherapyNoteRules,
  index: CodeIndex,
): PsychotherapyNoteFinding {
  const can = canBePsychotherapyNote(resource);
  if (!can) return labelled ? { ...NOTHING, reviews: ['psythpn-on-excluded-content'] } : NOTHING;
  const kinds = kindRoles(codes);
  const authors = authorRoles(resource, codes, context, index);
  const installation = installationRule(resource, kinds, context, rules);
  const isMentalHealth = authors.has('mental-health-professional') || authors.has('mental-health-staff');
  const candidate =
    !labelled &&
    installation === undefined &&
    kinds.has('counseling-note') &&
    (authors.has('mental-health-professional') || authors.has('sud-professional'));
  const reviews: ReviewReason[] = [];
  if (candidate) reviews.push('psychotherapy-note-candidate');
  if ((labelled || installation !== undefined) && kinds.has('excluded-document')) reviews.push('psythpn-on-excluded-content');
  const store = context.store ?? resource.meta?.source;
  if (
    labelled &&
    rules.stores.length > 0 &&
    store !== undefined &&
    !inStore(rules.stores, context.store) &&
    !inStore(rules.stores, resource.meta?.source)
  ) {
    reviews.push('psythpn-outside-separate-store');
  }
  const authorLabels = [...(isMentalHealth ? (['MH'] as const) : []), ...(authors.has('sud-professional') ? (['SUD'] as const) : [])];
  return { ...(installation === undefined ? {} : { installation }), candidate, authorLabels, reviews };
}
