/** What each set of policies says to each question that was asked: the law, the states, the organization; and which permit was near. */
import { Text } from '@mantine/core';
import { IconArrowsSplit, IconBuilding, IconMapPin, IconScale } from '@tabler/icons-react';
import type { ExplainedQuestion } from '../../../decide/explanation.ts';
import type { MatchedPolicy, MissedPermit, SetTrace } from '../../../policy/explain-question.ts';
import { AUTHORIZATION_WORDS, CATEGORY_WORDS, FACT_WORDS, RECIPIENT_WORDS, VOTE_WORDS } from '../../../policy/policy-words.ts';
import { inWords, labelName } from '../../words.ts';
import classes from './explain.module.css';
import { holdWords, purposeWords, sentence } from './explain-words.ts';
import { Cited, Ruling, Step } from './trace-parts.tsx';

export interface AskedProps {
  readonly questions: readonly ExplainedQuestion[];
  /** What decided: among it rows of the law that deny what no policy permits, and what no set of policies says. */
  readonly grounds: readonly Ground[];
}
interface Row {
  readonly policy: string;
  readonly citation: string;
}
interface Ground extends Row {
  readonly effect: string;
}

export function Asked({ questions, grounds }: AskedProps) {
  const defaults = grounds.filter(({ effect }) => effect === 'default-deny');
  // Of several it is not told which belongs to which question.
  const [row] = defaults.length === 1 ? defaults : [];
  const names = [...new Set(questions.flatMap(({ sets }) => sets.map(({ set }) => set)))];
  const states = names.filter((name) => name.startsWith('US-'));
  const own = names.filter((name) => name !== 'law' && !states.includes(name));
  const told = (set: string) =>
    questions.map((question) => <Answer key={keyOf(question)} question={question} set={set} row={set === 'law' ? row : undefined} />);
  return (
    <>
      <Step icon={IconScale} title="Federal law">
        {questions.length === 0 ? <Text size="sm">The law was not asked: the record is about no patient.</Text> : told('law')}
        <Held grounds={grounds} />
      </Step>
      {states.map((name) => (
        <Step key={name} icon={IconMapPin} title={`State law: ${name}`}>
          {told(name)}
        </Step>
      ))}
      {states.length > 0 || questions.length === 0 ? null : (
        <Step icon={IconMapPin} title="State law">
          <Text size="sm">No state’s law is switched on here.</Text>
        </Step>
      )}
      {own.map((name) => (
        <Step key={name} icon={IconBuilding} title={`Organization: ${inWords(name)}`}>
          {told(name)}
        </Step>
      ))}
      {own.length > 0 || questions.length === 0 ? null : (
        <Step icon={IconBuilding} title="Organization">
          <Text size="sm">No policy of the organization is active.</Text>
        </Step>
      )}
    </>
  );
}

/** The law would let it be given, or says nothing; the gateway holds it back all the same. */
function Held({ grounds }: { readonly grounds: readonly Ground[] }) {
  const held = grounds.flatMap(({ policy, citation }) => {
    const words = holdWords(policy);
    return words === undefined ? [] : [{ policy, citation, words }];
  });
  if (held.length === 0) return null;
  return (
    <ul className={classes.rows}>
      {held.map(({ policy, citation, words }) => (
        <Ruling key={policy} permits={false} word="Held back">
          {words} <Cited id={policy} citation={citation} />
        </Ruling>
      ))}
    </ul>
  );
}

interface AnswerProps {
  readonly question: ExplainedQuestion;
  readonly set: string;
  readonly row: Row | undefined;
}

function Answer({ question: { part, question, sets }, set, row }: AnswerProps) {
  const trace = sets.find((one) => one.set === set);
  if (trace === undefined) return null;
  const { recipient, action, category, context } = question;
  const labels = part === 'segment' ? context.labels.map(labelName).join(', ') : '';
  const what = `${part === 'segment' ? 'a part that is ' : ''}${CATEGORY_WORDS[category]}${labels === '' ? '' : ` (${labels})`}`;
  const known = [
    ...context.facts.map((fact) => FACT_WORDS[fact]),
    ...context.authorizations.map((type) => `there is ${AUTHORIZATION_WORDS[type]}`),
    ...context.attestations.map((kind) => `${kind} is attested`),
    ...(context.consent === 'none' ? [] : [VOTE_WORDS[context.consent]]),
  ];
  const verb = action === 'disclose' ? 'be given' : action;
  return (
    <div className={classes.answer}>
      <Text size="sm" fw={550}>
        {`May ${RECIPIENT_WORDS[recipient]} ${verb} ${what}, for ${purposeWords(context.purpose)}?`}
      </Text>
      {known.length === 0 || set !== 'law' ? null : (
        <Text size="sm" c="dimmed">
          Known: {known.join('; ')}.
        </Text>
      )}
      <SetAnswer trace={trace} row={row} />
    </div>
  );
}

function SetAnswer({ trace: { permitted, matched, missed, errors }, row }: { readonly trace: SetTrace; readonly row: Row | undefined }) {
  // Where a permit matched and something forbids, it is the forbid that failed it.
  const [nearest, ...others] = matched.length === 0 ? missed : [];
  return (
    <ul className={classes.rows}>
      {matched.toSorted(forbidsLast).map(({ policy, effect, title, citation }) => (
        <Ruling key={`${policy} ${effect}`} permits={effect === 'permit'} word={effect === 'permit' ? 'Permits' : 'Forbids'}>
          {title ?? policy} <Cited id={policy} citation={citation} />
        </Ruling>
      ))}
      {permitted || matched.length > 0 ? null : (
        <Ruling permits={false} word="Denies">
          Nothing permits it, and what is not permitted is denied.{' '}
          {row === undefined ? null : <Cited id={row.policy} citation={row.citation} />}
        </Ruling>
      )}
      {nearest === undefined ? null : <Missed missed={nearest} nearest />}
      {others.length === 0 ? null : (
        <li>
          <details className={classes.more}>
            <summary>{others.length === 1 ? 'One other permit that was near' : `${others.length} other permits that were near`}</summary>
            <ul className={classes.rows}>
              {others.map((one) => (
                <Missed key={one.policy} missed={one} />
              ))}
            </ul>
          </details>
        </li>
      )}
      {errors.map((error) => (
        <Ruling key={error} permits={false} word="Error">
          {error}
        </Ruling>
      ))}
    </ul>
  );
}

/** A permit that would have applied, and the clauses that were not so. */
function Missed({
  missed: { policy, title, citation, wants, failed },
  nearest = false,
}: {
  readonly missed: MissedPermit;
  readonly nearest?: boolean;
}) {
  return (
    <li className={classes.missed} data-nearest={nearest}>
      <IconArrowsSplit size={16} aria-hidden />
      <div>
        <Text size="sm" component="div">
          {nearest ? 'Nearest permit: ' : ''}
          {title ?? policy} <Cited id={policy} citation={citation} />
        </Text>
        <Text size="sm" component="div">
          It fails because this is not so:
        </Text>
        <ul className={classes.clauses}>
          {wants.map((want, index) => (
            <li key={want}>
              <mark className={classes.clause} title={failed[index]}>
                {sentence(want)}
              </mark>
            </li>
          ))}
        </ul>
      </div>
    </li>
  );
}

function forbidsLast({ effect: one }: MatchedPolicy, { effect: other }: MatchedPolicy): number {
  return Number(one === 'forbid') - Number(other === 'forbid');
}

function keyOf({ part, subject, question }: ExplainedQuestion): string {
  return JSON.stringify([part, subject, question]);
}
