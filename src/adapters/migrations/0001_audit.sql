-- The log (design.md section 5): one row in `event` for a request, its subjects, its decisions, and each distinct text of a
-- question that was asked once in `context`. Partitioned by month of `recorded_at` so that keeping for years ends in dropping
-- a partition. Rows are chained and carry a MAC whose key is not in the database. Foreign keys are left out: `append_events`
-- is the only writer, and the chain shows whatever else happened.

create table event (
  id              uuid           not null,
  recorded_at     timestamptz(3) not null,
  request_id      text           not null,
  trace_id        text,
  door            text           not null,
  interaction     text           not null,
  action          text           not null,
  outcome         text           not null,
  status          integer        not null,
  reason          text,
  requester_id    text,
  issuer          text,
  client_id       text,
  token_id        text,
  roles           text[],
  organization    text,
  fhir_user       text,
  recipient       text,
  purpose         text,
  address         text,
  target          text           not null,
  resource_type   text,
  obligations     text[]         not null,
  break_glass_reason text,
  attestations    jsonb          not null,
  policy_version  text,
  chain           uuid           not null,
  seq             bigint         not null,
  prev_hash       bytea          not null,
  hash            bytea          not null,
  mac             bytea          not null,
  primary key (id, recorded_at)
) partition by range (recorded_at);
create unique index event_chain on event (chain, seq, recorded_at);
create index event_recorded on event (recorded_at, id);
create index event_requester on event (requester_id, recorded_at, id);
create index event_client on event (client_id, recorded_at, id);
create index event_fhir_user on event (fhir_user, recorded_at, id) where fhir_user is not null;
create index event_action on event (action, recorded_at, id);
create index event_purpose on event (purpose, recorded_at, id);
create index event_refused on event (outcome, recorded_at, id) where outcome <> '0';

create table event_subject (
  event_id        uuid           not null,
  recorded_at     timestamptz(3) not null,
  ordinal         integer        not null,
  subject         text           not null,
  primary key (event_id, ordinal, recorded_at)
) partition by range (recorded_at);
create index event_subject_subject on event_subject (subject, recorded_at, event_id);

create table decision (
  event_id        uuid           not null,
  recorded_at     timestamptz(3) not null,
  ordinal         integer        not null,
  refs            text[]         not null,  -- resources that were decided alike
  version_ids     text[]         not null,
  subject         text,
  effect          text           not null,
  labels          text[]         not null,
  reviews         text[],
  basis           jsonb          not null,
  context_id      bytea          not null,
  primary key (event_id, ordinal, recorded_at)
) partition by range (recorded_at);
-- A small pending list: what one commit in many pays to sort it in stays within milliseconds.
create index decision_refs on decision using gin (refs) with (gin_pending_list_limit = 512);

create table context (
  id              bytea primary key,  -- SHA-256 of the text
  text            text not null
);

-- Where each gateway process began; its first row's prev_hash is the hash of the chain's id.
create table chain (
  id              uuid primary key,
  started_at      timestamptz not null default now()
);

create table review (
  id              uuid primary key default gen_random_uuid(),
  kind            text not null,
  event_id        uuid,
  subject         text,
  reference       text,
  reason          text,
  state           text not null default 'open' check (state in ('open', 'closed')),
  opened_at       timestamptz(3) not null,
  closed_at       timestamptz(3),
  closed_by       text,
  note            text
);
create index review_state on review (state, opened_at);
-- A candidate that is read a hundred times is one review.
create unique index review_of_resource on review (kind, reference) where state = 'open' and reference is not null;

create table policy_in_force (
  name            text primary key,
  version         text not null,
  since           timestamptz not null default now()
);

create table consent_epoch (
  subject         text primary key,
  epoch           bigint not null
);

create table attestation (
  id              uuid primary key default gen_random_uuid(),
  kind            text not null,
  subject         text not null,
  recipient       text,
  document        text,
  recorded_by     text not null,
  recorded_at     timestamptz(3) not null,
  until           timestamptz(3),
  withdrawn_at    timestamptz(3),
  withdrawn_by    text
);
create index attestation_subject on attestation (subject, recorded_at);

create table setting (
  name            text primary key,
  value           jsonb not null
);

-- The log is only ever added to. Row triggers go down to every partition; TRUNCATE fires per table, so each partition gets
-- its own in ensure_partitions. Retention drops whole partitions, as the owner.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the disclosure log is append-only: % on % refused', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;

do $$
declare name text;
begin
  foreach name in array array['event', 'event_subject', 'decision', 'context', 'chain'] loop
    execute format('create trigger append_only before update or delete on %I for each row execute function refuse_change()', name);
    execute format('create trigger append_only_truncate before truncate on %I for each statement execute function refuse_change()', name);
  end loop;
end $$;

-- Makes the partitions of the months from `first` to `last` (any instants in them, UTC).
create function ensure_partitions(first timestamptz, last timestamptz) returns void
language plpgsql security definer set search_path = privity, pg_temp as $$
declare
  month timestamp := date_trunc('month', first at time zone 'UTC');
  parent text;
  part text;
begin
  while month <= last at time zone 'UTC' loop
    foreach parent in array array['event', 'event_subject', 'decision'] loop
      part := parent || to_char(month, '"_y"YYYY"m"MM');
      if to_regclass(part) is null then
        perform pg_advisory_xact_lock(7701, 2);
        if to_regclass(part) is null then
          execute format('create table %I partition of %I for values from (%L) to (%L)', part, parent,
            month::text || '+00', (month + interval '1 month')::text || '+00');
          execute format('create trigger append_only_truncate before truncate on %I for each statement execute function refuse_change()', part);
        end if;
      end if;
    end loop;
    month := month + interval '1 month';
  end loop;
