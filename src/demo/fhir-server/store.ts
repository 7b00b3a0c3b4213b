/**
 * Every version of every resource, in memory, with the indexes that search needs: by type, and by what refers to what. A
 * group of writes is undone as a whole when one of them fails (FHIR R4 section 3.1.0.11.2).
 */
import { referencesIn } from '../../fhir/references-in.ts';
import type { Resource } from '../../fhir/resource.ts';

export interface Version {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
  /** ISO 8601, as in `meta.lastUpdated`. */
  readonly lastUpdated: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absent in the version that a delete leaves. */
  readonly resource?: Resource;
  /** Counts all versions in the store, in the order in which they were written. */
  readonly sequence: number;
}

interface RecordOf {
  readonly versions: Version[];
  /** What the current version refers to. */
  targets: ReadonlySet<string>;
  /** Place among resources of all types, by first creation. */
  readonly order: number;
}

const NONE: ReadonlySet<string> = new Set();

export class Store {
  readonly #records = new Map<string, RecordOf>();
  readonly #types = new Map<string, Map<string, Resource>>();
  readonly #referrers = new Map<string, Set<string>>();
  readonly #log: Version[] = [];
  readonly #base: () => string;
  readonly #now: () => number;
  #undo: (() => void)[] | undefined;
  #lastWrite = 0;
  #created = 0;

  /**
   * @param base base URL, by which absolute references are recognized as local
   * @param now milliseconds since 1970
   */
  constructor(base: () => string, now: () => number) {
    this.#base = base;
    this.#now = now;
  }

  /** The newest version, a deleted one too. */
  current(type: string, id: string): Version | undefined {
    return this.#records.get(`${type}/${id}`)?.versions.at(-1);
  }

  resource(type: string, id: string): Resource | undefined {
    return this.#types.get(type)?.get(id);
  }

  version(type: string, id: string, versionId: string): Version | undefined {
    return this.#records.get(`${type}/${id}`)?.versions.find((version) => version.versionId === versionId);
  }

  types(): readonly string[] {
    return [...this.#types.keys()];
  }

  /** In the order of creation. */
  ofType(type: string): Iterable<Resource> {
    return this.#types.get(type)?.values() ?? [];
  }

  /** Current resources that refer to `target` (`Patient/p1`) anywhere, in the order of creation. */
  referrers(target: string): readonly Resource[] {
    const referrers = [...(this.#referrers.get(target) ?? [])];
    return this.byCreation(referrers.flatMap((key) => this.#records.get(key)?.versions.at(-1)?.resource ?? []));
  }

  byCreation(resources: readonly Resource[]): readonly Resource[] {
    const order = ({ resourceType, id }: Resource) => this.#records.get(`${resourceType}/${id}`)?.order ?? 0;
    return resources
      .map((resource) => ({ resource, order: order(resource) }))
      .sort((a, b) => a.order - b.order)
      .map(({ resource }) => resource);
  }

  referrerCount(target: string): number {
    return this.#referrers.get(target)?.size ?? 0;
  }

  /** Versions written so far. */
  get writes(): number {
    return this.#log.length;
  }

  /** @param mark `writes` at an earlier time */
  writtenSince(mark: number): readonly Version[] {
    return this.#log.slice(mark);
  }

  /** Newest first. */
  history(type?: string, id?: string): readonly Version[] {
    const versions = type !== undefined && id !== undefined ? (this.#records.get(`${type}/${id}`)?.versions ?? []) : this.#log;
    return versions
      .filter((version) => type === undefined || version.type === type)
      .sort((a, b) => Date.parse(b.lastUpdated) - Date.parse(a.lastUpdated) || b.sequence - a.sequence);
  }

  /** Adds a resource as it is: `meta.versionId` and `meta.lastUpdated` are kept where they are given. */
  load(resource: Resource): void {
    const { id, meta } = resource;
    if (id === undefined) throw new Error(`a ${resource.resourceType} to load has no id`);
    this.#append(resource, id, 'PUT', meta?.versionId, meta?.lastUpdated);
  }

  write(resource: Resource, id: string, method: 'POST' | 'PUT' | 'PATCH'): Version {
    return this.#append(resource, id, method);
  }

  delete(type: string, id: string): Version {
    return this.#push(type, id, 'DELETE', (versionId, lastUpdated) => ({ versionId, lastUpdated }));
  }

  /** Runs a group of writes; if it throws, none of them happened. */
  atomically<T>(run: () => T): T {
    if (this.#undo !== undefined) return run();
    const undo: (() => void)[] = [];
    this.#undo = undo;
    try {
      return run();
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    } finally {
      this.#undo = undefined;
    }
  }

  #append(resource: Resource, id: string, method: Version['method'], ownVersion?: string, ownTime?: string): Version {
    return this.#push(resource.resourceType, id, method, (nextVersion, now) => {
      const versionId = ownVersion ?? nextVersion;
      const lastUpdated = ownTime ?? now;
      const { resourceType, id: _id, meta, ...rest } = resource;
      return { versionId, lastUpdated, resource: { resourceType, id, meta: { ...meta, versionId, lastUpdated }, ...rest } };
    });
  }

  #push(
    type: string,
    id: string,
    method: Version['method'],
    make: (versionId: string, now: string) => Pick<Version, 'versionId' | 'lastUpdated' | 'resource'>,
  ): Version {
    const key = `${type}/${id}`;
    const record: RecordOf = this.#records.get(key) ?? { versions: [], targets: NONE, order: this.#created++ };
    const before = record.versions.at(-1);
    const nextVersion = String(Math.max(record.versions.length, Number(before?.versionId) || 0) + 1);
    this.#lastWrite = Math.max(this.#lastWrite, this.#now());
    const made = make(nextVersion, new Date(this.#lastWrite).toISOString());
    const version: Version = { type, id, method, sequence: this.#log.length, ...made };
    this.#records.set(key, record);
    record.versions.push(version);
    this.#log.push(version);
    this.#index(key, record, version);
    this.#undo?.push(() => {
      record.versions.pop();
      this.#log.pop();
      if (before === undefined) this.#records.delete(key);
      this.#index(key, record, before ?? { ...version, resource: undefined });
    });
    return version;
  }

  #index(key: string, record: RecordOf, { type, id, resource }: Version): void {
    for (const target of record.targets) this.#referrers.get(target)?.delete(key);
    record.targets = resource === undefined ? NONE : new Set(referencesIn(resource, this.#base()));
    for (const target of record.targets) {
      const referrers = this.#referrers.get(target) ?? new Set();
      this.#referrers.set(target, referrers.add(key));
    }
    const ofType = this.#types.get(type) ?? new Map<string, Resource>();
    this.#types.set(type, ofType);
    if (resource === undefined) ofType.delete(id);
    else ofType.set(id, resource);
  }
}
