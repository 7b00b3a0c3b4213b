/** The log's row for a request with a valid token that was refused before anything was read. */
import { auditedRequester } from '../audit/audited-requester.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { PrivityError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Requester } from '../requester/requester.ts';
import type { Verified } from './authenticate.ts';

export interface RefusedOrigin {
  readonly id: string;
  readonly requestId: string;
  readonly traceId?: string;
  readonly address: string;
}

export function refusalRecord(
  clock: Clock,
  origin: RefusedOrigin,
  { issuer, claims }: Verified,
  requester: Requester | undefined,
  refused: PrivityError,
  door: AuditRecord['door'] = 'rest',
): AuditRecord {
  return {
    ...origin,
    recordedAt: new Date(clock.now()).toISOString(),
    door,
    interaction: 'refused',
    action: 'E',
    outcome: refused.kind.status >= 500 ? '8' : '4',
    status: refused.kind.status,
    reason: refused.code,
    requester: requester === undefined ? claimed(issuer, claims) : auditedRequester(requester),
    ...(requester === undefined ? {} : { purpose: requester.purpose }),
    target: 'refused',
    subjects: [],
    decisions: [],
    obligations: [],
    attestations: [],
  };
}

/** A verified token whose claims say too little for a requester: what it does say of itself. */
function claimed(issuer: string, claims: Verified['claims']): NonNullable<AuditRecord['requester']> {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' && value.length <= 255 ? value : undefined);
  const clientId = text(claims.client_id) ?? text(claims.azp);
  const tokenId = text(claims.jti);
  return {
    id: text(claims.sub) ?? 'unknown',
    issuer,
    ...(clientId === undefined ? {} : { clientId }),
    ...(tokenId === undefined ? {} : { tokenId }),
    roles: [],
  };
}
