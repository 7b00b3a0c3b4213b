-- Who goes through the log by himself (design.md section 5): exports to other places, the alerts. Each knows how far he came in every
-- chain; where he stands moves in the same transaction as what he did there.
create table log_position (
  consumer        text           not null,    -- folder, repository, alerts
  chain           uuid           not null,
  seq             bigint         not null,    -- all records up to this one are done
  primary key (consumer, chain)
);

-- Places that the log is exported to.
create table log_target (
  name            text primary key,           -- folder, repository
  active          boolean        not null,    -- configured: what it has not received is not purged
  failures        integer        not null default 0,    -- in a row
  retry_at        timestamptz(3),
  error           text,
  acknowledged_at timestamptz(3),
  -- Of the folder: the file that is written, how much of it counts, its day, and the last checkpoint in it.
  file            integer        not null default 1,
  bytes           bigint         not null default 0,
  day             date,
  checkpoint      bigint         not null default 0
);

-- AuditEvents that a repository refuses by themselves: put aside, so that they hold up nothing and are not lost.
create table log_parked (
  target          text           not null,
  id              text           not null,    -- of the AuditEvent
  chain           uuid           not null,
  seq             bigint         not null,
  recorded_at     timestamptz(3) not null,
  status          integer        not null,    -- HTTP
  code            text,                       -- OperationOutcome.issue.code
  attempts        integer        not null default 1,
  parked_at       timestamptz(3) not null,
  retry           boolean        not null default false,
  primary key (target, id)
);

-- What the rules of alerts.yaml count, for as long as their windows are, and how much a day is usual.
create table alert_sighting (
  rule            text           not null,
  requester       text           not null,    -- issuer|id
  at              timestamptz(3) not null,
  event_id        uuid           not null,
  key             text           not null,    -- what is counted, each once
  primary key (rule, requester, at, event_id, key)
);
create index alert_sighting_at on alert_sighting (at);
create table alert_day (
  rule            text           not null,
  requester       text           not null,
  day             date           not null,
  count           integer        not null,
  primary key (rule, requester, day)
);

-- A rule, a requester and a window give one review, whoever evaluates them.
alter table review add column alert jsonb;
create unique index review_of_alert on review ((alert ->> 'rule'), (alert ->> 'requester'), (alert ->> 'from')) where kind = 'alert';

-- Alerts begin here: what was logged before was never watched.
insert into log_position (consumer, chain, seq) select 'alerts', chain, max(seq) from event group by chain;
