/** Why: what is in the record, what the patient said, what the policies answer, what comes with it; each with its citation. */
import { Paper, Text, Title } from '@mantine/core';
import { IconClipboardList, IconFileDescription, IconSignature } from '@tabler/icons-react';
import { ELEMENT_NAMES } from '../../../consent/authorization-elements.ts';
import type { ExplainedLabel, Explanation, UnheardConsent } from '../../../decide/explanation.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { CopyId } from '../../components/copy-id.tsx';
import { LabelCode } from '../../components/label-badge.tsx';
import { inWords, labelName } from '../../words.ts';
import { Asked } from './asked.tsx';
import classes from './explain.module.css';
import { obligationWords, provisionWords, sourceWords, unheardWords } from './explain-words.ts';
import { Cited, Ruling, Step } from './trace-parts.tsx';

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
        <Asked questions={questions} grounds={policies} />
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

function Found({ labels }: { readonly labels: readonly ExplainedLabel[] }) {
  const code = labels[0]?.code ?? '';
  return (
    <li>
      <LabelCode code={code} /> <strong>{labelName(code)}</strong>
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

function groupLabels(labels: readonly ExplainedLabel[]): readonly (readonly ExplainedLabel[])[] {
  return [...Map.groupBy(labels, ({ code }) => code).values()];
}
