/** What was done, in a few words: a request for records by what it asked for, an act of the staff by what it was about. */
import { inWords } from '../../words.ts';
import type { LogEvent } from './read-event.ts';

const DONE: Readonly<Record<string, string>> = {
  read: 'Read',
  vread: 'Read a version of',
  'search-type': 'Searched',
  'search-compartment': 'Searched',
  'search-system': 'Searched',
  search: 'Searched',
  create: 'Created',
  update: 'Updated',
  patch: 'Changed',
  delete: 'Deleted',
  'history-instance': 'Read the history of',
  'history-type': 'Read the history of',
  'history-system': 'Read the history of',
  $everything: 'Read everything of',
  $lastn: 'Read the latest of',
  $docref: 'Asked for the documents of',
  $match: 'Looked for a match of',
  $meta: 'Read the labels of',
  $validate: 'Had checked',
};

/** Acts of the staff (src/gateway/admin-*.ts). */
const ACTS: Readonly<Record<string, string>> = {
  search: 'Listed',
  read: 'Looked at',
  upload: 'Uploaded',
  diff: 'Compared versions of',
  preview: 'Previewed',
  activate: 'Put in force',
  rollback: 'Rolled back',
  withdraw: 'Withdrew',
  revoke: 'Revoked',
  attest: 'Recorded',
  assign: 'Assigned',
  comment: 'Commented on',
  close: 'Closed',
};

/** What they are about, where there are many and where it is one. */
const TOPICS: Readonly<Record<string, readonly [all: string, one: string]>> = {
  policies: ['policy sets', 'policy set'],
  'code-sets': ['code sets', 'code set'],
  consents: ['consents', 'consent'],
  reviews: ['reviews', 'a review'],
  attestations: ['attestations', 'attestation'],
  explain: ['the choices of Explain', ''],
  law: ['the law', ''],
  'recent-patients': ['patients asked for lately', ''],
};

type Done = Pick<LogEvent, 'type' | 'interaction' | 'outcome' | 'topic' | 'named' | 'decided' | 'query'>;

export function whatWasDone({ type, interaction, outcome, topic, named, decided, query }: Done): string {
  if (type === '110101') return `Looked into the log${query === undefined ? '' : `: ${query}`}`;
  if (type === '110114') return outcome !== '0' ? 'Asked without a valid token' : interaction === '110123' ? 'Signed out' : 'Signed in';
  if (interaction === 'AuthZ-Consent') return 'Consents were consulted';
  if (topic !== undefined) return actWords(interaction, topic);
  return requestWords(interaction, query ?? named[0] ?? decided[0]?.reference ?? '');
}

/** `Searched Condition by patient`: a query is logged by the names of its parameters, never by what they ask for. */
export function requestWords(interaction: string, target: string): string {
  const verb = DONE[interaction] ?? inWords(interaction);
  // Nothing of it is kept: it may say more than the requester was entitled to ask.
  if (target === 'refused') return `${verb}: refused`;
  // Of an operation the verb says the name.
  const of = DONE[interaction] === undefined ? target : target.replace(`/${interaction}`, '');
  const [, type = '', names = ''] = /^([^?]*)\?(.+)$/.exec(of) ?? [];
  return `${verb} ${names === '' ? of : `${type === '' ? 'everything' : type} by ${names.split('&').join(', ')}`}`.trim();
}

/** `policies/no-notes/versions/2`: Put in force version 2 of policy set no-notes. */
function actWords(interaction: string, topic: string): string {
  // Nothing of it is kept, as of any request that was refused.
  if (topic === 'refused') return `${ACTS[interaction] ?? inWords(interaction)}: refused`;
  if (interaction === 'explain') return 'Had a decision explained';
  const [area = '', id, , version] = topic.split('/');
  const [all, one] = TOPICS[area] ?? [inWords(area).toLowerCase(), inWords(area).toLowerCase()];
  const which = id === undefined ? all : area === 'reviews' ? one : `${one} ${id}`;
  return `${ACTS[interaction] ?? inWords(interaction)} ${version === undefined ? '' : `version ${version} of `}${which}`;
}
