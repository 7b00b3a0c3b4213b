/** An explanation as a person reads it on a terminal: what `privity explain` prints. */
import type { Change } from './explain-changes.ts';
import type { ExplainedQuestion, Explanation, PastExplanation, RefusedExplanation, UnheardConsent } from './explanation.ts';

export function explainText(explanation: Explanation | PastExplanation | RefusedExplanation): string {
  const lines =
    'decisions' in explanation ? pastLines(explanation) : 'changes' in explanation ? nowLines(explanation) : refused(explanation);
  return `${lines.join('\n')}\n`;
}

function refused({ reason, text, detail }: RefusedExplanation): readonly string[] {
  return [`refused at the door: ${reason}. ${text}${detail === undefined ? '' : ` (${detail})`}`];
}

function nowLines(now: Explanation): readonly string[] {
  return [
    `${now.reference} for ${now.recipient}: ${now.effect}${now.withheldAs === undefined ? '' : ` (${now.withheldAs})`}`,
    ...(now.view === undefined ? [] : [`  view ${now.view.id}: ${now.view.citation}`]),
    ...(now.obligations.length === 0 ? [] : [`  obligations: ${now.obligations.join(', ')}`]),
    ...(now.candidate ? ['  looks like a psychotherapy note; nobody has reviewed it'] : []),
    ...section(
      'labels',
      now.labels.map(
        ({ code, on, evidence }) =>
          `${code} on ${on}: ${evidence.map(({ source, rule, path }) => `${source} ${rule} at ${path}`).join('; ')}`,
      ),
    ),
    ...section(
      'consents',
      now.consents.map(({ consent, provision, says }) => `${says} by ${consent} ${provision}`),
    ),
    ...section(
      'decided by',
      now.policies.map(({ set, policy, effect, citation }) => `${effect} ${set}/${policy}: ${citation}`),
    ),
    ...now.removed.map((path) => `  removed: ${path}`),
    ...now.questions.flatMap(questionLines),
    ...section('consents without a say', now.without.flatMap(unheardLines)),
    ...section(
      'would turn it, each alone',
      now.changes.map((change) => `${changeText(change)}: ${turnText(change)}`),
    ),
    ...section(
      'would turn it, both together',
      now.pairs.map((pair) => `${pair.changes.map(changeText).join(' and ')}: ${turnText(pair)}`),
    ),
    ...(now.changes.length + now.pairs.length > 0 ? [] : [nothingTurns(now.tried)]),
    `policy ${now.policyVersion}`,
  ];
}

function unheardLines({ consent, kind, reason, missing }: UnheardConsent): readonly string[] {
  return [`${consent}: ${kind}, ${reason}`, ...missing.map(({ id, citation, detail }) => `  lacks ${id}, ${citation}: ${detail}`)];
}

function changeText({ how, kind, value }: Change): string {
  return `${how} ${kind} ${value}`;
}

function turnText({ effect, removed }: Explanation['changes'][number] | Explanation['pairs'][number]): string {
  return removed === undefined ? effect : `${effect}, ${removed} removed`;
}

function nothingTurns({ changes, pairs }: Explanation['tried']): string {
  return `  nothing would turn it: ${changes} changes tried alone, ${pairs} in pairs`;
}

function pastLines({ event, policyVersion, sets, decisions }: PastExplanation): readonly string[] {
  return [
    `${event.recordedAt} ${event.interaction} ${event.target} by ${event.requester ?? 'somebody'} as ${event.recipient ?? 'nobody'} for ${event.purpose ?? 'no purpose'}`,
    ...decisions.flatMap((decision) => [
      `${decision.references.join(', ')}: ${decision.effect}${decision.identical ? ', the same when asked again' : ', ANOTHER ANSWER when asked again'}`,
      ...section('labels', decision.labels.length === 0 ? [] : [decision.labels.join(', ')]),
      ...section(
        'decided by',
        decision.basis.map(({ kind, id, effect, citation }) => `${effect} ${kind} ${id}${citation === undefined ? '' : `: ${citation}`}`),
      ),
      ...decision.questions.flatMap(questionLines),
    ]),
    `policy ${policyVersion}${sets.map(({ name, version }) => ` + ${name} ${version}`).join('')}`,
  ];
}

function questionLines({ part, subject, question, effect, sets }: ExplainedQuestion): readonly string[] {
  const { recipient, action, category, context } = question;
  const known = [...context.facts, ...context.attestations, ...context.authorizations];
  return [
    `  ${part}${subject === '' ? '' : ` of ${subject}`}: may ${recipient} ${action} ${category} for ${context.purpose}? ${effect}`,
    `    known: ${known.length === 0 ? 'nothing more' : known.join(', ')}; directives: ${context.consent}`,
    ...sets.flatMap(({ set, permitted, matched, missed, errors }) => [
      `    ${set}: ${permitted ? 'permits' : 'denies'}`,
      ...matched.map((row) => `      ${row.effect} ${row.policy}: ${row.citation}`),
      ...missed.map((row) => `      ${row.policy} would permit, but for: ${row.failed.join(' and ')}`),
      ...errors.map((error) => `      error: ${error}`),
    ]),
  ];
}

function section(title: string, rows: readonly string[]): readonly string[] {
  return rows.length === 0 ? [] : [`  ${title}:`, ...rows.map((row) => `    ${row}`)];
}
