/**
 * What an upload of Consents may be: one Consent (R4 or R5), or a Bundle (collection, batch, transaction) of Consents with the
 * Provenances that hold their signatures and the DocumentReferences that they were signed on. Anything else is refused by name:
 * the gateway does not write what nobody asked it to judge. Each resource is held to the base definition of R4.
 */
import { PrivityError } from '../errors.ts';
import { localReference } from '../fhir/reference.ts';
import { pathText, type Resource } from '../fhir/resource.ts';
import { validateResource } from '../fhir/validate-resource.ts';
import { rewriteStrings } from '../redact/rewrite-strings.ts';
import { toUpstream } from '../redact/rewrite-urls.ts';
import { isR5, toR4Consent } from './admin-consent-to-r4.ts';
import { AdminProblem, type ContentProblem } from './admin-problem.ts';

export interface UploadedResource {
  /** `Consent`, or `Bundle.entry[0]`. */
  readonly path: string;
  /** R4, with the upstream's own URLs, without what the server gives (version, time). */
  readonly resource: Resource;
  readonly fullUrl?: string;
  /** The version that the sender saw: `meta.versionId`, or ifMatch of the entry. */
  readonly seen?: string;
  readonly convertedFrom?: 'R5';
}

export interface Upload {
  readonly consents: readonly UploadedResource[];
  readonly provenances: readonly UploadedResource[];
  readonly documents: readonly UploadedResource[];
  readonly problems: readonly ContentProblem[];
  /** `Patient/p1`: the one that all of it is about; absent where that can't be told. */
  readonly patient?: string;
}

const MAX_ENTRIES = 50;
const ISSUES_TOLD = 20;
const BUNDLES: ReadonlySet<unknown> = new Set(['collection', 'batch', 'transaction']);
const BUNDLE_ELEMENTS: ReadonlySet<string> = new Set([
  'resourceType',
  'id',
  'meta',
  'language',
  'identifier',
  'type',
  'timestamp',
  'entry',
]);
const ENTRY_ELEMENTS: ReadonlySet<string> = new Set(['id', 'fullUrl', 'resource', 'request']);
const REQUEST_ELEMENTS: ReadonlySet<string> = new Set(['method', 'url', 'ifMatch']);
const TYPES: ReadonlySet<unknown> = new Set(['Consent', 'Provenance', 'DocumentReference']);

/** @throws PrivityError `too-large`, `invalid-body`; AdminProblem where it is no upload at all */
export function readUpload(body: Resource, bases: { readonly upstream: string; readonly publicBase: string }): Upload {
  const own = rewriteStrings(body, toUpstream(bases));
  if (own === undefined) throw new PrivityError('invalid-body', 'nested too deeply');
  const problems: ContentProblem[] = [];
  const fault = (path: string, message: string) => void problems.push({ severity: 'error', path, message });
  const all = entriesOf(own).flatMap((entry) => readOne(entry, fault) ?? []);
  const ofType = (type: string) => all.filter(({ resource }) => resource.resourceType === type);
  const consents = ofType('Consent');
  const named = consents.map(({ path, resource }) => patientOf(resource, path, bases.upstream, fault));
  const patients = new Set(named.filter((one) => one !== undefined));
  if (patients.size > 1) fault('Bundle', 'Consents of one patient an upload: these are for several');
  const [patient] = patients;
  return {
    consents,
    provenances: ofType('Provenance'),
    documents: ofType('DocumentReference'),
    problems,
    ...(patient === undefined || patients.size > 1 ? {} : { patient }),
  };
}

interface Entry {
  readonly path: string;
  readonly resource: unknown;
  readonly fullUrl?: unknown;
  readonly request?: unknown;
  readonly strangers: readonly string[];
}

type Fault = (path: string, message: string) => void;

function entriesOf(body: Resource): readonly Entry[] {
  if (body.resourceType === 'Consent') return [{ path: 'Consent', resource: body, strangers: [] }];
  const refuse = (path: string, message: string): never => {
    throw new AdminProblem('invalid-content', [{ severity: 'error', path, message }]);
  };
  if (body.resourceType !== 'Bundle') return refuse('resourceType', 'a Consent, or a Bundle of them');
  if (!BUNDLES.has(body.type)) return refuse('Bundle.type', 'collection, batch or transaction');
  const stranger = Object.keys(body).find((name) => !BUNDLE_ELEMENTS.has(name));
  if (stranger !== undefined) return refuse('Bundle', `an element that is not understood here: ${nameOf(stranger)}`);
  if (!Array.isArray(body.entry) || body.entry.length === 0) return refuse('Bundle.entry', 'nothing is in it');
  if (body.entry.length > MAX_ENTRIES) throw new PrivityError('too-large', `${MAX_ENTRIES} entries at most`);
  const rows: readonly unknown[] = body.entry;
  if (!rows.some((row) => isRow(row) && isRow(row.resource) && row.resource.resourceType === 'Consent'))
    refuse('Bundle.entry', 'no Consent is in it');
  return rows.map((row, index) => {
    const { resource, fullUrl, request } = isRow(row) ? row : {};
    const strangers = isRow(row) ? Object.keys(row).filter((name) => !ENTRY_ELEMENTS.has(name)) : [];
    return { path: `Bundle.entry[${index}]`, resource, fullUrl, request, strangers };
  });
}

