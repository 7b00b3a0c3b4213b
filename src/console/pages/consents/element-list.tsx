/** The elements of a valid authorization, each there or missing, with where it is required (45 CFR 164.508(b), (c); 42 CFR 2.31). */
import { Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconMinus, IconX, type TablerIcon } from '@tabler/icons-react';
import type { DescribedAuthorization, DescribedElement } from '../../../consent/describe-authorization.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { ToldText } from '../../components/told-text.tsx';
import { sentence } from './consent-words.ts';
import classes from './consents.module.css';

type Status = DescribedElement['status'];

const SHOWN: Readonly<Record<Status, { readonly word: string; readonly icon: TablerIcon; readonly tone: string }>> = {
  met: { word: 'There', icon: IconCheck, tone: 'given' },
  missing: { word: 'Missing', icon: IconX, tone: 'withheld' },
  warning: { word: 'For a person to check', icon: IconAlertTriangle, tone: 'partial' },
  'not-applicable': { word: 'Does not apply', icon: IconMinus, tone: 'quiet' },
};
/** What somebody has to act on comes first. */
const ORDER: readonly Status[] = ['missing', 'warning', 'met', 'not-applicable'];
const COMPOUND: ReadonlySet<string> = new Set(['AV-02', 'P2-10', 'P2-11']);

/** What one would call missing or there: an element that the law does not ask for here is neither. */
export function countElements({ elements }: DescribedAuthorization) {
  const required = elements.filter((element) => element.required && element.status !== 'not-applicable');
  const missing = required.filter(({ status }) => status === 'missing').length;
  return { required: required.length, missing };
}

export function ElementList({ authorization }: { readonly authorization: DescribedAuthorization }) {
  const { elements } = authorization;
  const told = elements.filter(({ required, status }) => required || status !== 'missing');
  const sorted = ORDER.flatMap((status) => told.filter((element) => element.status === status));
  return (
    <ul className={classes.elements} aria-label="Elements of a valid authorization">
      {sorted.map((element) => (
        <Element key={element.id} element={element} document={COMPOUND.has(element.id) ? authorization.document : []} />
      ))}
    </ul>
  );
}

function Element({
  element: { id, name, status, detail, citation },
  document,
}: {
  readonly element: DescribedElement;
  readonly document: readonly string[];
}) {
  const { word, icon: Icon, tone } = SHOWN[status];
  return (
    <li data-tone={tone} data-element={id}>
      <Icon size={18} aria-hidden />
      <div>
        <Text size="sm" fw={550} component="div">
          <span className="for-screen-readers">{word}: </span>
          {name}
        </Text>
        <Text size="sm" c="dimmed" component="div">
          <ToldText>{`${sentence(detail)}.`}</ToldText>
          {document.length < 2 ? '' : ` Signed on the same paper: ${document.join(', ')}.`}{' '}
          <span className={classes.cited}>
            {id}, <CitationLink citation={citation} />
          </span>
        </Text>
      </div>
      <span className={classes.status} aria-hidden>
        {word}
      </span>
    </li>
  );
}
