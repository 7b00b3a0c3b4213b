/** Overlays of state law: what each changes, that none widens anything, and that each says what it rests on (45 CFR 160.203(b)). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { PAGE, stateTable, withParts } from '../../scripts/build-state-table.ts';
import { intersectViews } from '../../src/policy/intersect-views.ts';
import { lawMatrix } from '../../src/policy/law-matrix.ts';
import { readState } from '../../src/policy/read-state.ts';
import { anyQuestion } from './any-question.ts';
import { effectOf, evaluatorWith, question, shipped, stateSets } from './shipped.ts';
import { STATE_CASES } from './state-overlays.cases.ts';

const setOf = (jurisdiction: string) => stateSets.filter(({ name }) => name === jurisdiction);

test('every overlay has a table', () => {
  expect(Object.keys(STATE_CASES).sort()).toEqual(stateSets.map(({ name }) => name).sort());
});

for (const [jurisdiction, cases] of Object.entries(STATE_CASES)) {
  const evaluator = evaluatorWith([], { states: setOf(jurisdiction) });
  describe(jurisdiction, () => {
    it.each(cases)('%s', (_, asked, without, under, cites) => {
      expect(effectOf(shipped.evaluator.evaluate(question(...asked)))).toBe(without);
      const answer = evaluator.evaluate(question(...asked));
      expect(effectOf(answer)).toBe(under);
      const own = answer.basis.filter(({ set }) => set === jurisdiction);
      expect(own.map(({ policy }) => policy)).toEqual(cites);
      for (const { policy, citation } of own) {
        const statement = setOf(jurisdiction)[0]?.statements.find(({ id }) => id === policy);
        expect(citation).toBe(statement?.annotations.get('citation'));
      }
    });

    it('has a case for each of its policies', () => {
      const cited = new Set(cases.flatMap((row) => row[4]));
      expect(setOf(jurisdiction).flatMap(({ statements }) => statements.map(({ id }) => id))).toEqual([...cited].sort());
    });
  });
}

test('Pennsylvania gives a payer less than the law: no diagnosis', () => {
  const { views } = evaluatorWith([], { states: setOf('US-PA') }).evaluate(question('payer', 'mental-health', 'HPAYMT'));
  expect(views).toEqual(['payment', 'state-pa-payment']);
  const kept = intersectViews(views.flatMap((id) => shipped.views.get(id) ?? [])).elements.Claim;
  expect(kept).toContain('total');
  expect(kept).not.toContain('diagnosis');
});

describe('whatever is switched on', () => {
  const some = fc.subarray([...stateSets], { minLength: 1 });
  const individual = ['patient', 'personal-representative', 'hhs'];

  it('nothing opens that was closed, nothing else is given of it, and mandates, HHS and the individual are not reached', () => {
    let narrowed = 0;
    fc.assert(
      fc.property(some, fc.array(anyQuestion, { minLength: 60, maxLength: 60 }), (states, questions) => {
        const evaluator = evaluatorWith([], { states });
        for (const asked of questions) {
          const law = shipped.evaluator.evaluate(asked);
          const both = evaluator.evaluate(asked);
          expect(both.errors).toEqual([]);
          if (law.effect === 'deny' || law.mandate) expect(both).toEqual(law);
          else if (both.effect === 'deny') narrowed += 1;
          else {
            expect(both.views).toEqual(expect.arrayContaining([...law.views]));
            expect(both.obligations).toEqual(expect.arrayContaining([...law.obligations]));
          }
          if (individual.includes(asked.recipient) || asked.action !== 'disclose') expect(both.effect).toBe(law.effect);
        }
      }),
      { numRuns: 25 },
    );
    expect(narrowed).toBeGreaterThan(5);
  });

  it.each(stateSets.map((set) => [set.name, set] as const))('%s on every row of the law: never more than without it', (_, set) => {
    const evaluator = evaluatorWith([], { states: [set] });
    const order = ['deny', 'redact', 'permit'];
    for (const { question: asked } of lawMatrix()) {
      const [law, both] = [shipped.evaluator.evaluate(asked), evaluator.evaluate(asked)];
      expect(order.indexOf(effectOf(both))).toBeLessThanOrEqual(order.indexOf(effectOf(law)));
    }
  });

  it('each of several must permit: the strictest wins', () => {
    const pairs = fc.tuple(fc.constantFrom(...stateSets), fc.constantFrom(...stateSets), anyQuestion);
    fc.assert(
      fc.property(pairs, ([one, two, asked]) => {
        const effects = [[one], [two]].map((states) => evaluatorWith([], { states }).evaluate(asked).effect);
        const both = evaluatorWith([], { states: one === two ? [one] : [one, two] }).evaluate(asked).effect;
        expect(both).toBe(effects.includes('deny') ? 'deny' : 'permit');
      }),
      { numRuns: 60 },
    );
  });
});

const file = join(import.meta.dirname, '../../../shared/law/rules.json');
const found = existsSync(file);
if (!found) console.warn(`rules of states skipped: ${file} is not there`);
interface Rule {
  readonly id: string;
  readonly jurisdiction: string;
  readonly citation: string;
  readonly basis: string;
}

describe.runIf(found)('law/rules.json', () => {
  const { rules } = (found ? JSON.parse(readFileSync(file, 'utf8')) : { rules: [] }) as { rules: readonly Rule[] };
  const ofStates = rules.filter(({ jurisdiction }) => jurisdiction !== 'US-federal');
  const statements = stateSets.flatMap(({ name, statements: own }) => own.map((statement) => ({ name, statement })));

  it.each(statements.map(({ name, statement }) => [statement.id, name, statement.annotations] as const))(
    '%s says what is recorded of its rule',
    (id, name, annotations) => {
      const rule = ofStates.find((one) => one.id === annotations.get('rule'));
      expect(id.replace(/\..*/, '')).toBe(rule?.id);
      expect(annotations.get('citation')).toBe(rule?.citation);
      expect(annotations.get('basis')).toBe(rule?.basis);
      expect(`${name}-`.startsWith(`${rule?.jurisdiction}-`)).toBe(true);
    },
  );

  it('every rule of a state has a policy, or its line in the page that says why not', () => {
    const page = readFileSync(PAGE, 'utf8');
    const carried = new Set(statements.map(({ statement }) => statement.annotations.get('rule')));
    for (const { id, citation, basis } of ofStates.filter((rule) => !carried.has(rule.id))) {
      const line = page.split('\n').find((one) => one.startsWith(`| ${id} | `));
      expect(line, id).toContain(basis === 'own-knowledge' ? 'own knowledge' : 'summary only');
      expect(line).toContain(citation.split(' + ')[0]);
    }
  });

  it('what nobody saw in text or summary is no policy', () => {
    const unseen = ofStates.filter(({ basis }) => basis === 'own-knowledge').map(({ id }) => id);
    expect(unseen).not.toEqual([]);
    expect(statements.filter(({ statement }) => unseen.includes(statement.annotations.get('rule') ?? ''))).toEqual([]);
  });
});

