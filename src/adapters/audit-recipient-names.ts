/**
 * Names and addresses of those who received something, for an accounting (45 CFR 164.528(b)(2)(ii)): the log keeps references,
 * the record knows who they are. A name that can't be had leaves the reference.
 */
import { LRUCache } from 'lru-cache';
import type { Accounting, NamedDisclosure } from '../audit/accounting.ts';
import { parseReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Upstream } from '../ports.ts';

export interface Party {
  readonly name?: string;
  readonly address?: string;
}

export type RecipientNames = (accounting: Accounting) => Promise<Accounting>;

const KINDS = new Set(['Practitioner', 'PractitionerRole', 'RelatedPerson', 'Organization', 'Patient']);
const AT_ONCE = 8;

export function createRecipientNames(upstream: Upstream): RecipientNames {
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
      // An accounting is owed although the record is down.
      return {};
    }
  };
  return async (accounting) => {
    const wanted = [...new Set(accounting.disclosures.flatMap(referencesOf))];
    const parties = new Map<string, Party>();
    for (let i = 0; i < wanted.length; i += AT_ONCE) {
      const some = wanted.slice(i, i + AT_ONCE);
      const found = await Promise.all(some.map(lookUp));
      for (const [n, reference] of some.entries()) parties.set(reference, found[n] ?? {});
    }
    return { ...accounting, disclosures: accounting.disclosures.map((row) => named(row, parties)) };
  };
}

function referencesOf({ recipient: { reference, organization } }: NamedDisclosure): readonly string[] {
  return [reference, organization].filter(
    (text): text is string =>
      text !== undefined && KINDS.has(parseReference(text)?.type ?? '') && /^[A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.test(text),
  );
}

function named(row: NamedDisclosure, parties: ReadonlyMap<string, Party>): NamedDisclosure {
  const { reference = '', organization = '' } = row.recipient;
  const [person, organized] = [parties.get(reference), parties.get(organization)];
  const address = organized?.address ?? person?.address;
  return {
    ...row,
    recipient: {
      ...row.recipient,
      ...(person?.name === undefined ? {} : { name: person.name }),
      ...(organized?.name === undefined ? {} : { organizationName: organized.name }),
      ...(address === undefined ? {} : { address }),
    },
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