end $$;

-- Epochs are guarded by 256 locks: a change takes the one of its subject alone, a commit of the log shares those of its
-- subjects. Always in ascending order, so that nobody waits in a circle.
create function epoch_lock(subject text) returns integer language sql immutable strict parallel safe
return hashtext(subject) & 255;

create function bump_epochs(subjects text[]) returns table (subject text, epoch bigint)
language plpgsql as $$
#variable_conflict use_column
begin
  perform pg_advisory_xact_lock(7703, l.lock)
    from (select distinct epoch_lock(s) as lock from unnest(subjects) s order by 1) l;
  -- A payload has at most 8,000 bytes; an empty one stands for a subject that does not fit.
  perform pg_notify('privity_epoch', case when octet_length(n.s) < 8000 then n.s else '' end)
    from (select distinct s from unnest(subjects) s) n (s);
  return query
    insert into consent_epoch as e (subject, epoch) select distinct s, 1 from unnest(subjects) s order by 1
    on conflict on constraint consent_epoch_pkey do update set epoch = e.epoch + 1
    returning e.subject, e.epoch;
end $$;

create function announce_policy(p_name text, p_version text) returns void
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7702, 1);
  insert into policy_in_force as p (name, version) values (p_name, p_version)
    on conflict (name) do update set version = excluded.version, since = now() where p.version <> excluded.version;
  if found then
    perform pg_notify('privity_policy', p_version);
  end if;
end $$;

-- One group commit. Shares the locks on what its decisions were made under, compares, and adds all rows, or none: then it
-- answers with what is in force now ({"policy": …, "epochs": [those that differ]}), and the caller sends the rest again.
create function append_events(
  p_policies json, p_epochs json, p_events json, p_subjects json, p_decisions json, p_contexts json, p_reviews json
) returns json language plpgsql as $$
declare
  in_force text;
  changed json;
begin
  if p_policies is not null then
    perform pg_advisory_xact_lock_shared(7702, 1);
  end if;
  if p_epochs is not null then
    perform pg_advisory_xact_lock_shared(7703, l.lock)
      from (select distinct epoch_lock(u.subject) as lock from json_to_recordset(p_epochs) as u (subject text) order by 1) l;
    select json_agg(json_build_object('subject', u.subject, 'epoch', coalesce(e.epoch, 0)::text)) into changed
      from json_to_recordset(p_epochs) as u (subject text, epoch text)
      left join consent_epoch e on e.subject = u.subject
      where coalesce(e.epoch, 0)::text is distinct from u.epoch;
  end if;
  if p_policies is not null then
    select version into in_force from policy_in_force where name = 'all';
  end if;
  if changed is not null or exists (select from json_array_elements_text(p_policies) p where p is distinct from in_force) then
    return json_build_object('policy', in_force, 'epochs', coalesce(changed, '[]'::json));
  end if;

  insert into event (id, recorded_at, request_id, trace_id, door, interaction, action, outcome, status, reason, requester_id, issuer,
      client_id, token_id, roles, organization, fhir_user, recipient, purpose, address, target, resource_type, obligations,
      break_glass_reason, attestations, policy_version, chain, seq, prev_hash, hash, mac)
    select id, recorded_at, request_id, trace_id, door, interaction, action, outcome, status, reason, requester_id, issuer,
      client_id, token_id, roles, organization, fhir_user, recipient, purpose, address, target, resource_type, obligations,
      break_glass_reason, attestations, policy_version, chain, seq, decode(prev_hash, 'hex'), decode(hash, 'hex'), decode(mac, 'hex')
    from json_to_recordset(p_events) as r (id uuid, recorded_at timestamptz, request_id text, trace_id text, door text,
      interaction text, action text, outcome text, status integer, reason text, requester_id text, issuer text, client_id text,
      token_id text, roles text[], organization text, fhir_user text, recipient text, purpose text, address text, target text,
      resource_type text, obligations text[], break_glass_reason text, attestations jsonb, policy_version text, chain uuid,
      seq bigint, prev_hash text, hash text, mac text);
  if p_subjects is not null then
    insert into event_subject (event_id, recorded_at, ordinal, subject)
      select event_id, recorded_at, ordinal, subject
      from json_to_recordset(p_subjects) as r (event_id uuid, recorded_at timestamptz, ordinal integer, subject text);
  end if;
  if p_contexts is not null then
    insert into context (id, text)
      select decode(id, 'hex'), text from json_to_recordset(p_contexts) as r (id text, text text) order by 1
      on conflict (id) do nothing;
  end if;
  if p_decisions is not null then
    insert into decision (event_id, recorded_at, ordinal, refs, version_ids, subject, effect, labels, reviews, basis, context_id)
      select event_id, recorded_at, ordinal, refs, version_ids, subject, effect, labels, reviews, basis, decode(context_id, 'hex')
      from json_to_recordset(p_decisions) as r (event_id uuid, recorded_at timestamptz, ordinal integer, refs text[],
        version_ids text[], subject text, effect text, labels text[], reviews text[], basis jsonb, context_id text);
  end if;
  if p_reviews is not null then
    insert into review (kind, event_id, subject, reference, reason, opened_at)
      select kind, event_id, subject, reference, reason, opened_at
      from json_to_recordset(p_reviews) as r (kind text, event_id uuid, subject text, reference text, reason text, opened_at timestamptz)
      order by kind, reference
      on conflict do nothing;
  end if;
  return null;
end $$;
