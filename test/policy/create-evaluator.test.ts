/** Law and organizations together: who can narrow, who can't widen, what an error does, and that memory changes nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrivityError } from '../../src/errors.ts';
import { createEvaluator } from '../../src/policy/create-evaluator.ts';
import type { PolicyQuestion } from '../../src/policy/question.ts';
import { anyQuestion } from './any-question.ts';
import { evaluatorWith, type Given, question, setOf, shipped } from './shipped.ts';

const example = shipped.organizations.find(({ name }) => name === 'example');
if (example === undefined) throw new Error('the example set is missing');
const PERMIT_ALL = '@id("all") @citation("x") permit (principal, action, resource);';
const FORBID_ALL = '@id("none") @citation("x") forbid (principal, action, resource);';
const treating = question('other-treating-provider', 'mental-health', 'TREAT');

describe('an organization set', () => {
  const clinic = evaluatorWith([example]);
  const billing = (hour: number, weekday = 3) => question('workforce', 'mental-health', 'HPAYMT', { hour, weekday });
  it.each([
    { name: 'billing in office hours', asked: billing(10), effect: 'permit' },
    { name: 'billing at night', asked: billing(22), effect: 'deny' },
    { name: 'billing on Sunday', asked: billing(10, 0), effect: 'deny' },
    { name: 'billing at night, other data', asked: question('workforce', 'other', 'HPAYMT', { hour: 22 }), effect: 'permit' },
    {
      name: 'a trainee and HIV data',
      asked: question('workforce', 'other', 'TREAT', { roles: ['trainee'], labels: ['HIV'] }),
      effect: 'deny',
    },
    {
      name: 'a trainee and other data',
      asked: question('workforce', 'other', 'TREAT', { roles: ['trainee'], labels: ['MH'] }),
      effect: 'permit',
    },
    {
      name: 'a nurse and HIV data',
      asked: question('workforce', 'other', 'TREAT', { roles: ['workforce'], labels: ['HIV'] }),
      effect: 'permit',
    },
  ])('narrows: $name -> $effect', ({ asked, effect }) => {
    expect(clinic.evaluate(asked).effect).toBe(effect);
    expect(shipped.evaluator.evaluate(asked).effect).toBe('permit');
  });

  it('names its forbid and its citation in the basis', () => {
    expect(clinic.evaluate(billing(22)).basis).toEqual([
      { policy: 'billing-hours', set: 'example', citation: 'Example clinic, privacy manual 4.2', effect: 'forbid' },
    ]);
  });

  it('can not widen what the law closes', () => {
    const organizations = fc
      .subarray([example, setOf('all', PERMIT_ALL), setOf('list', PERMIT_ALL, 'permit-list')])
      .map((sets) => evaluatorWith(sets));
    fc.assert(
      fc.property(organizations, anyQuestion, (evaluator, asked) => {
        const law = shipped.evaluator.evaluate(asked);
        if (law.effect === 'deny') expect(evaluator.evaluate(asked)).toEqual(law);
      }),
    );
  });

  it('gives nothing of its own where its mode is permit-list', () => {
    const list = setOf('list', '@id("t") @citation("x") permit (principal == Recipient::"payer", action, resource);', 'permit-list');
    const answer = evaluatorWith([list]).evaluate(treating);
    expect(answer).toMatchObject({ effect: 'deny', basis: [{ policy: 'list', set: 'list', effect: 'default-deny' }] });
    expect(evaluatorWith([list]).evaluate(question('payer', 'other', 'HPAYMT')).effect).toBe('permit');
  });

  it('must permit, every one of them', () => {
    expect(evaluatorWith([example, setOf('none', FORBID_ALL)]).evaluate(treating).effect).toBe('deny');
  });
});

describe('a mandate', () => {
  const closed = evaluatorWith([setOf('none', FORBID_ALL)]);
  it.each([
    { name: 'HHS demands notes', asked: question('hhs', 'psychotherapy-notes', 'HCOMPL', { attestations: ['PN-10'] }) },
    { name: 'HHS demands the record', asked: question('hhs', 'other', 'HCOMPL', { attestations: ['MH-29'] }) },
    { name: 'HHS demands Part 2 records', asked: question('hhs', 'sud', 'HCOMPL', { attestations: ['SC-05'] }) },
    { name: 'a court order requires notes', asked: question('court', 'psychotherapy-notes', 'HLEGAL', { attestations: ['PN-11'] }) },
  ])('is not barred by an organization: $name', ({ asked }) => {
    expect(closed.evaluate(asked)).toMatchObject({ effect: 'permit', mandate: true });
  });

  it('is nothing else', () => {
    expect(shipped.evaluator.evaluate(treating).mandate).toBe(false);
    expect(closed.evaluate(treating)).toMatchObject({ effect: 'deny', mandate: false });
  });
});

describe('views and obligations', () => {
  it('of the law: a permit of the whole resource wins over a view', () => {
    const family = question('family-friend', 'other', 'FAMRQT', { attestations: ['MH-07'] });
    const authorized = question('family-friend', 'other', 'FAMRQT', { attestations: ['MH-07'], authorizations: ['hipaa-508'] });
    expect(shipped.evaluator.evaluate(family).views).toEqual(['family-involvement']);
    expect(shipped.evaluator.evaluate(authorized).views).toEqual([]);
  });

  it('of the law: the wider of two views wins', () => {
    const both = question('family-friend', 'other', 'FAMRQT', { attestations: ['MH-07', 'PN-14'] });
    expect(shipped.evaluator.evaluate(both).views).toEqual(['family-involvement']);
  });

  it('of organizations: all narrow, after the view of the law', () => {
    const training = '@id("v") @citation("x") @view("training") permit (principal, action, resource);';
    const asked = question('workforce', 'mental-health', 'HQUALIMP');
    expect(evaluatorWith([example]).evaluate(asked).views).toEqual(['operations', 'research-waiver']);
    expect(evaluatorWith([example, setOf('t', training)]).evaluate(asked).views).toEqual(['operations', 'research-waiver', 'training']);
    expect(evaluatorWith([setOf('t', training)]).evaluate(treating).views).toEqual(['training']);
  });

  it('a consent under Part 2 carries the redisclosure notice', () => {
    const consented = question('other-treating-provider', 'sud', 'TREAT', { authorizations: ['part2-2.31'] });
    expect(shipped.evaluator.evaluate(consented).obligations).toEqual(['NORDSCLCD', 'copy-of-consent', 'part2-accounting']);
    expect(shipped.evaluator.evaluate(question('patient', 'sud', 'PATRQT')).obligations).toEqual([]);
  });

  it.each(['originator', 'other-treating-provider', 'workforce', 'trainee-own-program'] as const)(
    'an emergency past a restriction asks %s not to use the data further',
    (recipient) => {
      const duties = (given: Given) =>
        ['ETREAT', 'BTG'].map((purpose) => shipped.evaluator.evaluate(question(recipient, 'mental-health', purpose, given)).obligations);
      const asked = ['HUAPRV', 'ask-no-further-use'];
      expect(duties({})).toEqual([['HUAPRV'], ['HUAPRV']]);
      expect(duties({ facts: ['restriction-agreed'] })).toEqual([asked, asked]);
      expect(duties({ consent: 'deny' })).toEqual([asked, asked]);
    },
  );

  it('a view that is not there is refused when the evaluator is made', () => {
    const lost = setOf('lost', '@id("v") @citation("x") @view("lost") permit (principal, action, resource);');
    expect(() => evaluatorWith([lost])).toThrow(PrivityError);
  });
});

describe('an error', () => {
  const overflow = '@id("o") @citation("x") forbid (principal, action, resource) when { (context.hour + 1) * 9223372036854775807 > 3 };';
  it.each([
    { name: 'of a forbid in an organization set', evaluator: evaluatorWith([setOf('o', overflow)]) },
    {
      name: 'of a forbid in the law',
      evaluator: evaluatorWith([], {
        law: { ...shipped.foundation.law, statements: [...shipped.foundation.law.statements, ...setOf('o', overflow).statements] },
      }),
    },
  ])('$name denies, although Cedar would skip the policy', ({ evaluator }) => {
    const answer = evaluator.evaluate(treating);
    expect(answer.effect).toBe('deny');
    expect(answer.errors.join()).toMatch(/\/o: integer overflow/);
  });

  it.each([
    { name: 'an unknown purpose', asked: question('workforce', 'other', 'TREATS') },
    { name: 'no purpose', asked: question('workforce', 'other', '') },
    { name: 'a heading of HL7 as purpose', asked: question('workforce', 'other', 'PurposeOfUse') },
    { name: 'an unknown recipient', asked: { ...treating, recipient: 'neighbour' } as unknown as PolicyQuestion },
    { name: 'an unknown category', asked: { ...treating, category: 'anything' } as unknown as PolicyQuestion },
    { name: 'an unknown action', asked: { ...treating, action: 'export' } as unknown as PolicyQuestion },
    { name: 'an unknown vote', asked: question('workforce', 'other', 'TREAT', { consent: 'maybe' as 'permit' }) },
  ])('in the question denies: $name', ({ asked }) => {
    const answer = shipped.evaluator.evaluate(asked);
    expect(answer.effect).toBe('deny');
    expect(answer.errors).not.toEqual([]);
  });
});

describe('memory', () => {
  const restless = setOf(
    'restless',
    `@id("1") @citation("x") forbid (principal, action, resource) when { context.hour == 3 && context.labels.contains("HIV") };
     @id("2") @citation("x") forbid (principal, action, resource) when { context.purposeAncestors.contains(Purpose::"HOPERAT") && context.weekday > 4 };
     @id("3") @citation("x") forbid (principal, action, resource) unless { context.organization == "Organization/o1" || context.facts.isEmpty() };`,
  );
  const remembering = evaluatorWith([example, restless]);
  const forgetful = evaluatorWith([example, restless], { cacheSize: 0 });
  const tiny = evaluatorWith([example, restless], { cacheSize: 2 });

  it('never changes an answer', () => {
    fc.assert(
      fc.property(fc.array(anyQuestion, { minLength: 1, maxLength: 8 }), (questions) => {
        for (const asked of [...questions, ...questions.toReversed()]) {
          const fresh = forgetful.evaluate(asked);
          expect(remembering.evaluate(asked)).toEqual(fresh);
          expect(tiny.evaluate(asked)).toEqual(fresh);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is not confused by values that look like several', () => {
    const odd = evaluatorWith([
      setOf(
        'odd',
        '@id("l") @citation("x") forbid (principal, action, resource) when { context.labels.isEmpty() || context.organization == "a,b" };',
      ),
    ]);
    const asked = (organization: string, labels: string[]) =>
      odd.evaluate(question('workforce', 'other', 'TREAT', { organization, labels })).effect;
    expect([asked('a', ['b']), asked('a,b', []), asked('a,b', ['b']), asked('', ['a', 'b']), asked('', ['a,b']), asked('', [])]).toEqual([
      'permit',
      'deny',
      'deny',
      'permit',
      'permit',
      'deny',
    ]);
  });

  it('holds for more sets than Cedar keeps parsed', () => {
    const hours = Array.from({ length: 20 }, (_, hour) =>
      evaluatorWith([setOf(`h${hour}`, `@id("h") @citation("x") forbid (principal, action, resource) when { context.hour == ${hour} };`)], {
        cacheSize: 0,
      }),
    );
    for (const round of [0, 1]) {
      const denied = hours.map(
        (evaluator) => evaluator.evaluate(question('workforce', 'other', 'TREAT', { hour: 7 + round })).effect === 'deny',
      );
      expect(denied.flatMap((is, hour) => (is ? [hour] : []))).toEqual([7 + round]);
    }
  });

  it('keeps what a decision was made under', () => {
    const { foundation } = shipped;
    expect(createEvaluator({ ...foundation, version: 'v7', organizations: [] }).version).toBe('v7');
  });
});
