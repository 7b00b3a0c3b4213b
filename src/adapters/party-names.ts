/**
 * Names and addresses of people and organizations as the record server has them: the log keeps references. A name that can't be
 * had leaves the reference.
 */
import { LRUCache } from 'lru-cache';
import type { Resource } from '../fhir/resource.ts';
import type { Upstream } from '../ports.ts';

export interface Party {
  readonly name?: string;
  readonly address?: string;
}

/** @param references relative: `Practitioner/p1`; each is in the answer */
export type PartyNames = (references: Iterable<string>) => Promise<ReadonlyMap<string, Party>>;

const AT_ONCE = 8;

/** Kept for ten minutes. */
export function createPartyNames(upstream: Upstream): PartyNames {
  const known = new LRUCache<string, Party>({ max: 1000, ttl: 600_000 });
  const lookUp = async (reference: string): Promise<Party> => {
    const found = known.get(reference);
    if (found !== undefined) return found;
    try {
      const { status, resource } = await upstream.get(reference);
      const party = status === 200 && resource !== undefined ? partyOf(resource) : {};
      known.set(reference, party);
      return party;
    } catch {
      // What is asked for is owed although the record is down.
      return {};
    }
  };
  return async (references) => {
    const wanted = [...new Set(references)];
    const parties = new Map<string, Party>();
    for (let i = 0; i < wanted.length; i += AT_ONCE) {
      const some = wanted.slice(i, i + AT_ONCE);
      const found = await Promise.all(some.map(lookUp));
      for (const [n, reference] of some.entries()) parties.set(reference, found[n] ?? {});
    }
    return parties;
  };
}

interface Name {
  readonly text?: string;
  readonly prefix?: readonly string[];
  readonly given?: readonly string[];
  readonly family?: string;
}
interface Address {
  readonly text?: string;
  readonly line?: readonly string[];
  readonly city?: string;
  readonly state?: string;
  readonly postalCode?: string;
}

function partyOf(resource: Resource): Party {
  const name = typeof resource.name === 'string' ? resource.name : nameText((resource.name as readonly Name[] | undefined)?.[0]);
  const address = addressText((resource.address as readonly Address[] | undefined)?.[0]);
  return { ...(name === '' ? {} : { name }), ...(address === '' ? {} : { address }) };
}

function nameText({ text, prefix = [], given = [], family }: Name = {}): string {
  return text ?? [...prefix, ...given, family].filter((part) => part !== undefined).join(' ');
}

function addressText({ text, line = [], city, state, postalCode }: Address = {}): string {
  return (
    text ?? [...line, [city, state, postalCode].filter((part) => part !== undefined).join(' ')].filter((part) => part !== '').join(', ')
  );
}
