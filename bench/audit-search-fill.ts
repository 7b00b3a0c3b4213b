/**
 * A disclosure log to measure with: a year of a hospital's events, written month by month with SQL in the shapes that the gateway
 * writes (migrations/0001_audit.sql). Patients and agents are skewed as in life: a few are met daily, most seldom. Hashes have
 * their size and no meaning: this log is for searching; what verifying costs is measured on a log of the gateway's own.
 */
import type { Sql } from 'postgres';

export interface LogSize {
  readonly rows: number;
  readonly patients: number;
  readonly agents: number;
  /** First instant after the log; it reaches twelve months back. */
  readonly end: Date;
}

export interface Month {
  readonly first: Date;
  readonly last: Date;
  readonly rows: number;
}

/** Patient and agent by rank: squared, so that 1% of them have 10% of the events. */
const STAGE = `
create unlogged table stage as
select i, at as recorded_at,
  (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid as id,
  'Patient/p' || floor(power(r1, 2) * $4)::int as patient, floor(r1 * $4)::int as other,
  floor(power(r2, 2) * $5)::int as agent, r3 as kind, r4 as what, h
from (select i, $1::timestamptz + (i / $3::float8) * ($2::timestamptz - $1::timestamptz) as at, md5($6 || i::text) as h,
  random() as r1, random() as r2, random() as r3, random() as r4 from generate_series(0, $3 - 1) i) s`;

/** 55% reads, 35% searches, 8% writes, 2% refused; now and then a reading of the log, a deletion, somebody without a right. */
const EVENTS = `
insert into event (id, recorded_at, request_id, door, interaction, action, outcome, status, reason, requester_id, issuer, client_id,
  token_id, roles, organization, fhir_user, recipient, purpose, address, target, resource_type, obligations, attestations,
  policy_version, chain, seq, prev_hash, hash, mac)
select id, date_trunc('milliseconds', recorded_at), 'req-' || substr(h, 1, 24),
  case when kind > 0.9999 then 'audit' when kind > 0.9998 then 'admin' else 'rest' end,
  case when kind < 0.55 then 'read' when kind < 0.9 then 'search-type' when kind < 0.99 then 'update' when kind < 0.9997 then 'create' else 'delete' end,
  case when kind < 0.55 then 'R' when kind < 0.9 then 'E' when kind < 0.99 then 'U' when kind < 0.9997 then 'C' else 'D' end,
  case when what > 0.98 then '4' when what > 0.9799 then '8' else '0' end, case when what > 0.98 then 403 else 200 end,
  case when what > 0.98 then 'forbidden' end,
  'user-' || agent, 'https://idp.hospital.example/realms/clinical', 'client-' || agent % 12, substr(h, 5, 22),
  array['treating-provider'], 'Organization/o' || agent % 40, 'Practitioner/d' || agent, 'other-treating-provider',
  case when what < 0.9 then 'TREAT' when what < 0.97 then 'HPAYMT' when what < 0.9999 then 'HOPERAT' else 'HRESCH' end,
  '10.0.' || agent % 256 || '.' || agent % 250,
  case when kind < 0.55 then 'Observation/o' || substr(h, 1, 12) else 'Observation?category&patient' end, 'Observation', '{}', '[]',
  'v-' || substr(md5('policy'), 1, 40), md5('chain' || agent % 4)::uuid, $1::bigint + i,
  decode(h || md5(h), 'hex'), decode(md5(h) || h, 'hex'), decode(md5(h || 'm') || h, 'hex')
from stage`;

/** One search in twenty has several patients. */
const SUBJECTS = `
insert into event_subject (event_id, recorded_at, ordinal, subject)
select id, date_trunc('milliseconds', recorded_at), 0, patient from stage where what <= 0.98
union all
select id, date_trunc('milliseconds', recorded_at), n, 'Patient/p' || (other + n * 7) % $1 from stage, generate_series(1, 4) n
where what <= 0.98 and kind between 0.55 and 0.57`;

/** What was decided: of a search twelve resources alike. Rules and labels from the common to the rare. */
const DECISIONS = `
insert into decision (event_id, recorded_at, ordinal, refs, version_ids, subject, effect, labels, basis, context_id)
select id, date_trunc('milliseconds', recorded_at), 0,
  case when kind < 0.55 then array['Observation/o' || substr(h, 1, 12)]
    else (select array_agg('Observation/o' || substr(md5(h || n), 1, 12)) from generate_series(1, 12) n) end,
  case when kind < 0.55 then array['1'] else array_fill('1'::text, array[12]) end,
  patient, case when what > 0.95 then 'redact' else 'permit' end,
  case when what < 0.6 then '{}'::text[] when what < 0.9 then '{MH}' when what < 0.96 then '{42CFRPart2,SUD}'
    when what < 0.975 then '{HIV}' when what < 0.97999 then '{PSYTHPN}' else '{SDV}' end,
  jsonb_build_array(jsonb_build_object('id', rule, 'kind', 'policy', 'effect', 'permit', 'citation', '45 CFR 164.506(c)(2); 164.501'),
    jsonb_build_object('id', 'baseline.permit', 'kind', 'policy', 'effect', 'permit', 'citation', 'organization policy'))
    || case when what between 0.85 and 0.9 then jsonb_build_array(jsonb_build_object('id', 'Consent/c-' || substr(patient, 10), 'kind', 'consent', 'effect', 'permit')) else '[]' end,
  sha256(('context ' || (agent % 500))::bytea)
from (select *, case when what < 0.7 then 'MH-01' when what < 0.9 then 'MH-02' when what < 0.96 then 'SU-01.tpo'
    when what < 0.97995 then 'MH-04' when what < 0.979999 then 'MH-17' else 'PN-11' end as rule from stage) s where what <= 0.98`;

const CONTEXTS = `
insert into context (id, text) select sha256(convert_to(t, 'UTF8')), t from (select 'context ' || n as t from generate_series(0, 499) n) s
on conflict do nothing`;

/** @param sql a client with the rights of the tables' owner, one connection, no limit on how long statements take */
export async function fillLog(sql: Sql, size: LogSize, onMonth: (month: Month) => void): Promise<void> {
  await sql.unsafe('set synchronous_commit = off; set client_min_messages = warning');
  await sql.unsafe(CONTEXTS);
  await sql`insert into chain (id) select md5('chain' || n)::uuid from generate_series(0, 3) n on conflict do nothing`;
  await sql`select setseed(0.42)`;
  for (const [index, month] of monthsOf(size).entries()) {
    const { first, last, rows } = month;
    await sql`select ensure_partitions(${first}, ${last})`;
    await sql.begin(async (tx) => {
      await tx.unsafe('drop table if exists stage');
      await tx.unsafe(STAGE, [first, last, rows, size.patients, size.agents, `${index}-`]);
      await tx.unsafe(EVENTS, [index * rows + 1]);
      await tx.unsafe(SUBJECTS, [size.patients]);
      await tx.unsafe(DECISIONS);
      await tx.unsafe('drop table stage');
    });
    onMonth(month);
  }
  await sql.unsafe('vacuum analyze event, event_subject, decision');
  await sql.unsafe('checkpoint');
}

function monthsOf({ rows, end }: LogSize): readonly Month[] {
  const at = (back: number) => new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - back, 1));
  return Array.from({ length: 12 }, (_, n) => ({
    first: at(11 - n),
    last: n === 11 ? end : new Date(at(10 - n).getTime() - 1),
    rows: Math.floor(rows / 12),
  }));
}
