-- What administrators rule (design.md section 5): organization policy sets with their versions, what was in force when, so
-- that a recorded decision can be asked again as it was, and the outcomes of reviews that classification reads.

create table policy_set (
  name            text primary key,
  latest          integer        not null,
  active          integer,                    -- version in force; none: the set is not in force
  revision        integer        not null,    -- grows with every act on the set: its ETag
  pending         jsonb                       -- an act that waits for a second person
);

create table policy_set_version (
  name            text           not null references policy_set,
  version         integer        not null,
  mode            text           not null check (mode in ('baseline', 'permit-list')),
  title           text           not null,
  purpose         text           not null,
  author          text           not null,
  effective_from  date,
  effective_until date,
  files           jsonb          not null,    -- [{ path, text }], Cedar
  digest          text           not null,    -- SHA-256 of mode and files
  uploaded_by     text           not null,
  uploaded_at     timestamptz(3) not null,
  primary key (name, version)
);

create table policy_activation (
  id              bigint generated always as identity primary key,
  name            text           not null references policy_set,
  version         integer,                    -- none: deactivated
  kind            text           not null check (kind in ('seed', 'activate', 'deactivate', 'rollback')),
  acted_by        text[]         not null,
  acted_at        timestamptz(3) not null,
  policy_version  text           not null     -- in force from this commit on
);
create index policy_activation_name on policy_activation (name, id);

-- The policy folder's files (law, schema, views, …) by their digest, and each policy that ever was in force.
create table policy_foundation (
  digest          text primary key,
  files           jsonb          not null
);
create table policy_snapshot (
  version         text primary key,
  foundation      text           not null references policy_foundation,
  sets            jsonb          not null,    -- [{ name, version }]
  since           timestamptz    not null default now()
);

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception '% on % refused: versions are immutable', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;

do $$
declare name text;
begin
  foreach name in array array['policy_set_version', 'policy_activation', 'policy_foundation', 'policy_snapshot'] loop
    execute format('create trigger immutable before update or delete on %I for each row execute function refuse_rewriting()', name);
    execute format('create trigger immutable_truncate before truncate on %I for each statement execute function refuse_rewriting()', name);
  end loop;
end $$;

-- Reviews: who works on them, what was said, how they ended.
alter table review
  add column revision    integer not null default 1,
  add column assigned_to text,
  add column outcome     text;
create table review_comment (
  id              bigint generated always as identity primary key,
  review          uuid           not null references review,
  written_by      text           not null,
  written_at      timestamptz(3) not null,
  text            text           not null
);
create index review_comment_review on review_comment (review, id);

-- What reviewers settled about a resource: read by classification, for as long as it stands.
create table review_finding (
  reference       text           not null,
  kind            text           not null,    -- of the review
  outcome         text           not null,
  version_id      text,                       -- of the resource that was reviewed
  review          uuid           not null references review,
  found_by        text           not null,
  found_at        timestamptz(3) not null,
  primary key (reference, kind)
);
