import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/fhir/resource.ts';
import { type MatchContext, matchParameter } from '../../../src/fhir/search/match-parameter.ts';
import { matchSearch } from '../../../src/fhir/search/match-search.ts';
import { parseSearch } from '../../../src/fhir/search/parse-search.ts';
import type { SearchParameter } from '../../../src/fhir/search/search-query.ts';
import { matchCases, onset, patient, pressure, weight } from './match-parameter.cases.ts';

const context: MatchContext = { base: 'http://base.example/fhir', now: Date.parse('2014-01-14T00:00:00Z') };

function pairsOf(query: string): [string, string][] {
  return query.split('&').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]);
}

function parameterOf(resource: Resource, query: string): SearchParameter {
  const [parameter] = parseSearch(resource.resourceType, pairsOf(query)).parameters;
  if (parameter === undefined) throw new Error(query);
  return parameter;
}

for (const [kind, cases] of Object.entries(matchCases)) {
  describe(kind, () => {
    it.each(cases)('%s', (_name, resource, query, expected) => {
      expect(matchParameter(resource, parameterOf(resource, query), context)).toBe(expected);
    });
  });
}

describe('across resources', () => {
  const store = new Map([patient, pressure, weight, onset].map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
  const linked: MatchContext = {
    ...context,
    resolve: (type, id) => store.get(`${type}/${id}`),
    referrers: (type, parameter, target) =>
      [...store.values()].filter(
        (each) =>
          each.resourceType === type &&
          matchParameter(each, parameterOf(each, `${parameter}=${target.resourceType}/${target.id}`), context),
      ),
  };

  it.each([
    ['a chain that the target satisfies', pressure, 'subject:Patient.family=nunez', true],
    ['a chain that it does not', pressure, 'subject:Patient.family=smith', false],
    ['a chain without a type', pressure, 'subject.family=nunez', true],
    ['a chain to a resource that is not there', weight, 'subject:Group.actual=true', false],
    ['a chain that ends in _has', onset, 'subject:Patient._has:Observation:patient:code=85354-9', true],
    ['_has that a referrer satisfies', patient, '_has:Observation:patient:code=85354-9', true],
    ['_has that none satisfies', patient, '_has:Observation:patient:code=1-1', false],
    ['_has through another type', patient, '_has:Condition:subject:onset-age=gt40', true],
    ['_has that ends in a chain', patient, '_has:Condition:patient:subject:Patient.gender=female', true],
    ['nested _has', patient, '_has:Observation:patient:_has:DiagnosticReport:result:status=final', false],
  ] as const)('%s', (_name, resource, query, expected) => {
    expect(matchParameter(resource, parameterOf(resource, query), linked)).toBe(expected);
  });
});

describe('matchSearch', () => {
  it.each([
    ['all parameters hold', 'code=85354-9&date=2013', true],
    ['one does not', 'code=85354-9&date=2014', false],
    ['one does not, another can not be told', 'code:in=http://x.example/vs&date=2014', false],
    ['one can not be told', 'code:in=http://x.example/vs&date=2013', undefined],
    ['the same parameter twice', 'date=ge2013-01-01&date=le2013-12-31', true],
    ['the same parameter twice, one does not hold', 'date=ge2013-01-01&date=le2012-12-31', false],
    ['no parameter', '_count=5', true],
  ] as const)('%s', (_name, query, expected) => {
    expect(matchSearch(pressure, parseSearch('Observation', pairsOf(query)), context)).toBe(expected);
  });

  it('a resource of another type is no match', () => {
    expect(matchSearch(patient, parseSearch('Observation', []), context)).toBe(false);
  });

  it('a search over all types takes any', () => {
    expect(matchSearch(patient, parseSearch('Resource', [['_id', 'p1']]), context)).toBe(true);
  });
});

it('ap can not be told without the time', () => {
  expect(matchParameter(pressure, parameterOf(pressure, 'date=ap2013-01-20'), { base: 'http://base.example/fhir' })).toBeUndefined();
});
