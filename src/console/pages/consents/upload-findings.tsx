/** What would come of an upload: whether it may be written, what it lacks, what speaks against it, and its effect in words. */
import { Alert, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { ElementProblem, JudgedConsent } from '../../../gateway/admin-consent-judge.ts';
import { Badge } from '../../components/badge.tsx';
import { CitationLink } from '../../components/citation-link.tsx';
import { ToldText } from '../../components/told-text.tsx';
import { elementsTold } from './consent-card.tsx';
import { ConsentFacts, ConsentRules, ConsentStateBadge, whyNot } from './consent-effect.tsx';
import { kindName, plural, sentence } from './consent-words.ts';
import classes from './consents.module.css';
import { ElementList } from './element-list.tsx';
import type { Judged } from './write-dialog.tsx';

export interface UploadFindingsProps {
  readonly judged: Judged;
  /** Whose consents somebody came from. */
  readonly expected?: string;
}

export function UploadFindings({ judged, expected }: UploadFindingsProps) {
  const { patient, consents, problems } = judged;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  return (
    <>
      <Verdict judged={judged} errors={errors.length} />
      {expected !== undefined && patient !== undefined && patient !== expected ? (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle />} title={`This is for ${patient}`}>
          You came from the consents of {expected}.
        </Alert>
      ) : null}
      <Problems title="What stands in the way" problems={errors} tone="withheld" names={namesOf(consents)} />
      <Problems title="To be aware of" problems={warnings} tone="partial" names={namesOf(consents)} />
      {consents.map((consent) => (
        <OneConsent key={consent.entry} judged={consent} />
      ))}
    </>
  );
}

/** Takes the focus: it is what somebody waited for. */
function Verdict({ judged, errors }: { readonly judged: Judged; readonly errors: number }) {
  const verdict = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer anew
  useEffect(() => {
    verdict.current?.focus();
  }, [judged]);
  const { valid, patient, consents } = judged;
  return (
    <Alert
      ref={verdict}
      tabIndex={-1}
      role="status"
      color={valid ? 'teal' : 'red'}
      variant="light"
      icon={valid ? <IconCheck /> : <IconX />}
      title={valid ? 'It can be written' : 'It can not be written as it is'}
    >
      {valid
        ? `${plural(consents.length, 'consent')} of ${patient ?? 'nobody'}. Nothing is written yet: read below what ${consents.length === 1 ? 'it' : 'they'} would do.`
        : `${plural(errors, 'thing')} to mend, told below. Nothing was written.`}
    </Alert>
  );
}

type Problem = Judged['problems'][number];

interface ProblemsProps {
  readonly title: string;
  readonly problems: readonly Problem[];
  readonly tone: string;
  /** Of elements. */
  readonly names: ReadonlyMap<string, string>;
}

function Problems({ title, problems, tone, names }: ProblemsProps) {
  if (problems.length === 0) return null;
  return (
    <Paper p="lg" component="section" aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      <ul className={classes.problems}>
        {problems.map((problem) => (
          <li key={`${problem.path} ${problem.message}`} className={classes.problem} data-tone={tone}>
            <Text component="div">
              <ToldText>{told(problem, names)}</ToldText>
            </Text>
            <Text size="sm" c="dimmed" component="div">
              <code>{problem.path}</code>
              {isElement(problem) ? (
                <>
                  {', '}
                  <CitationLink citation={problem.citation} />
                </>
              ) : null}
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  );
}

const isElement = (problem: Problem): problem is ElementProblem => 'element' in problem;

/** The citation stands beside it. */
function told(problem: Problem, names: ReadonlyMap<string, string>): string {
  if (!isElement(problem)) return `${sentence(problem.message)}.`;
  const { element, message } = problem;
  return `Missing: ${names.get(element) ?? element} (${message.slice(message.indexOf('): ') + 3)}).`;
}

function namesOf(consents: readonly JudgedConsent[]): ReadonlyMap<string, string> {
  return new Map(consents.flatMap(({ effect }) => effect.authorization?.elements.map(({ id, name }) => [id, name] as const) ?? []));
}

const ACTIONS: Readonly<Record<JudgedConsent['action'], string>> = {
  create: 'New',
  update: 'Replaces what is there',
  unchanged: 'On the record already',
};

function OneConsent({ judged: { entry, action, replaces, convertedFrom, effect } }: { readonly judged: JudgedConsent }) {
  const { authorization } = effect;
  const why = whyNot(effect);
  return (
    <Paper p="lg" component="section" aria-label={`${kindName(effect)}, ${entry}`}>
      <Group gap="sm" mb={4}>
        <Title order={2}>{kindName(effect)}</Title>
        <Badge tone="quiet">{replaces === undefined || action !== 'update' ? ACTIONS[action] : `Replaces version ${replaces}`}</Badge>
        <ConsentStateBadge consent={effect} />
      </Group>
      <Text size="sm" c="dimmed" mb="md" component="div">
        <code>{entry}</code>
        {convertedFrom === undefined ? '' : `, FHIR ${convertedFrom}: it is written in the form of R4, and says the same`}
      </Text>
      <Stack gap="lg">
        <div>
          <Title order={3} mb="xs">
            What it would do
          </Title>
          {why === undefined ? null : (
            <Text mb="xs" fw={550}>
              <ToldText>{why}</ToldText>
            </Text>
          )}
          <ConsentRules consent={effect} />
          <div className={classes.facts}>
            <ConsentFacts consent={effect} />
          </div>
        </div>
        {authorization === undefined ? null : (
          <div>
            <Title order={3} mb={4}>
              Elements of a valid authorization
            </Title>
            <Text size="sm" c="dimmed" mb="sm">
              {elementsTold(authorization)}.
            </Text>
            <ElementList authorization={authorization} />
          </div>
        )}
      </Stack>
    </Paper>
  );
}
