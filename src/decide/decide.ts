/**
 * Decides what becomes of one resource for one requester: asks the law, the organization and every subject's consents
 * about the resource and about each of its segments, and takes the strictest answer (design.md 4.2 to 4.4).
 * An error anywhere is a deny; nothing is given that no answer permitted.
 */
import type { Path } from '../fhir/resource.ts';
import type { PolicyBasis, Recipient } from '../policy/question.ts';
import { answerPart, type PartAnswer } from './answer-part.ts';
import { combineParts } from './combine-parts.ts';
import type { DecideInput } from './decide-input.ts';
import type { Decision } from './decision.ts';
import { recipientOf } from './recipient-of.ts';

interface Part {
  readonly part: 'resource' | 'segment';
  readonly path: Path;
  readonly answers: readonly PartAnswer[];
}

export function decide(input: DecideInput): Decision {
  if (input.subjectsUnresolved) return withheld(input, 'subject-unresolved');
  if (input.aboutNoPatient && input.subjects.length === 0) return notAboutAPatient(input);
  const { labels, segments } = input.labeled;
  const whole: Part = { part: 'resource', path: [], answers: answerPart(input, 'resource', labels) };
  const parts = [
    whole,
    ...segments.map((segment): Part => ({ part: 'segment', path: segment.path, answers: answerPart(input, 'segment', segment.labels) })),
  ];
  const { effect, given, denied, view, viewUnknown } = combineParts(parts, input.views);
  if (viewUnknown) return withheld(input, 'view-unknown');
  const answers = parts.flatMap((part) => part.answers);
  const refusing = effect === 'withhold' ? whole.answers.filter((answer) => !answer.permitted) : [];
  return {
    effect,
    recipient: (refusing[0] ?? answers[0])?.recipient ?? 'third-party',
    remove: effect === 'redact' ? denied.map(({ path }) => path) : [],
    ...(view === undefined ? {} : { view }),
    obligations: [...new Set(given.flatMap((part) => part.answers.flatMap((answer) => answer.obligations)))].sort(),
    ...(effect === 'withhold' ? { withheldAs: withheldAs(input, refusing) } : {}),
    basis: {
      policies: unique(
        answers.flatMap((answer) => answer.policies),
        (row) => `${row.set} ${row.policy} ${row.effect}`,
      ),
      consents: unique(
        answers.flatMap((answer) => answer.consents),
        (row) => `${row.consent} ${row.provision} ${row.says}`,
      ),
    },
    asked: answers.flatMap((answer) => answer.asked),
    errors: answers.flatMap((answer) => answer.errors),
  };
}

/** Announced only where every refusal may be: what one class may know of, another may not. */
function withheldAs({ settings }: DecideInput, refusing: readonly { readonly recipient: Recipient }[]): 'hide' | 'announce' {
  const modes = refusing.map(({ recipient }) => settings.withheld[recipient] ?? settings.withheld.default ?? 'hide');
  return modes.length > 0 && modes.every((mode) => mode === 'announce') ? 'announce' : 'hide';
}

function withheld(input: DecideInput, error: string): Decision {
  const basis: PolicyBasis = { policy: error, set: 'privity', citation: 'design.md 4.2', effect: 'forbid' };
  return {
    effect: 'withhold',
    recipient: recipientOf(input.requester, { isSubject: false, represents: false, isAuthor: false, treats: false }, []),
    remove: [],
    obligations: [],
    withheldAs: 'hide',
    basis: { policies: [basis], consents: [] },
    asked: [],
    errors: [error],
  };
}

/** Not individually identifiable health information (45 CFR 160.103): no law of disclosure applies. */
function notAboutAPatient(input: DecideInput): Decision {
  const basis: PolicyBasis = { policy: 'not-about-a-patient', set: 'privity', citation: '45 CFR 160.103', effect: 'permit' };
  return {
    effect: 'permit',
    recipient: recipientOf(input.requester, { isSubject: false, represents: false, isAuthor: false, treats: false }, []),
    remove: [],
    obligations: [],
    basis: { policies: [basis], consents: [] },
    asked: [],
    errors: [],
  };
}

function unique<T>(rows: readonly T[], key: (row: T) => string): readonly T[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}
