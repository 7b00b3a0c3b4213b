/** Views against FHIR's definitions. */
import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../src/fhir/definitions.ts';
import { readViews } from '../../src/policy/read-views.ts';
import { shipped, stateSets } from './shipped.ts';

const HEAD = 'id: v\ntitle: V\ncitation: 45 CFR 164.514(d)\nelements:\n';
const read = (body: string) => readViews([{ path: 'v.yaml', text: HEAD + body }]);

describe('readViews', () => {
  it('reads elements by their names in the definitions', () => {
    const { views, problems } = read("  Condition: [subject, onset, code]\n  Binary: '*'\n");
    expect(problems).toEqual([]);
    expect(views.get('v')).toEqual({
      id: 'v',
      citation: '45 CFR 164.514(d)',
      elements: { Condition: ['subject', 'onset[x]', 'code'], Binary: '*' },
    });
  });

  it.each([
    {
      name: 'an unknown type',
      body: "  Conditon: '*'\n",
      at: [5, 13],
      says: 'FHIR R4 has no resource type "Conditon".',
      means: 'did you mean "Condition"?',
    },
    {
      name: 'an unknown element',
      body: '  Condition: [subject, cod]\n',
      at: [5, 24],
      says: 'Condition has no element "cod".',
      means: 'did you mean "code"?',
    },
    {
      name: 'a required element left out',
      body: '  Condition: [code]\n',
      at: [5, 14],
      says: 'Condition.subject is required by FHIR and must be kept.',
      means: undefined,
    },
    {
      name: 'the narrative',
      body: '  Patient: [gender, text]\n',
      at: [5, 12],
      says: 'Patient.text repeats the whole resource: keep "*" or not at all.',
      means: undefined,
    },
    {
      name: 'a type twice',
      body: '  Patient: [gender]\n  Patient: [name]\n',
      at: [6, 3],
      says: 'Map keys must be unique',
      means: undefined,
    },
    {
      name: 'a key that means nothing',
      body: '  Patient: [gender]\nelement: x\n',
      at: [1, 1],
      says: ': Unrecognized key: "element"',
      means: undefined,
    },
    { name: 'broken YAML', body: '  Patient: [gender\n', at: [6, 1], says: /flow/i, means: undefined },
  ])('tells of $name', ({ body, at, says, means }) => {
    const [problem] = read(body).problems;
    expect([problem?.line, problem?.column]).toEqual(at);
    expect(problem?.message).toEqual(typeof says === 'string' ? says : expect.stringMatching(says));
    expect(problem?.suggestion).toBe(means);
  });

  it('refuses two views of one id', () => {
    const file = { path: 'v.yaml', text: `${HEAD}  Patient: [gender]\n` };
    expect(readViews([file, { ...file, path: 'w.yaml' }]).problems).toMatchObject([
      { file: 'w.yaml', message: 'There are two views "v".' },
    ]);
  });
});

describe('the views that Privity ships', () => {
  it('are exactly those that the law and overlays of states name', () => {
    const statements = [shipped.foundation.law, ...stateSets].flatMap((set) => set.statements);
    const named = statements.flatMap(({ annotations }) => annotations.get('view') ?? []);
    expect([...new Set(named)].sort()).toEqual([...shipped.views.keys()].sort());
  });

  it.each([...shipped.views.values()])('$id keeps no narrative, notes or extensions', ({ elements }) => {
    for (const [type, kept] of Object.entries(elements)) {
      expect(kept).not.toBe('*');
      for (const name of ['text', 'note', 'extension', 'contained', 'conclusion']) expect(kept, type).not.toContain(name);
      for (const name of kept) expect(elementsOf(type)?.has(name), `${type}.${name}`).toBe(true);
    }
  });

  it.each(['training', 'research-waiver', 'de-identified'])('%s tells nothing that names or reaches a person', (id) => {
    expect(shipped.views.get(id)?.elements.Patient).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(identifier|name|telecom|address|photo|contact)$/)]),
    );
  });

  it.each(['payment', 'operations', 'training', 'family-involvement', 'research-waiver', 'public-health', 'de-identified', 'threat'])(
    '%s gives no documents',
    (id) => {
      const types = Object.keys(shipped.views.get(id)?.elements ?? {});
      expect(
        types.filter((type) => ['DocumentReference', 'Composition', 'Binary', 'Media', 'QuestionnaireResponse'].includes(type)),
      ).toEqual([]);
    },
  );
});
