/**
 * What policies said about each category found on one part, as one answer about that part: the strictest wins (design.md
 * 4.3). For the decision of a request and for a recorded one that is asked again.
 */
import type { Category } from '../classify/label.ts';
import type { PolicyAnswer, PolicyQuestion } from '../policy/question.ts';

export interface AnsweredQuestion {
  readonly question: PolicyQuestion;
  readonly answer: PolicyAnswer;
}

export interface CategoriesAnswer {
  readonly permitted: boolean;
  /** Every category is given by a mandate of the law. */
  readonly mandate: boolean;
  /** Ids of views to intersect. */
  readonly views: readonly string[];
}

/** @param asked one question a category, in one context */
export function combineCategories(asked: readonly AnsweredQuestion[]): CategoriesAnswer {
  const answers = asked.map(({ answer }) => answer);
  // How much of a note its own exception gives, that exception says: the general rule's view would empty it (164.508(a)(2)).
  const notes = asked.some(({ question }) => isNotes(question.category));
  return {
    permitted: answers.every((answer) => answer.effect === 'permit'),
    mandate: answers.every((answer) => answer.mandate),
    views: asked.filter(({ question }) => !notes || isNotes(question.category)).flatMap(({ answer }) => answer.views),
  };
}

function isNotes(category: Category): boolean {
  return category === 'psychotherapy-notes' || category === 'sud-counseling-notes';
}
