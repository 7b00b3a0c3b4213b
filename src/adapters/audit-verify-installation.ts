/** `privity verify` and `privity purge`: the log of an installation, with the keys and the anchor that lie beside its database. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseReport } from '../audit/verify-log.ts';
import { PrivityError } from '../errors.ts';
import { fileKind } from './audit-export-file.ts';
import { registerTargets, TARGETS } from './audit-export-targets.ts';
import { verifyExportFile, verifyFolder } from './audit-export-verify.ts';
import { type AuditFilesConfig, auditFiles } from './audit-files.ts';
import { readKeyFile } from './audit-key-file.ts';
import { readAuditKey } from './audit-log-key.ts';
import { readAnchors } from './audit-proof.ts';
import { type Purged, purgeAuditLog } from './audit-purge.ts';
import { loadSigningKeys, readCheckpointKeys } from './audit-signing-key.ts';
import { verifySliceText } from './audit-slice.ts';
import { verifyAuditLog } from './audit-verify.ts';
import { openLog } from './audit-verify-database.ts';

export type InstallationConfig = AuditFilesConfig & {
  readonly database: { readonly dataDir: string; readonly url?: string };
  readonly audit: { readonly retentionYears?: number; readonly export?: { readonly folder?: string; readonly repository?: object } };
};

/** @throws PrivityError `configuration-invalid` where there is no log, or no key to verify it with */
export async function verifyInstallation(config: InstallationConfig): Promise<DatabaseReport> {
  const { database } = config;
  expectLog(config);
  const files = auditFiles(config);
  const set = readKeyFile(files.signingKey);
  if (set === undefined) throw new PrivityError('configuration-invalid', `there is no key to verify with: ${files.signingKey}`);
  const keys = await readCheckpointKeys(set, files.signingKey);
  const log = await openLog(database, 'read-only');
  try {
    return await verifyAuditLog(log.sql, { keys, macKey: readAuditKey(files.key), anchors: await readAnchors(files.anchor, keys) });
  } finally {
    await log.close();
  }
}

/**
 * @param now milliseconds since 1970
 * @throws PrivityError `configuration-invalid` where there is no log, no key to sign with, or the log does not verify
 */
export async function purgeInstallation(config: InstallationConfig, now: number): Promise<Purged> {
  expectLog(config);
  const files = auditFiles(config);
  const macKey = readAuditKey(files.key);
  if (macKey === undefined || readKeyFile(files.signingKey) === undefined) {
    throw new PrivityError('configuration-invalid', `there is no key to sign with: ${files.signingKey}, ${files.key}`);
  }
  const keys = await loadSigningKeys(files.signingKey);
  const log = await openLog(config.database, 'owner');
  try {
    const years = config.audit.retentionYears ?? 6;
    const { export: places } = config.audit;
    // Configured, and no gateway has started since.
    if (places !== undefined) {
      await registerTargets(
        log.sql,
        TARGETS.filter((name) => places[name] !== undefined),
      );
    }
    return await purgeAuditLog(log.sql, { keys, macKey, anchors: await readAnchors(files.anchor, keys), years, now });
  } finally {
    await log.close();
  }
}

function expectLog({ database }: InstallationConfig): void {
  if (database.url === undefined && !existsSync(database.dataDir)) {
    throw new PrivityError('configuration-invalid', `there is no log in ${database.dataDir}`);
  }
}

/**
 * `privity verify SLICE JWKS`: an exported slice, or the folder of an exported log or a file of one (`log-000001.ndjson`), far
 * from any database.
 * @param keyFile the installation's published keys (`/.well-known/jwks.json`)
 * @throws PrivityError `invalid-body` for what is not a slice, `configuration-invalid` for what is not a key set
 */
export async function verifySliceFile(file: string, keyFile: string): Promise<DatabaseReport> {
  const keys = await readCheckpointKeys(readKeyFile(keyFile) ?? '', keyFile);
  if ((await stat(file)).isDirectory()) return verifyFolder(file, keys);
  if (fileKind(path.basename(file)) === 'finished') return verifyExportFile(file, keys);
  return verifySliceText(await readFile(file, 'utf8'), keys);
}