test('policies/states/README.md tells what is computed', async () => {
  const page = readFileSync(PAGE, 'utf8');
  expect(withParts(page, await stateTable())).toBe(page);
  for (const { name } of stateSets) expect(page).toContain(`### ${name}\n`);
});

test('a file that rests on a summary says so at its top', () => {
  for (const { name, statements } of stateSets) {
    const top = readFileSync(join(PAGE, '..', `${name}.cedar`), 'utf8')
      .split('@id(')[0]
      ?.replaceAll('\n// ', ' ');
    expect(top, name).toContain('Have counsel check');
    if (statements.some(({ annotations }) => annotations.get('basis') === 'state-summary-seen')) expect(top, name).toMatch(/SUMMAR(Y|IES)/);
  }
});

describe('validation', () => {
  const HEAD = '@id("ST-X-1") @title("t") @citation("c") @rule("ST-X-1") @asOf("2020")';
  const FORBID = 'forbid (principal, action, resource);';
  it.each([
    ['without a basis', `${HEAD} ${FORBID}`, 'The policy has no @basis.'],
    ['with a basis that is none', `${HEAD} @basis("hearsay") ${FORBID}`, 'There is no basis "hearsay".'],
    [
      'without the date of its text',
      `@id("a") @title("t") @citation("c") @rule("r") @basis("state-summary-seen") ${FORBID}`,
      'The policy has no @asOf.',
    ],
    [
      'of no date',
      `@id("a") @title("t") @citation("c") @rule("r") @basis("state-summary-seen") @asOf("soon") ${FORBID}`,
      '"soon" is no date.',
    ],
    ['that mandates', `${HEAD} @basis("state-summary-seen") @mandate("x") permit (principal, action, resource);`, 'Only the law mandates.'],
    ['of an unknown recipient', `${HEAD} @basis("state-summary-seen") forbid (principal == Recipient::"payr", action, resource);`, 'payr'],
  ])('refuses a policy %s', (_, text, says) => {
    const { problems } = readState({ path: 'states/US-XX.cedar', text }, shipped.foundation);
    expect(problems.map(({ message }) => message).join()).toContain(says);
    expect(problems[0]).toMatchObject({ severity: 'error', file: 'states/US-XX.cedar', line: 1 });
  });
});
