-- Bulk exports that were begun through the gateway (HL7 Bulk Data Access 2.0): whose they are, what was asked for, and where the
-- upstream tells of them. No content; kept for a day.

create table export_job (
  id              uuid primary key,
  holder          text           not null,    -- [issuer, requester, client] as JSON
  request         text           not null,
  types           text[]         not null,
  status_url      text           not null,
  manifest        jsonb,                      -- { transactionTime, output: [{ type, url }] } of the upstream, once it is done
  created_at      timestamptz(3) not null
);
create index export_job_holder on export_job (holder, created_at);
