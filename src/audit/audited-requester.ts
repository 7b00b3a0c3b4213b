/** The requester as the log names it: ids, roles and organization of a verified token; no scope text, no claim values. */
import type { Requester } from '../requester/requester.ts';
import type { AuditRecord } from './record.ts';

export function auditedRequester({
  id,
  issuer,
  clientId,
  tokenId,
  roles,
  organization,
  fhirUser,
}: Requester): NonNullable<AuditRecord['requester']> {
  return {
    id,
    issuer,
    ...(clientId === undefined ? {} : { clientId }),
    ...(tokenId === undefined ? {} : { tokenId }),
    roles,
    ...(organization?.reference === undefined ? {} : { organization: organization.reference }),
    ...(fhirUser === undefined ? {} : { fhirUser }),
  };
}
