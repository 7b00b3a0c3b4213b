/**
 * Names and addresses of those who received something, for an accounting (45 CFR 164.528(b)(2)(ii)): the log keeps references,
 * the record knows who they are.
 */
import type { Accounting, NamedDisclosure } from '../audit/accounting.ts';
import { parseReference } from '../fhir/reference.ts';
import type { Upstream } from '../ports.ts';
import { createPartyNames, type Party } from './party-names.ts';

export type RecipientNames = (accounting: Accounting) => Promise<Accounting>;

const KINDS = new Set(['Practitioner', 'PractitionerRole', 'RelatedPerson', 'Organization', 'Patient']);

export function createRecipientNames(upstream: Upstream): RecipientNames {
  const namesOf = createPartyNames(upstream);
  return async (accounting) => {
    const parties = await namesOf(accounting.disclosures.flatMap(referencesOf));
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
