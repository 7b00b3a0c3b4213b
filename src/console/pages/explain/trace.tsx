/** Why: what is in the record, what the patient said, the law, the state, the organization, what comes with it; each with its citation. */
import { Paper, Text, Title } from '@mantine/core';
import {
  IconArrowsSplit,
  IconBuilding,
  IconCheck,
  IconClipboardList,
  IconFileDescription,
  IconMapPin,
  IconScale,
  IconSignature,
  IconX,
  type TablerIcon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ELEMENT_NAMES } from '../../../consent/authorization-elements.ts';
import type { ExplainedLabel, ExplainedQuestion, Explanation, UnheardConsent } from '../../../decide/explanation.ts';
import type { MatchedPolicy, MissedPermit, SetTrace } from '../../../policy/explain-question.ts';
import { AUTHORIZATION_WORDS, CATEGORY_WORDS, FACT_WORDS, RECIPIENT_WORDS, VOTE_WORDS } from '../../../policy/policy-words.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { CopyId } from '../../components/copy-id.tsx';
import { LabelBadge } from '../../components/label-badge.tsx';
import { inWords, labelName } from '../../words.ts';
import classes from './explain.module.css';
import { obligationWords, provisionWords, purposeWords, sentence, sourceWords, unheardWords } from './explain-words.ts';

export function Trace({ explanation }: { readonly explanation: Explanation }) {
  const { labels, consents, without, obligations, view, confidentiality, questions, policies } = explanation;
  return (
    <Paper component="section" aria-labelledby="trace" p="lg">
      <Title order={2} id="trace" mb="md">
        Why
      </Title>
      <ol className={classes.steps}>
        <Step icon={IconFileDescription} title="What is in it">
          {labels.length === 0 ? (
            <Text size="sm">Nothing sensitive was found: no label. Confidentiality {confidentiality}.</Text>
          ) : (
            <ul className={classes.rows}>
              {groupLabels(labels).map((group) => (
                <Found key={group[0]?.code} labels={group} />
              ))}
            </ul>
          )}
        </Step>
        <Step icon={IconSignature} title="What the patient said">
          {consents.length + without.length === 0 ? <Text size="sm">No consent is on file that concerns this.</Text> : null}
          <ul className={classes.rows}>
            {consents.map(({ consent, provision, says, version }) => (
              <Ruling key={`${consent} ${provision}`} permits={says === 'permit'} word={says === 'permit' ? 'Permits' : 'Denies'}>
                <CopyId value={consent} />
                {`${version === undefined ? '' : ` version ${version}`}, ${provisionWords(provision)}`}
              </Ruling>
            ))}
            {without.map((one) => (
              <Unheard key={`${one.consent} ${one.reason}`} unheard={one} />
            ))}
          </ul>
        </Step>
        <Asked questions={questions} defaults={policies.filter(({ effect }) => effect === 'default-deny')} />
        <Step icon={IconClipboardList} title="What comes with it">
          {view === undefined && obligations.length === 0 ? <Text size="sm">No obligation.</Text> : null}
          <ul className={classes.rows}>
            {obligations.map((code) => (
              <li key={code}>
                {obligationWords(code)}{' '}
                <Text span size="xs" c="dimmed">
                  {code}
                </Text>
              </li>
            ))}
            {view === undefined ? null : (
              <li>
                The minimum necessary, “{inWords(view.id).toLowerCase()}”. <CitationLink citation={view.citation} />
              </li>
            )}
          </ul>
        </Step>
      </ol>
      {questions.length > 0 || policies.length === 0 ? null : (
        <ul className={classes.rows}>
          {policies.map(({ policy, citation, effect }) => (
            <Ruling key={`${policy} ${effect}`} permits={effect === 'permit'} word={effect === 'permit' ? 'Permits' : 'Denies'}>
              {policy}, <CitationLink citation={citation} />
            </Ruling>
          ))}
        </ul>
      )}
      <Text size="xs" c="dimmed" mt="md" component="div">
        Policy in force: <CopyId value={explanation.policyVersion}>{explanation.policyVersion.slice(0, 12)}</CopyId>
      </Text>
    </Paper>
  );
}

/** Law, states, organization: what each set says to each question that was asked. */
export interface AskedProps {
  readonly questions: readonly ExplainedQuestion[];
  /** Rows of the law that deny what no policy permits. */
  readonly defaults: readonly Row[];
}
interface Row {
  readonly policy: string;
  readonly citation: string;
}

export function Asked({ questions, defaults }: AskedProps) {
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

export function Step({ icon: Icon, title, children }: { readonly icon: TablerIcon; readonly title: string; readonly children: ReactNode }) {
  return (
    <li className={classes.step}>
      <span className={classes.stepIcon}>
        <Icon size={18} aria-hidden />
      </span>
      <div className={classes.stepBody}>
        <Title order={3}>{title}</Title>
        {children}
      </div>
    </li>
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

export function Ruling({ permits, word, children }: { readonly permits: boolean; readonly word: string; readonly children: ReactNode }) {
  const Icon = permits ? IconCheck : IconX;
  return (
    <li className={classes.ruling} data-permits={permits}>
      <Icon size={16} aria-hidden />
      <div>
        <strong>{word}:</strong> {children}
      </div>
    </li>
  );
}

function Cited({ id, citation }: { readonly id: string; readonly citation: string }) {
  return (
    <Text span size="xs" c="dimmed">
      {id}
      {citation === '' ? null : (
        <>
          , <CitationLink citation={citation} />
        </>
      )}
    </Text>
  );
}

function Found({ labels }: { readonly labels: readonly ExplainedLabel[] }) {
  const code = labels[0]?.code ?? '';
  return (
    <li>
      <LabelBadge code={code} /> <strong>{labelName(code)}</strong>
      {labels.map(({ on, evidence }) => (
        <ul key={on} className={classes.evidence}>
          {evidence.map(({ source, rule, path, code: found }) => (
            <li key={`${source} ${rule} ${path}`}>
              {`${sourceWords(source, rule)}, at `}
              <code>{path}</code>
              {found === undefined || found === code ? '' : ` (${found})`}
              {on === 'resource' ? '; the whole record' : ''}
            </li>
          ))}
        </ul>
      ))}
    </li>
  );
}

function Unheard({ unheard: { consent, kind, reason, missing } }: { readonly unheard: UnheardConsent }) {
  return (
    <li className={classes.unheard}>
      <Text size="sm" component="div">
        <CopyId value={consent} /> {`had no say: this ${kind} ${unheardWords(reason)}.`}
      </Text>
      {missing.length === 0 ? null : (
        <ul className={classes.evidence}>
          {missing.map(({ id, citation, detail }) => (
            <li key={id}>
              {ELEMENT_NAMES[id]}: {detail}. <Cited id={id} citation={citation} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function forbidsLast({ effect: one }: MatchedPolicy, { effect: other }: MatchedPolicy): number {
  return Number(one === 'forbid') - Number(other === 'forbid');
}

function groupLabels(labels: readonly ExplainedLabel[]): readonly (readonly ExplainedLabel[])[] {
  return [...Map.groupBy(labels, ({ code }) => code).values()];
}

function keyOf({ part, subject, question }: ExplainedQuestion): string {
  return JSON.stringify([part, subject, question]);
}
