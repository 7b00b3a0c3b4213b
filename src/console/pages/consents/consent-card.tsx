/** One Consent as a card: what it says, whether it is in force, and how to take it back. */
import { Button, Group, Paper, Text, Title } from '@mantine/core';
import type { DescribedConsent } from '../../../consent/describe-consent.ts';
import { CopyId } from '../../components/copy-id.tsx';
import { ToldText } from '../../components/told-text.tsx';
import { ConsentFacts, ConsentRules, ConsentStateBadge, whyNot } from './consent-effect.tsx';
import { isRevocable, kindName, plural } from './consent-words.ts';
import classes from './consents.module.css';
import { countElements, ElementList } from './element-list.tsx';

export interface ConsentCardProps {
  readonly consent: DescribedConsent;
  readonly onRevoke: (consent: DescribedConsent) => void;
}

/** Where in the page a Consent is. */
export const cardId = (reference: string): string => reference.replace('/', '-');

export function ConsentCard({ consent, onRevoke }: ConsentCardProps) {
  const { consent: reference, version, state, authorization } = consent;
  const id = cardId(reference);
  const why = whyNot(consent);
  return (
    <Paper component="li" p="lg" className={classes.card} data-state={state}>
      <Group justify="space-between" align="flex-start" gap="sm" mb="sm">
        <div>
          <Group gap="sm">
            <Title order={3} id={id} tabIndex={-1} className={classes.cardTitle}>
              {kindName(consent)}
            </Title>
            <ConsentStateBadge consent={consent} />
          </Group>
          <Text size="sm" c="dimmed" component="div">
            <CopyId value={reference} />
            {version === undefined ? null : ` version ${version}`}
          </Text>
        </div>
        {isRevocable(consent) ? (
          <Button
            variant="default"
            size="xs"
            onClick={() => onRevoke(consent)}
            aria-label={`Revoke ${reference}`}
            className="no-print"
            aria-haspopup="dialog"
          >
            Revoke…
          </Button>
        ) : null}
      </Group>
      {why === undefined ? null : (
        <Text mb="sm" fw={550}>
          <ToldText>{why}</ToldText>
        </Text>
      )}
      <ConsentRules consent={consent} />
      <div className={classes.facts}>
        <ConsentFacts consent={consent} />
      </div>
      {authorization === undefined ? null : (
        <details className={classes.details} open={state === 'void'}>
          <summary>{elementsTold(authorization)}</summary>
          <ElementList authorization={authorization} />
        </details>
      )}
    </Paper>
  );
}

export function elementsTold(authorization: NonNullable<DescribedConsent['authorization']>): string {
  const { required, missing } = countElements(authorization);
  return missing === 0
    ? `All ${required} elements of a valid authorization are there`
    : `${plural(missing, 'element')} of ${required} that a valid authorization needs ${missing === 1 ? 'is' : 'are'} missing`;
}
