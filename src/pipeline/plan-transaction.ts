/**
 * Checks every entry of a transaction before anything is sent (design.md 4.6): conditions are searched first, then each write is
 * planned as one of its own. One that is refused refuses the whole.
 */
import { type ErrorCode, PrivityError } from '../errors.ts';
import type { Interaction } from '../fhir/interaction.ts';
import { type EntryRequest, entriesOf, readEntry } from '../fhir/read-entry.ts';
import type { Resource } from '../fhir/resource.ts';
import { isWrite, planWrite } from './answer-write.ts';
import type { Planned, PlannedWrite } from './planned-write.ts';
import type { Match } from './search-stream.ts';
import type { Session } from './session.ts';
import { type TransactionNames, withPlaces } from './transaction-names.ts';
import { acceptBody } from './write-body.ts';
import { findOne } from './write-condition.ts';

export interface PlannedEntry extends EntryRequest {
  /** Absent for a read: it is answered when all is written. */
  readonly planned?: Planned;
}

export interface PlannedTransaction {
  readonly entries: readonly PlannedEntry[];
  readonly names: TransactionNames;
}

/** @throws PrivityError that of the first entry refused, with its number */
export async function planTransaction(session: Session, bundle: Resource): Promise<PlannedTransaction> {
  const { publicBase, writes } = session.deps;
  const raw = entriesOf(bundle, writes.maxEntries);
  const requests = await each(raw, async (entry) => readEntry(entry, publicBase));
  const settled = await each(requests, (request) => settle(session, request));
  const names = namesOf(session, settled);
  const bodies = settled.map(({ interaction }) => withBody(interaction, names));
  seed(session, settled, bodies, names);
  const plan = async (entry: Settled, index: number): Promise<PlannedEntry> => {
    const interaction = bodies[index] ?? entry.interaction;
    if (entry.found !== undefined) return { ...entry, planned: existing(interaction, entry.found) };
    return isWrite(interaction) ? { ...entry, planned: await planWrite(session, interaction, names.standIns) } : entry;
  };
  const entries = await each(settled, plan).finally(() => hideStandIns(session, names));
  refuseRepeated(entries.flatMap(({ planned }) => (planned?.kind === 'write' ? [planned.write] : [])));
  return { entries, names };
}

interface Settled extends EntryRequest {
  /** A conditional create finds it there already. */
  readonly found?: Match;
}

/** Conditional forms become plain ones. */
async function settle(session: Session, request: EntryRequest): Promise<Settled> {
  const { interaction } = request;
  if (!('condition' in interaction) || interaction.condition === undefined) return request;
  const { condition, ...plain } = interaction;
  const found = await findOne(session, interaction.type, condition);
  const id = found?.resource.id;
  if (plain.kind === 'create') return found === undefined ? { ...request, interaction: plain } : { ...request, found };
  if (id !== undefined) return { ...request, interaction: named(plain, id) };
  const creates = plain.kind === 'update-conditional' && plain.resource.id === undefined && plain.ifMatch === undefined;
  if (!creates) throw new PrivityError('not-found');
  return { ...request, interaction: { kind: 'create', type: plain.type, resource: plain.resource } };
}

type Conditional = Extract<Interaction, { kind: 'update-conditional' | 'patch-conditional' | 'delete-conditional' }>;

function named(interaction: Omit<Conditional, 'condition'>, id: string): Interaction {
  const { kind, ...rest } = interaction as Conditional;
  if (kind !== 'update-conditional') return { ...rest, kind: kind === 'patch-conditional' ? 'patch' : 'delete', id } as Interaction;
  const { resource, ...target } = rest as Extract<Conditional, { kind: 'update-conditional' }>;
  if (resource.id !== undefined && resource.id !== id) throw new PrivityError('invalid-body', 'id of the resource and of the match differ');
  return { ...target, kind: 'update', id, resource: { ...resource, id } };
}

function namesOf({ deps }: Session, entries: readonly Settled[]): TransactionNames {
  const places = new Map<string, string>();
  const standIns = new Set<string>();
  for (const [index, { name, interaction, found }] of entries.entries()) {
    if (name === undefined || !('type' in interaction)) continue;
    if (places.has(name)) throw at(index, new PrivityError('invalid-body', 'fullUrl'));
    const id = found?.resource.id ?? ('id' in interaction ? interaction.id : undefined);
    const place = `${interaction.type}/${id ?? deps.writes.newEventId()}`;
    places.set(name, place);
    if (id === undefined) standIns.add(place);
  }
  return { places, standIns };
}

function withBody(interaction: Interaction, names: TransactionNames): Interaction {
  return 'resource' in interaction ? { ...interaction, resource: withPlaces(interaction.resource, names) } : interaction;
}

/** Labels that come from another entry's resource (a visit of the same transaction) are found like those of any other. */
function seed(session: Session, entries: readonly Settled[], bodies: readonly Interaction[], { places, standIns }: TransactionNames): void {
  for (const [index, { name }] of entries.entries()) {
    const place = name === undefined ? undefined : places.get(name);
    const body = bodies[index];
    if (place === undefined || !standIns.has(place) || body === undefined || !('resource' in body)) continue;
    const id = place.slice(place.indexOf('/') + 1);
    const whole = within(index, () => ({ ...acceptBody(session, body.resource), id }));
    session.resources.set(place, Promise.resolve(whole));
  }
}

function existing(interaction: Interaction, found: Match): Planned {
  return { kind: 'existing', type: 'type' in interaction ? String(interaction.type) : '', id: String(found.resource.id), found };
}

function refuseRepeated(writes: readonly PlannedWrite[]): void {
  const targets = writes.flatMap(({ type, id }) => (id === undefined ? [] : [`${type}/${id}`]));
  if (new Set(targets).size < targets.length) throw new PrivityError('invalid-body', 'a transaction names a resource twice');
}

async function each<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (const [index, item] of items.entries()) {
    done.push(
      await work(item, index).catch((error: unknown) => {
        throw at(index, error);
      }),
    );
  }
  return done;
}

function within<T>(index: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw at(index, error);
  }
}

/** Which entry it was; a caller sees no further into the others' fate. */
function at(index: number, error: unknown): unknown {
  if (!(error instanceof PrivityError)) return error;
  const code: ErrorCode = error.code;
  return new PrivityError(code, [`Bundle.entry[${index}]`, error.detail].filter(Boolean).join(': '), { cause: error });
}

/** In the log a patient who is not there yet is nobody. */
function hideStandIns({ recorded }: Session, { standIns }: TransactionNames): void {
  const known = recorded.map((row) => ({ ...row, subjects: row.subjects.filter((subject) => !standIns.has(subject)) }));
  recorded.splice(0, recorded.length, ...known);
}
