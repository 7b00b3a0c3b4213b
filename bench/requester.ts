import type { Requester } from '../src/requester/requester.ts';

/** A physician who treats. */
export const PHYSICIAN: Requester = {
  id: 'physician-1',
  issuer: 'https://issuer.bench',
  clientId: 'ehr',
  expiresAt: 4_000_000_000,
  roles: ['treating-provider'],
  purpose: 'TREAT',
  purposes: ['TREAT'],
  fhirUser: 'Practitioner/d1',
  organization: { reference: 'Organization/o1' },
  references: ['Practitioner/d1', 'Organization/o1'],
  identifiers: [],
  scopes: [
    {
      level: 'user',
      resourceType: '*',
      create: false,
      read: true,
      update: false,
      delete: false,
      search: true,
      query: [],
      text: 'user/*.rs',
    },
  ],
  claimedFacts: [],
  attestations: [],
};
