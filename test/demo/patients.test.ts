/** The demo's patients are valid R4, closed under reference, and tell the stories that they are there to tell. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { demoAttestations, demoEarlierVersions, demoInstallation, demoResources } from '../../src/demo/patients/demo-resources.ts';
import { subjectsOf } from '../../src/fhir/compartment.ts';
import { parseReference } from '../../src/fhir/reference.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { walkElements } from '../../src/fhir/walk-elements.ts';

const TODAY = new Date('2027-02-28T12:00:00Z');
const resources = demoResources(TODAY);
const byReference = new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));

function get(reference: string): Resource {
  const found = byReference.get(reference);
  if (found === undefined) throw new Error(`no ${reference} in the demo`);
  return found;
}

const labelsOf = (resource: Resource) => (resource.meta?.security ?? []).map((coding) => coding.code);

/** Every literal reference and every relative URL of an attachment, with the types that the element may point at. */
function pointersOf(resource: Resource): { to: string; targets: readonly string[] }[] {
  const pointers: { to: string; targets: readonly string[] }[] = [];
  walkElements(resource, ({ value, type, definition }) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { reference, url } = value as { reference?: string; url?: string };
    if (type === 'Reference' && reference !== undefined) pointers.push({ to: reference, targets: definition?.targets ?? [] });
    if (type === 'Attachment' && url !== undefined) pointers.push({ to: url, targets: ['Binary'] });
  });
  return pointers;
}

