/** A draft of a policy set as the form holds it, and as the API takes it. */
import type { PolicyFile, PolicyProblem } from '../../../policy/policy-set.ts';
import type { ContentProblem } from '../../api/client.ts';
import type { ReadVersion } from './policy-words.ts';

export interface Draft {
  readonly name: string;
  readonly title: string;
  readonly purpose: string;
  readonly author: string;
  readonly mode: 'baseline' | 'permit-list';
  readonly from: string;
  readonly until: string;
  readonly citations: readonly { readonly citation: string; readonly url: string }[];
  readonly files: readonly PolicyFile[];
}

const EXAMPLE = `// Each policy has an @id and a @citation. A forbid narrows what the law permits.
@id("no-notes-to-payers")
@title("What it is about, in a few words")
@citation("Privacy manual, section 4")
forbid (
  principal == Recipient::"payer",
  action == Action::"disclose",
  resource == Category::"mental-health"
)
when { context.purpose == Purpose::"HPAYMT" };
`;

export function newDraft(author: string): Draft {
  const files = [{ path: 'policies.cedar', text: EXAMPLE }];
  return { name: '', title: '', purpose: '', author, mode: 'baseline', from: '', until: '', citations: [], files };
}

export function draftOf({ name, title, purpose, mode, effective, citations = [], files }: ReadVersion, author: string): Draft {
  const { from = '', until = '' } = effective;
  const cited = citations.map(({ citation, url = '' }) => ({ citation, url }));
  return { name, title, purpose, author, mode, from, until, citations: cited, files };
}

export function bodyOf({ from, until, citations, ...rest }: Draft): unknown {
  return {
    ...rest,
    effective: { ...(from === '' ? {} : { from }), ...(until === '' ? {} : { until }) },
    citations: citations
      .filter(({ citation }) => citation.trim() !== '')
      .map(({ citation, url }) => ({ citation, ...(url.trim() === '' ? {} : { url: url.trim() }) })),
  };
}

/** Those of the API's problems that have a place in a file. */
export function problemsInFiles(problems: readonly ContentProblem[]): readonly PolicyProblem[] {
  return problems.filter(
    (problem): problem is ContentProblem & PolicyProblem => typeof problem.file === 'string' && typeof problem.line === 'number',
  );
}

/** What is wrong with a field of the form: `title`, `effective`. */
export function problemOf(problems: readonly ContentProblem[], field: string): string | undefined {
  const message = problems.find(({ path }) => path === field || path?.startsWith(`${field}.`))?.message;
  return message === undefined ? undefined : `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
}

/** A name as the API takes it: lower-case letters, digits and hyphens, a letter first, 64 at most. */
export function nameFrom(title: string): string {
  const words =
    title
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[\u0300-\u036f]/g, '')
      .match(/[a-z0-9]+/g) ?? [];
  return words
    .join('-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 64)
    .replace(/-$/, '');
}
