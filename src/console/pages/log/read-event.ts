/** An AuditEvent of the log (IHE BALP, with Privity's extensions: src/audit/audit-event-codes.ts) as the views need it. */
import { EXTENSION } from '../../../audit/audit-event-codes.ts';
import type { Effect } from '../../components/effect-badge.tsx';

interface Extension {
  readonly url: string;
  readonly valueString?: string;
  readonly valueCode?: string;
  readonly extension?: readonly Extension[];
}
interface Coded {
  readonly code?: string;
}
interface Reference {
  readonly reference?: string;
  readonly display?: string;
  readonly type?: string;
  readonly identifier?: { readonly value?: string };
}
export interface AuditEventResource {
  readonly id: string;
  readonly extension?: readonly Extension[];
  readonly type: Coded;
  readonly subtype?: readonly Coded[];
  readonly action: string;
  readonly recorded: string;
  readonly outcome: string;
  readonly outcomeDesc?: string;
  readonly purposeOfEvent?: readonly { readonly coding?: readonly Coded[] }[];
  readonly agent: readonly {
    readonly requestor: boolean;
    readonly who?: Reference;
    readonly role?: readonly { readonly coding?: readonly Coded[] }[];
    readonly network?: { readonly address?: string };
  }[];
  readonly entity?: readonly {
    readonly name?: string;
    readonly what?: Reference;
    readonly type?: Coded;
    readonly role?: Coded;
    readonly query?: string;
    readonly extension?: readonly Extension[];
    readonly securityLabel?: readonly Coded[];
  }[];
}

export interface Basis {
  readonly kind: string;
  readonly id: string;
  readonly citation?: string;
  readonly effect: string;
}

export interface DecidedResource {
  readonly reference: string;
  readonly version?: string;
  readonly effect: Effect;
  readonly labels: readonly string[];
  readonly basis: readonly Basis[];
}

export interface LogEvent {
  readonly id: string;
  readonly recorded: string;
  readonly type: string;
  /** `read`, `search-type`, … */
  readonly interaction: string;
  readonly action: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly who?: string;
  readonly person?: string;
  readonly roles: readonly string[];
  readonly client?: string;
  readonly address?: string;
  readonly purpose?: string;
  readonly patient?: string;
  readonly query?: string;
  /** Of an act of the staff, what it was about: `policies/no-notes`. */
  readonly topic?: string;
  readonly decided: readonly DecidedResource[];
  /** Resources named without a decision of their own. */
  readonly named: readonly string[];
  readonly requestId?: string;
  readonly recipient?: string;
  readonly policyVersion?: string;
  readonly traceId?: string;
  readonly breakGlassReason?: string;
  readonly obligations: readonly string[];
  readonly attestations: readonly { readonly kind: string; readonly text: string }[];
}

/** Of object-role: settings and consents, as administrators handle them. */
const SECURITY_RESOURCE = '13';

export function readEvent(event: AuditEventResource): LogEvent {
  const user = event.agent.find(({ requestor }) => requestor);
  const client = event.agent.find(({ requestor, network }) => !requestor && network?.address !== event.agent[1]?.network?.address);
  const entities = event.entity ?? [];
  const own = (name: string) => (event.extension ?? []).filter(({ url }) => url === `${EXTENSION}${name}`);
  const text = (name: string) => own(name)[0]?.valueString;
  const decided = entities.flatMap((entity) => decisionOf(entity));
  const asked = new Set([...decided.map(({ reference }) => reference)]);
  return {
    id: event.id,
    recorded: event.recorded,
    type: event.type.code ?? '',
    interaction: event.subtype?.at(-1)?.code ?? '',
    action: event.action,
    outcome: event.outcome,
    reason: event.outcomeDesc,
    who: user?.who?.identifier?.value ?? user?.who?.display,
    person: user?.who?.reference,
    roles: (user?.role ?? []).flatMap(({ coding }) => coding?.[0]?.code ?? []),
    client: client?.who?.identifier?.value,
    address: client?.network?.address,
    purpose: event.purposeOfEvent?.[0]?.coding?.[0]?.code,
    patient: entities.find(({ role }) => role?.code === '1')?.what?.reference,
    query: entities.map(({ query }) => query).find((query) => query !== undefined && query !== '') && decoded(entities),
    topic: entities.find(({ role }) => role?.code === SECURITY_RESOURCE)?.name,
    decided,
    named: entities
      .flatMap(({ what, role }) => (role?.code === '1' ? [] : (what?.reference ?? what?.type ?? [])))
      .filter((name) => !asked.has(name)),
    requestId: entities.find(({ type }) => type?.code === 'XrequestId')?.what?.identifier?.value,
    recipient: own('recipient')[0]?.valueCode,
    policyVersion: text('policy-version'),
    traceId: text('trace-id'),
    breakGlassReason: text('break-glass-reason'),
    obligations: own('obligation').flatMap(({ valueCode }) => valueCode ?? []),
    attestations: own('attestation').map(({ extension = [] }) => ({
      kind: within(extension, 'kind') ?? '',
      text: within(extension, 'text') ?? '',
    })),
  };
}

type Entity = NonNullable<AuditEventResource['entity']>[number];

function decoded(entities: readonly Entity[]): string | undefined {
  const query = entities.find((entity) => entity.query !== undefined)?.query;
  return query === undefined ? undefined : new TextDecoder().decode(Uint8Array.from(atob(query), (letter) => letter.charCodeAt(0)));
}

function decisionOf({ what, extension = [], securityLabel = [] }: Entity): readonly DecidedResource[] {
  const decision = extension.find(({ url }) => url === `${EXTENSION}decision`)?.extension;
  const reference = what?.reference ?? what?.type;
  if (decision === undefined || reference === undefined) return [];
  const version = within(decision, 'version');
  const basis = decision
    .filter(({ url }) => url === 'basis')
    .map(({ extension: parts = [] }) => ({
      kind: within(parts, 'kind') ?? '',
      id: within(parts, 'id') ?? '',
      citation: within(parts, 'citation'),
      effect: within(parts, 'effect') ?? '',
    }));
  const labels = securityLabel.flatMap(({ code }) => code ?? []);
  return [{ reference, ...(version === undefined ? {} : { version }), effect: within(decision, 'effect') as Effect, labels, basis }];
}

function within(extensions: readonly Extension[], url: string): string | undefined {
  const found = extensions.find((extension) => extension.url === url);
  return found?.valueCode ?? found?.valueString;
}

/** How it ended, over all that was decided. */
export function countsOf({ decided }: LogEvent): Readonly<Record<Effect, number>> {
  const counts = { permit: 0, redact: 0, withhold: 0 };
  for (const { effect } of decided) counts[effect] += 1;
  return counts;
}
