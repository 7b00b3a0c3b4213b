/** Policy sets as read from Cedar files: statements with their annotations and where they stand, and what is wrong with them. */
import type { Category } from '../classify/label.ts';
import type { Action, Recipient } from './question.ts';

export interface PolicyFile {
  /** As shown in messages: `law/hipaa.cedar`. */
  readonly path: string;
  readonly text: string;
}

/** Line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One Cedar policy. `id` is its `@id`: a rule of the law (`MH-01`, `SU-01.tpo`) or a name of the organization's. */
export interface PolicyStatement {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** As written, annotations included. */
  readonly text: string;
  readonly annotations: ReadonlyMap<string, string>;
  readonly file: string;
  readonly position: Position;
  /** Conditions as Cedar's own JSON. */
  readonly conditions: unknown;
}

/** `baseline`: starts from a permit of everything, so that its forbids narrow. `permit-list`: only what it permits. */
export type PolicySetMode = 'baseline' | 'permit-list';

/** Well-formed statements under unique ids, in the order of the files. */
export interface PolicySet {
  readonly name: string;
  readonly mode: PolicySetMode;
  readonly statements: readonly PolicyStatement[];
}

/** What is wrong, where, and what was probably meant. */
export interface PolicyProblem extends Position {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly policy?: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** What a denial cites where no policy forbids; the first row that matches counts, `*` matches anything. */
export interface DefaultRow {
  readonly categories: readonly Category[];
  readonly recipients: readonly (Recipient | '*')[];
  readonly purposes: readonly string[];
  /** Absent: disclosures only. */
  readonly actions?: readonly Action[];
  /** Only where this authorization was shown, which is not enough. */
  readonly authorization?: string;
  readonly rule: string;
  readonly citation: string;
}
