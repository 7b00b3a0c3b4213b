/** Pairs that the property found to differ once, shrunk: worlds, requesters and requests as `pairPlan` draws them. */
import type { PairPlan } from './non-interference.ts';
import type { RequestPlan } from './requests.ts';
import type { ResourcePlan, WorldPlan } from './world.ts';

interface FoundBefore extends PairPlan {
  /** The situation. */
  readonly name: string;
}

const plain: ResourcePlan = {
  kind: 'Condition',
  patient: 0,
  sensitivity: 'none',
  second: 'none',
  target: 0,
  author: 0,
  declares: false,
  day: 1,
  alternative: false,
};
const ask = (shape: string, more: Partial<RequestPlan> = {}): RequestPlan => ({
  shape,
  kind: 'Condition',
  pick: 0,
  parameters: [],
  choice: 0,
  ...more,
});
const world = (resources: readonly Partial<ResourcePlan>[], consents: WorldPlan['consents'] = []): WorldPlan => ({
  resources: resources.map((row) => ({ ...plain, ...row })),
  consents,
  attested: [],
  implicit: 'hipaa',
  announce: false,
  evidenced: false,
});

const note = { sensitivity: 'psythpn' } as const;
const audit = { kind: 'AuditEvent' } as const;
const mentalHealthToHer = {
  patient: 0,
  root: 'permit',
  inner: 'permit',
  label: 'MH',
  actor: 0,
  purpose: 'TREAT',
  status: 'active',
} as const;

export const FOUND_BEFORE: readonly FoundBefore[] = [
  {
    name: 'an old audit event keeps what it says of a note after the note was deleted by its author',
    world: world(
      [audit, audit, note, { ...note, kind: 'CarePlan' }, note, audit, { ...note, kind: 'Appointment' }, {}, { ...audit, target: 19 }, {}],
      [mentalHealthToHer, mentalHealthToHer],
    ),
    requester: 'therapist',
    mutations: [{ do: 'delete', pick: 0 }],
    requests: [ask('delete', { pick: 123, choice: 1 }), ask('read'), ask('read'), ask('read'), ask('read', { pick: 193 })],
  },
  {
    name: 'a page link of the history is followed again after a write; something withheld stood before it',
    world: world([{}, { sensitivity: 'part2' }, {}, {}]),
    requester: 'system',
    mutations: [
      { do: 'past', pick: 0 },
      { do: 'delete', pick: 0 },
    ],
    requests: [ask('system-history'), ask('read'), ask('transaction', { choice: 656 }), ask('read'), ask('next', { choice: 135 })],
  },
];
