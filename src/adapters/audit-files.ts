/** What the log keeps outside its database, and where (design.md section 6, `audit`): by default in the data directory. */
import path from 'node:path';

export interface AuditFiles {
  /** Key of the MACs. */
  readonly key: string;
  /** JSON Web Key Set that checkpoints are signed with. */
  readonly signingKey: string;
  /** The newest checkpoint. */
  readonly anchor: string;
}

export interface AuditFilesConfig {
  readonly database: { readonly dataDir: string };
  readonly audit: { readonly keyFile?: string; readonly signingKeyFile?: string; readonly anchorFile?: string };
}

export function auditFiles({ database, audit }: AuditFilesConfig): AuditFiles {
  const { keyFile, signingKeyFile, anchorFile } = audit;
  const file = (name: string) => path.join(database.dataDir, name);
  return {
    key: keyFile ?? file('audit.key'),
    signingKey: signingKeyFile ?? file('audit-signing.jwks'),
    anchor: anchorFile ?? file('audit.anchor'),
  };
}
