/** Which scopes let an interaction through (SMART App Launch 2.2 section 3; threats.md 28). */
import { describe, expect, it } from 'vitest';
import { readScopes } from '../../src/requester/read-scopes.ts';
import { type ScopedInteraction, scopePermits } from '../../src/requester/scope-permits.ts';

const CASES: readonly (readonly [scope: string, interaction: ScopedInteraction, type: string, permits: readonly string[]])[] = [
  ['user/Observation.rs', 'read', 'Observation', ['user/Observation.rs']],
  ['user/Observation.rs', 'read', 'Condition', []],
  ['user/Observation.r', 'search', 'Observation', []],
  ['user/Observation.s', 'read', 'Observation', []],
  ['user/*.rs', 'search', 'Condition', ['user/*.rs']],
  ['user/*.rs', 'create', 'Condition', []],
  ['user/*.rs', 'update', 'Condition', []],
  ['user/*.rs', 'delete', 'Condition', []],
  ['user/Observation.write', 'update', 'Observation', ['user/Observation.write']],
  ['user/Observation.write', 'delete', 'Observation', ['user/Observation.write']],
  ['user/Observation.write', 'read', 'Observation', []],
  ['user/Observation.rd', 'read', 'Observation', ['user/Observation.rd']],
  ['user/Observation.rd', 'search', 'Observation', []],
  [
    'user/Observation.rs?category=a patient/Observation.rs',
    'read',
    'Observation',
    ['user/Observation.rs?category=a', 'patient/Observation.rs'],
  ],
  ['user/Observation.rs?category:not=a', 'read', 'Observation', []],
  ['user/Observation.rs?category:not=a user/*.r', 'read', 'Observation', ['user/*.r']],
  ['openid fhirUser launch/patient', 'read', 'Patient', []],
  ['', 'read', 'Patient', []],
];

describe('scopePermits', () => {
  it.each(CASES)('%j: %s %s', (scope, interaction, type, permits) => {
    const { scopes } = readScopes({ scope }, undefined);
    expect(scopePermits(scopes, interaction, type).map(({ text }) => text)).toEqual(permits);
  });
});

describe('readScopes', () => {
  it('keeps what grants nothing, with the reason', () => {
    const { refused } = readScopes({ scope: 'openid user/Observation.sr user/Foo.rs' }, undefined);
    expect(refused).toEqual([
      { scope: 'user/Observation.sr', reason: 'malformed permissions' },
      { scope: 'user/Foo.rs', reason: 'unknown resource type' },
    ]);
  });

  it('reads an array, and a claim at another place', () => {
    expect(readScopes({ scp: ['user/*.r', 'user/*.s'] }, 'scp').scopes.map(({ text }) => text)).toEqual(['user/*.r', 'user/*.s']);
  });

  it.each([[undefined], [null], [7], [{}], [[7, null]]])('reads no scopes from %j', (scope) => {
    expect(readScopes({ scope }, undefined)).toEqual({ scopes: [], refused: [] });
  });
});
