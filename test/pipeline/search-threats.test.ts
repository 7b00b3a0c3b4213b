/** What a search returns is a function of what the requester may see (design.md 4.5, 4.7): two wards, the same answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personaClaims } from '../support/gateway.ts';
import { type ThreatCase, threats } from './search-threats.cases.ts';
import { startTwins, type Twins } from './twin-gateways.ts';
import { wards } from './ward.ts';

const PHYSICIAN = 'family-physician';
let twins: Twins;

beforeAll(async () => {
  twins = await startTwins(wards());
});
afterAll(() => twins?.close());

function ask({ url, form }: ThreatCase) {
  const options =
    form === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form };
  return twins.alike(PHYSICIAN, encodeURI(url), options);
}

describe('a search tells nothing of what is withheld', () => {
  test.each(threats)('threat $threat: $name', async (row) => {
    const replies = await ask(row);
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => row.status ?? 200));
    if (row.names !== undefined) expect(replies.flatMap(({ names }) => names)).toEqual(row.names);
    if (row.total !== undefined) expect(replies[0]?.body.total).toBe(row.total);
    const told = replies.map(({ body: { link: _, ...body } }) => JSON.stringify(body)).join('\n');
    expect(told).not.toMatch(/hidden|Hidden|unseen|F33\.1|F20\.0|fear of the sea/);
  });

  test('threat 6: a scope with a chain, a modifier or an include in its query grants nothing', async () => {
    for (const query of ['subject.name=x', '_has:Observation:patient:code=x', '_include=Observation:encounter', 'code:not=7917-8']) {
      const claims = { ...personaClaims(PHYSICIAN), scope: `user/Observation.rs?${query}` };
      const [reply] = await twins.alike(claims, '/fhir/Observation?code=29463-7');
      expect({ query, status: reply?.status, reason: reply?.reason }).toEqual({ query, status: 403, reason: 'scope-insufficient' });
    }
  });

  test('threat 7: the upstream is told to be strict, and asked for nothing that narrows but once more', async () => {
    const [, hiding] = twins.gateways;
    hiding.upstream.requests.length = 0;
    await hiding.ask(PHYSICIAN, '/fhir/Observation?patient=ada&code=29463-7');
    const search = hiding.upstream.requests.find(({ url }) => url.includes('/Observation?'));
    expect(search?.headers.prefer).toBe('handling=strict');
    expect(search?.url).toContain('patient=ada');
  });

  test('threat 7: an upstream that ignores a compartment does not widen it', async () => {
    const [, hiding] = twins.gateways;
    const entry = ['ada', 'ben'].map((id) => ({
      resource: {
        resourceType: 'Encounter',
        id: `${id}-visit`,
        status: 'finished',
        class: { code: 'AMB' },
        subject: { reference: `Patient/${id}` },
      },
      search: { mode: 'match' },
    }));
    const garbage = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry });
    hiding.upstream.faults = [{ match: ({ url }) => url.includes('/Encounter?subject='), garbage }];
    const reply = await hiding.ask(PHYSICIAN, '/fhir/Patient/ada/Encounter');
    hiding.upstream.faults = [];
    expect(reply.names).toEqual(['Encounter/ada-visit']);
  });

  test('threat 43: a compartment of a patient who is not there is empty, as one of whom nothing is given', async () => {
    const [reply] = await twins.alike(PHYSICIAN, '/fhir/Patient/nobody/Observation');
    expect({ status: reply?.status, names: reply?.names }).toEqual({ status: 200, names: [] });
  });
});
