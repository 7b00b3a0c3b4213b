/**
 * A policy administrator's day at a running gateway (issue of administration): a draft with a mistake, its correction, what it
 * would change, its activation, a denied request explained, the roll-back, and what the log has of it. Everything that is
 * printed was answered by the gateway; it leaves the record as open as it found it.
 */
import type { Explanation } from '../../decide/explanation.ts';
import type { Preview } from '../../gateway/admin-preview.ts';
import type { PolicyFinding } from '../../policy/judge-policies.ts';
import type { PolicyProblem } from '../../policy/policy-set.ts';
import { type TourAnswer, type TourDesk, type TourSend, tourDesk } from './tour-desk.ts';

export interface AdminTourOptions {
  /** Of the gateway, for the lines that are printed. */
  readonly url: string;
  readonly send: TourSend;
  readonly say: (line: string) => void;
  /** Persona that does an act again where a second person is needed. */
  readonly second?: string;
}

const ADMIN = 'policy-admin';
const NAME = 'payer-authorization';
const SET = `/admin/policies/${NAME}`;
const CLAIMS = '/fhir/Claim?patient=Patient/maria';
const METADATA = {
  name: NAME,
  mode: 'permit-list',
  title: 'Health plans need an authorization',
  purpose: 'Health plans read records only with a signed authorization of the patient',
  author: 'Petra Novak',
  citations: [{ citation: 'Lakeside Health, privacy manual 5' }],
};
const PAYER = {
  requester: { roles: ['payer'], fhirUser: 'Practitioner/whitfield', organization: 'Organization/meridian-health-plan' },
  purpose: 'HPAYMT',
  reference: 'Claim/mixed-visit-claim',
};

/** @throws Error where the gateway answers otherwise than the tour says */
export async function takeAdminTour({ url, send, say, second }: AdminTourOptions): Promise<void> {
  const desk = tourDesk(url, send, say);
  const before = await claims(desk, 'The health plan reads the claims of its member Maria');
  await mistake(desk);
  const version = await correction(desk);
  await preview(desk, version);
  await act(desk, 'Put in force, at every replica, from the answer on', 'activate', { version }, second);
  const denied = await claims(desk, 'The health plan asks again');
  if (before === 0 || denied > 0) throw new Error('the policy shows nothing here: is another in force?');
  await explanation(desk);
  await act(desk, 'Back to what was in force before', 'rollback', {}, second);
  const after = await claims(desk, 'The health plan asks once more');
  if (after !== before) throw new Error('the roll-back did not bring back what was');
  await log(desk);
}

async function claims(desk: TourDesk, title: string): Promise<number> {
  desk.say(`\n${title}`);
  const { total } = bodyOf<{ total?: number }>(await desk.ask('payer', CLAIMS), 200);
  desk.say(`    ${counted(total ?? 0, 'claim')}`);
  return total ?? 0;
}

async function mistake(desk: TourDesk): Promise<void> {
  desk.say('\nA draft with a mistake');
  const answer = await desk.ask(ADMIN, '/admin/policies', { form: { metadata: METADATA, files: ['draft.cedar'] } });
  const { title, problems } = bodyOf<{ title: string; problems: readonly PolicyProblem[] }>(answer, 422);
  desk.say(`    ${title}`);
  for (const { file, line, column, message, suggestion = '' } of problems)
    desk.say(`    ${file}:${line}:${column} ${message} ${suggestion}`);
}

async function correction(desk: TourDesk): Promise<number> {
  desk.say('\nCorrected: kept as a version, not yet in force, and told what it would do');
  const seen = await etagOf(desk);
  const headers: Record<string, string> = seen === undefined ? {} : { 'If-Match': seen };
  const uploaded = await desk.ask(ADMIN, '/admin/policies', { form: { metadata: METADATA, files: ['corrected.cedar'] }, headers });
  const { version, matrix, effects } = bodyOf<Uploaded>(uploaded, uploaded.status === 200 ? 200 : 201);
  desk.say(
    `    version ${version.version}; of ${matrix.asked} questions on the rows of the law ${matrix.changes.length} are answered with less`,
  );
  for (const { row, from, to } of matrix.changes.slice(0, 2)) desk.say(`      ${row}: ${from} to ${to}`);
  for (const { file, line, policy, message } of effects.findings) desk.say(`    ${file}:${line} ${policy}: ${message}`);
  return version.version;
}

