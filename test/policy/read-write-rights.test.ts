/** policies/write-rights.yaml: as shipped, and every way in which it could miss what it guards. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWriteRights } from '../../src/policy/read-write-rights.ts';
import { POLICIES } from './shipped.ts';

const shipped = readFileSync(join(POLICIES, 'write-rights.yaml'), 'utf8');
const read = (text: string) => readWriteRights({ path: 'write-rights.yaml', text });

describe('the write rights', () => {
  it('as shipped are sound and guard what decisions read', () => {
    const { rights, problems } = read(shipped);
    expect(problems).toEqual([]);
    const guarded =
      'Consent Group CareTeam PractitionerRole RelatedPerson Organization Practitioner Patient Coverage Encounter Appointment';
    for (const type of guarded.split(' ')) expect(rights?.types.get(type)?.roles.length, type).toBeGreaterThan(0);
    for (const type of ['AuditEvent', 'Subscription', 'SearchParameter']) expect(rights?.refused.has(type), type).toBe(true);
    const clinical = ['treating-provider', 'mental-health-professional', 'patient', 'payer'] as const;
    for (const [type, { roles }] of rights?.types ?? [])
      expect([type, roles.filter((role) => (clinical as readonly string[]).includes(role))]).toEqual([type, []]);
  });

  it.each([
    { name: 'a type that does not exist', text: shipped.replace('  Consent: ', '  Consnt: '), says: 'Consnt' },
    { name: 'a role that does not exist', text: shipped.replace('[policy-admin]', '[policy-admn]'), says: 'roles' },
    { name: 'a purpose that does not exist', text: shipped.replace('HPAYMT:', 'HPAYMNT:'), says: 'HPAYMNT' },
    { name: 'a section that is missing', text: shipped.replace(/^refused:[\s\S]*/m, ''), says: 'refused' },
    { name: 'a section that nobody reads', text: `${shipped}\nmore: {}\n`, says: 'more' },
    { name: 'a key twice', text: shipped.replace('  Group: ', '  Consent: '), says: 'unique' },
  ])('refuse $name, with its place', ({ text, says }) => {
    const { rights, problems } = read(text);
    expect(rights).toBeUndefined();
    expect(problems.map(({ message }) => message).join('\n')).toContain(says);
    expect(problems.every(({ line, column }) => line > 0 && column > 0)).toBe(true);
  });
});
