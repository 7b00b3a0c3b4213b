/** The rows of the log that one request made, oldest first. */
import { ownerOf } from '../support/database.ts';
import type { TestGateway } from '../support/gateway.ts';

export async function loggedOf({ dataDir }: TestGateway, requestId: string) {
  const sql = ownerOf(dataDir);
  try {
    return await sql`select door, interaction, target, outcome, status, reason, requester_id, subjects
      from event e left join lateral (select array_agg(subject order by ordinal) as subjects from event_subject s where s.event_id = e.id) s on true
      where request_id = ${requestId} order by recorded_at, seq`;
  } finally {
    await sql.end();
  }
}
