/** Bulk exports under way, in the database: any replica can tell of one and give its files. */
import { PrivityError } from '../errors.ts';
import type { ExportJob, ExportJobs, UpstreamManifest } from '../pipeline/export/export-deps.ts';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';

const HOURS = 24;
/** Of one holder at the same time. */
const MAX_JOBS = 10;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Row {
  readonly id: string;
  readonly holder: string;
  readonly request: string;
  readonly types: string[];
  readonly status_url: string;
  readonly manifest: UpstreamManifest | null;
}

export function createExportJobs({ sql }: Database): ExportJobs {
  return {
    async add({ id, holder, request, types, statusUrl }, at) {
      const added = sql.begin(async (tx) => {
        await tx`select pg_advisory_xact_lock(hashtextextended(${holder}, 7709))`;
        await tx`delete from export_job where created_at < ${at}::text::timestamptz - make_interval(hours => ${HOURS})`;
        const [{ count } = { count: 0 }] = await tx<
          { count: number }[]
        >`select count(*)::int as count from export_job where holder = ${holder}`;
        if (count >= MAX_JOBS) return false;
        await tx`insert into export_job (id, holder, request, types, status_url, created_at)
          values (${id}, ${holder}, ${request}, ${types as string[]}::text[], ${statusUrl}, ${at}::text::timestamptz)`;
        return true;
      });
      if (!(await withinDeadline(added, 'export jobs'))) throw new PrivityError('too-many-requests', 'exports: end one first');
    },
    async find(id, holder, at) {
      if (!UUID.test(id)) return undefined;
      const rows = sql<
        Row[]
      >`select id, holder, request, types, status_url, manifest from export_job where id = ${id} and holder = ${holder}
        and created_at >= ${at}::text::timestamptz - make_interval(hours => ${HOURS})`;
      const [row] = await withinDeadline(rows, 'export jobs');
      return row && jobOf(row);
    },
    async complete(id, manifest) {
      await withinDeadline(
        sql`update export_job set manifest = ${sql.json(manifest as never)} where id = ${id} and manifest is null`,
        'export jobs',
      );
    },
    async remove(id) {
      await withinDeadline(sql`delete from export_job where id = ${id}`, 'export jobs');
    },
  };
}

function jobOf({ id, holder, request, types, status_url, manifest }: Row): ExportJob {
  return { id, holder, request, types, statusUrl: status_url, ...(manifest === null ? {} : { manifest }) };
}