interface Uploaded extends Pick<Preview, 'matrix'> {
  readonly version: { readonly version: number };
  readonly effects: { readonly findings: readonly PolicyFinding[] };
}

async function preview(desk: TourDesk, version: number): Promise<void> {
  desk.say('\nWhat it would change: recorded decisions, asked again by the code that enforces');
  const answer = await desk.ask(ADMIN, `${SET}/preview`, { json: { version }, headers: { Accept: 'text/event-stream' } });
  const events = answer.text.split('\n\n').filter((text) => text.startsWith('event: '));
  const last = events.at(-1) ?? '';
  if (!last.startsWith('event: result\n')) throw new Error(`the preview ended with ${last.split('\n')[0]}`);
  const { window, changed, changes, byRole, examples } = JSON.parse(last.slice(last.indexOf('data: ') + 6)) as Preview;
  desk.say(
    `    ${counted(events.length - 1, 'event')} of progress, then: of ${counted(window.sampled, 'recorded decision')} ${changed} would change`,
  );
  desk.say(`    ${wordsOf(changes)}; by role: ${wordsOf(byRole)}`);
  for (const { reference, from, to, basis } of examples.slice(0, 2))
    desk.say(`      ${reference}: ${from} to ${to}, ${basis[0]?.policy}: ${basis[0]?.citation}`);
}

async function act(desk: TourDesk, title: string, kind: 'activate' | 'rollback', json: object, second: string | undefined): Promise<void> {
  desk.say(`\n${title}`);
  const request = async () => ({ json, headers: { 'If-Match': (await etagOf(desk)) ?? '' } });
  let answer = await desk.ask(ADMIN, `${SET}/${kind}`, await request());
  if (answer.status === 202 && second !== undefined) {
    desk.say('    waits for a second person, who does the same');
    answer = await desk.ask(second, `${SET}/${kind}`, await request());
  }
  const { active, policyVersion } = bodyOf<{ active?: number; policyVersion: string }>(answer, 200);
  desk.say(`    in force: ${active === undefined ? 'no version' : `version ${active}`}; policy ${policyVersion.slice(0, 12)}…`);
}

async function explanation(desk: TourDesk): Promise<void> {
  desk.say('\nWhy, and what would turn it');
  const { effect, policies, questions, changes } = bodyOf<Explanation>(await desk.ask(ADMIN, '/admin/explain', { json: PAYER }), 200);
  desk.say(`    ${PAYER.reference}: ${effect}`);
  for (const row of policies.filter(({ set }) => set === NAME)) desk.say(`    ${row.effect} by ${row.set}: ${row.citation}`);
  const [missed] = questions.flatMap(({ sets }) => sets.filter(({ set }) => set === NAME)).flatMap((set) => set.missed);
  if (missed !== undefined) desk.say(`    nearest permit ${missed.policy}, ${missed.citation}: not so: ${missed.failed.join(' && ')}`);
  for (const { how, kind, value, effect: then } of changes.slice(0, 3)) desk.say(`    ${how} ${kind} ${value}: ${then}`);
}

async function log(desk: TourDesk): Promise<void> {
  desk.say('\nWhat the log has of it, the latest first');
  const { entry } = bodyOf<{ entry?: readonly Entry[] }>(await desk.ask('auditor', `/audit/AuditEvent?agent=${ADMIN}&_count=12`), 200);
  for (const { resource } of entry ?? []) {
    const { recorded, subtype, outcome, outcomeDesc = '', entity } = resource;
    const name = entity?.flatMap((one) => one.name ?? [])[0] ?? '';
    const came = outcome === '0' ? (outcomeDesc === 'intent' ? 'begun' : 'done') : `refused: ${outcomeDesc}`;
    desk.say(`    ${recorded} ${(subtype?.at(-1)?.code ?? '').padEnd(8)} ${name} ${came}`);
  }
}

interface Entry {
  readonly resource: {
    readonly recorded: string;
    readonly subtype?: readonly { readonly code: string }[];
    readonly outcome?: string;
    readonly outcomeDesc?: string;
    readonly entity?: readonly { readonly name?: string }[];
  };
}

/** The state that was seen; nothing where there is no such set. */
async function etagOf(desk: TourDesk): Promise<string | undefined> {
  const answer = await desk.look(ADMIN, SET);
  return answer.status === 404 ? undefined : (answer.headers.get('etag') ?? undefined);
}

function bodyOf<T>({ status, text }: TourAnswer, expected: number): T {
  if (status !== expected) throw new Error(`${status} instead of ${expected}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function wordsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
