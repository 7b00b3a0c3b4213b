/** The rows of the law (policies/law/matrix.json) as questions: what a change of policy is shown on before it takes effect. */
import matrix from '../../policies/law/matrix.json' with { type: 'json' };
import type { Category } from '../classify/label.ts';
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import type { PolicyQuestion, Recipient } from './question.ts';

export interface MatrixQuestion {
  readonly row: string;
  /** Facts, attestations, authorizations that are so. */
  readonly given: Partial<PolicyQuestion['context']>;
  readonly question: PolicyQuestion;
}

/** For rows about any purpose: one of every family. */
const ANY_PURPOSE = ['TREAT', 'BTG', 'HPAYMT', 'HOPERAT', 'TRAIN', 'HRESCH', 'HMARKT', 'HLEGAL', 'PATRQT', 'FAMRQT', 'PUBHLTH', 'GOV'];

/** @param free attributes that no row speaks of, at these values: noon on a Wednesday where nothing is said */
export function lawMatrix(free: { readonly hour?: number; readonly weekday?: number } = {}): readonly MatrixQuestion[] {
  return matrix.rows.flatMap(({ id, category, recipient, purpose, given }) =>
    (purpose === '*' ? ANY_PURPOSE : [purpose]).flatMap((one) =>
      (given as readonly MatrixQuestion['given'][]).map((known) => ({
        row: id.replace('*', one),
        given: known,
        question: {
          recipient: recipient as Recipient,
          action: 'disclose' as const,
          category: category as Category,
          context: { ...NOTHING, ...free, purpose: one, purposeAncestors: purposeAncestors(one), ...known },
        },
      })),
    ),
  );
}

/** Nothing is known and nothing is given; noon on a Wednesday. */
export const NOTHING: PolicyQuestion['context'] = {
  purpose: 'TREAT',
  purposeAncestors: purposeAncestors('TREAT'),
  roles: [],
  organization: '',
  labels: [],
  resourceType: 'Observation',
  authorizations: [],
  attestations: [],
  facts: [],
  consent: 'none',
  hour: 12,
  weekday: 3,
};