function readOne({ path, resource, fullUrl, request, strangers }: Entry, fault: Fault): UploadedResource | undefined {
  for (const name of strangers) fault(path, `an element that is not understood here: ${nameOf(name)}`);
  if (!isRow(resource) || !TYPES.has(resource.resourceType)) {
    fault(path, 'Consent, Provenance and DocumentReference are accepted here');
    return undefined;
  }
  if (fullUrl !== undefined && (typeof fullUrl !== 'string' || fullUrl === '')) fault(`${path}.fullUrl`, 'a URI');
  const given = resource as unknown as Resource;
  const ifMatch = readRequest(request, given, `${path}.request`, fault);
  const { form, lost } = formOf(given);
  for (const name of lost) fault(placeIn(path, `Consent.${name}`), 'R4, the form of the record server, has no place for this');
  const known = form ?? given;
  if (form !== undefined) for (const { place, what } of issuesOf(form)) fault(placeIn(path, place), what);
  const { meta = {}, ...rest } = known;
  const { versionId, lastUpdated: _, ...kept } = isRow(meta) ? (meta as NonNullable<Resource['meta']>) : {};
  const seen = ifMatch ?? (typeof versionId === 'string' ? versionId : undefined);
  return {
    path,
    resource: { ...rest, ...(Object.keys(kept).length === 0 ? {} : { meta: kept }) } as Resource,
    ...(typeof fullUrl === 'string' ? { fullUrl } : {}),
    ...(seen === undefined ? {} : { seen }),
    ...(form !== undefined && form !== given ? { convertedFrom: 'R5' as const } : {}),
  };
}

/** `Consent.status` of a Consent by itself, `Bundle.entry[0].resource.status` in a Bundle. */
export function placeIn(path: string, place: string): string {
  return path === 'Consent' ? place : `${path}.resource${place.replace(/^[A-Za-z]+/, '')}`;
}

function formOf(given: Resource): { readonly form?: Resource; readonly lost: readonly string[] } {
  if (given.resourceType !== 'Consent' || !isR5(given)) return { form: given, lost: [] };
  const { resource, lost } = toR4Consent(given);
  return resource === undefined ? { lost } : { form: resource, lost };
}

/** How something is written the gateway decides; an entry may say no more than that it is to be written. */
function readRequest(request: unknown, { resourceType, id }: Resource, path: string, fault: Fault): string | undefined {
  if (request === undefined) return undefined;
  const { method, url, ifMatch, ...rest } = isRow(request) ? request : {};
  const plain = (method === 'POST' && url === resourceType) || (method === 'PUT' && id !== undefined && url === `${resourceType}/${id}`);
  if (!plain || Object.keys(rest).some((name) => !REQUEST_ELEMENTS.has(name)))
    fault(path, `POST ${resourceType}, or PUT ${resourceType}/id, and ifMatch`);
  if (ifMatch === undefined) return undefined;
  const version = typeof ifMatch === 'string' ? /^(?:W\/)?"([^"]{1,64})"$/.exec(ifMatch)?.[1] : undefined;
  if (version === undefined) fault(`${path}.ifMatch`, 'W/"version"');
  return version;
}

function issuesOf(resource: Resource) {
  const issues = validateResource(resource).map(({ kind, path, what }) => {
    // A name that FHIR does not define could be anything: the path ends before it.
    const strange = path.findIndex((step) => typeof step === 'string' && nameOf(step) !== step);
    return { place: pathText(resource.resourceType, strange < 0 ? path : path.slice(0, strange)), what: `${kind} (${what})` };
  });
  const told = new Map(issues.map((issue) => [`${issue.place} ${issue.what}`, issue]));
  return [...told.values()].slice(0, ISSUES_TOLD);
}

const nameOf = (text: string): string => (/^_?[A-Za-z]{1,40}$/.test(text) ? text : '…');

function patientOf(consent: Resource, path: string, base: string, fault: Fault): string | undefined {
  const text = consent.patient?.reference ?? consent.subject?.reference;
  const local = typeof text === 'string' ? localReference(text, base) : undefined;
  if (local !== undefined && /^Patient\/[A-Za-z0-9.-]{1,64}$/.test(local)) return local;
  fault(
    path === 'Consent' ? 'Consent.patient' : `${path}.resource: Consent.patient`,
    'a reference to a Patient of this record: Patient/id',
  );
  return undefined;
}

function isRow(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
