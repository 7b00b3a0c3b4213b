/** What one Consent does, in words: who may see what, for what, until when; of what is past, why it no longer does. */
import { Text } from '@mantine/core';
import type { DescribedConsent } from '../../../consent/describe-consent.ts';
import { Badge } from '../../components/badge.tsx';
import { CitationLink } from '../../components/citation-link.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { ToldText } from '../../components/told-text.tsx';
import { grantorName, isIdle, periodWords, producedWords, saidWords, sentence, stateWords } from './consent-words.ts';
import classes from './consents.module.css';
import { RuleIcon } from './rule-icon.tsx';

export function ConsentStateBadge({ consent: { state } }: { readonly consent: DescribedConsent }) {
  const { word, tone, icon } = stateWords(state);
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}

export function ConsentRules({ consent }: { readonly consent: DescribedConsent }) {
  const { rules, notUnderstood, kind } = consent;
  const said = saidWords(consent);
  return (
    <>
      {said === undefined || rules.length === 0 ? null : (
        <Text size="sm" c="dimmed" mb={4}>
          {said}
        </Text>
      )}
      <ul className={classes.rules} aria-label="What it says">
        {rules.map(({ provision, says, depth, text }) => (
          <li key={provision} data-depth={Math.min(depth, 4)}>
            <RuleIcon says={isIdle(consent) || (kind === 'directive' && says === 'permit') ? 'idle' : says} as={says} />
            <span>
              <ToldText>{text}</ToldText>
            </span>
          </li>
        ))}
      </ul>
      {notUnderstood.length === 0 ? null : (
        <Text size="sm" mt="xs">
          Not understood: {notUnderstood.join('; ')}
        </Text>
      )}
    </>
  );
}

/** What is missing in an authorization stands in the list of its elements. */
export function whyNot({ state, why, revoked, authorization }: DescribedConsent): string | undefined {
  if (state === 'in-force' || (state === 'revoked' && revoked !== undefined)) return undefined;
  if (state === 'void' && authorization !== undefined) return 'It lacks what the law asks for, and opens nothing.';
  return `${sentence(why)}.`;
}

export function ConsentFacts({ consent }: { readonly consent: DescribedConsent }) {
  const { given, produces, revoked } = consent;
  return (
    <Facts>
      <Fact name="When">
        <ToldText>{periodWords(consent)}</ToldText>
      </Fact>
      {given === undefined ? null : (
        <Fact name="Given">
          {given.includes('T') ? <TimeText value={given} as="day" /> : <ToldText>{given}</ToldText>}
          {by(consent)}
        </Fact>
      )}
      {revoked === undefined ? null : (
        <Fact name="Revoked">
          <TimeText value={revoked.at} />
          {revoked.reason === undefined ? null : `: ${revoked.reason}`}
        </Fact>
      )}
      {produces.length === 0 && opensNothing(consent) ? (
        <Fact name="What it is before the law">A permit in a directive opens nothing that the law closes.</Fact>
      ) : null}
      {produces.length === 0 ? null : (
        <Fact name="What it is before the law">
          {produces.map((code) => {
            const [text, citation] = producedWords(code);
            return (
              <span key={code} className={classes.produced}>
                {text} {citation === '' ? null : <CitationLink citation={citation} />}
              </span>
            );
          })}
        </Fact>
      )}
    </Facts>
  );
}

const opensNothing = ({ kind, state }: DescribedConsent): boolean => kind === 'directive' && state === 'in-force';

function by(consent: DescribedConsent): string {
  const name = grantorName(consent);
  return name === undefined ? '' : ` by ${name}`;
}