describe('every resource of the demo', () => {
  it('has an id of its own, in a set of a size that a person can know', () => {
    expect(byReference.size).toBe(resources.length);
    expect(resources.length).toBeGreaterThan(80);
    expect(resources.length).toBeLessThan(150);
  });

  it.each([...byReference])('%s is valid against the base R4 definitions', (_reference, resource) => {
    expect(validateResource(resource)).toEqual([]);
  });

  it('refers only to resources of the demo, of a type that the element allows', () => {
    const wrong = resources.flatMap((resource) =>
      pointersOf(resource)
        .filter(({ to, targets }) => {
          const type = parseReference(to)?.type ?? '';
          return !byReference.has(to) || !(targets.length === 0 || targets.includes(type) || targets.includes('Resource'));
        })
        .map(({ to }) => `${resource.resourceType}/${resource.id} -> ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('is the same for the same day, and young for another', () => {
    expect(demoResources(TODAY)).toEqual(resources);
    const later = demoResources(new Date('2031-07-01T00:00:00Z')).find((resource) => resource.id === 'lily');
    expect(later?.birthDate).toBe('2014-12-15');
  });

  it('holds the text of its notes whole: size and hash of the attachment are those of the Binary', () => {
    const documents = resources.filter((resource) => resource.resourceType === 'DocumentReference');
    expect(documents.length).toBeGreaterThan(8);
    for (const document of documents) {
      const { url, size, hash } = document.content[0].attachment;
      const bytes = Buffer.from(get(url).data, 'base64');
      expect([document.id, bytes.length, createHash('sha1').update(bytes).digest('base64')]).toEqual([document.id, size, hash]);
    }
  });
});

describe('the stories', () => {
  it.each([
    ['a therapist keeps two notes on Maria apart', 'DocumentReference/maria-therapy-note-11', 'PSYTHPN'],
    ['the second one', 'DocumentReference/maria-therapy-note-12', 'PSYTHPN'],
    ['and one on the couple', 'DocumentReference/couple-therapy-note', 'PSYTHPN'],
    ['a counselor of a Part 2 program keeps a note apart', 'DocumentReference/james-counseling-note', 'PSYTHPN'],
    ['which is a Part 2 record', 'DocumentReference/james-counseling-note', '42CFRPart2'],
    ['methadone of the program', 'MedicationRequest/james-methadone', '42CFRPart2'],
    ['a visit that a minor consented to', 'Encounter/lily-confidential-visit', 'ADOL'],
    ['an HIV infection', 'Condition/robert-hiv', 'HIV'],
    ['a screening for violence', 'Observation/aisha-hark', 'SDV'],
    ['a session paid for out of pocket', 'Encounter/elena-session-30', 'HIPAASelfPay'],
  ])('%s: the source declares it', (_story, reference, code) => {
    expect(labelsOf(get(reference))).toContain(code);
  });

  it.each([
    ['the progress note of the same session', 'DocumentReference/maria-progress-12'],
    ['a counseling note that was filed without a label', 'DocumentReference/maria-counseling-misfiled'],
    ['the text of a psychotherapy note, which only its document labels', 'Binary/maria-therapy-note-12-text'],
    ["Maria's depression, which its code betrays", 'Condition/maria-depression'],
    ['a viral load, which its code betrays', 'Observation/robert-viral-load'],
    ["the program's questionnaire, which its performer betrays", 'Observation/james-dast'],
  ])('%s: the source declares nothing', (_story, reference) => {
    expect(labelsOf(get(reference))).toEqual([]);
  });

  it('one visit is about diabetes and depression, in the Encounter, the Observation, the Composition and the Claim', () => {
    const codes = (concepts: { coding: { code: string }[] }[]) => concepts.map((concept) => concept.coding[0]?.code);
    expect(codes(get('Encounter/mixed-visit').reasonCode)).toEqual(['E11.9', 'F33.1']);
    expect(codes(get('Observation/mixed-visit-checks').component.map((part: { code: unknown }) => part.code))).toEqual([
      '29463-7',
      '2339-0',
      '55758-7',
    ]);
    expect(codes(get('Composition/mixed-visit-summary').section.map((part: { code: unknown }) => part.code))).toEqual(['E11.9', 'F33.1']);
    expect(
      codes(get('Claim/mixed-visit-claim').diagnosis.map((part: { diagnosisCodeableConcept: unknown }) => part.diagnosisCodeableConcept)),
    ).toEqual(['E11.9', 'F33.1']);
  });

  it('the joint session has two subjects: by its Appointment, and by the Group of its notes', () => {
    expect(subjectsOf(get('Appointment/couple-appointment'), '').patients).toEqual(['Patient/daniel', 'Patient/maria']);
    expect(subjectsOf(get('DocumentReference/couple-therapy-note'), '').groups).toEqual(['Group/alvarez-couple']);
    expect(get('Group/alvarez-couple').member.map((row: { entity: { reference: string } }) => row.entity.reference)).toEqual([
      'Patient/maria',
      'Patient/daniel',
    ]);
  });

  it('the revoked authorization was active once: an earlier version with the same id and words', () => {
    const now = get('Consent/elena-authorization-revoked');
    const [earlier, ...more] = demoEarlierVersions(TODAY);
    expect(more).toEqual([]);
    expect({ ...earlier, status: 'inactive' }).toEqual(now);
    expect([earlier?.status, now.status]).toEqual(['active', 'inactive']);
    expect(get('Provenance/elena-revocation').target).toEqual([{ reference: 'Consent/elena-authorization-revoked' }]);
  });

  it('the lapsed authorization still says active, past its end', () => {
    const lapsed = get('Consent/elena-authorization-lapsed');
    expect(lapsed.status).toBe('active');
    expect(Date.parse(lapsed.provision.period.end)).toBeLessThan(TODAY.getTime());
  });

  it('directives restrict: a purpose and a label for Robert, a person for Aisha', () => {
    const denied = (id: string) => get(`Consent/${id}`).provision.provision;
    expect(denied('robert-directive')).toMatchObject([
      { type: 'deny', purpose: [{ code: 'HPAYMT' }, { code: 'HRESCH' }], securityLabel: [{ code: 'HIV' }] },
    ]);
    expect(denied('aisha-directive')).toMatchObject([{ type: 'deny', actor: [{ reference: { reference: 'Practitioner/bennett' } }] }]);
  });

  it('what staff recorded, and what the installation names, is about people and organizations of the demo', () => {
    for (const row of demoAttestations(TODAY)) {
      expect([row.id, byReference.has(row.subject), byReference.has(row.recipient ?? ''), byReference.has(row.recordedBy)]).toEqual([
        row.id,
        true,
        true,
        true,
      ]);
      expect(Date.parse(row.until ?? '')).toBeGreaterThan(TODAY.getTime());
    }
    for (const organization of [...demoInstallation.part2Programs, ...demoInstallation.custodians])
      expect(get(organization).active).toBe(true);
  });
});
