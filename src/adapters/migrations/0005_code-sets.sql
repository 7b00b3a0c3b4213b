-- Code sets of administrators (design.md sections 4.1 and 5): FHIR ValueSets with the labels that they put on, their versions, and
-- which is in force. What was read from a ValueSet is kept beside it: a newer Privity labels by what was agreed to.
create table code_set (
  name            text primary key,
  latest          integer        not null,
  active          integer,                    -- version in force; none: the set is not in force
  revision        integer        not null,    -- grows with every act on the set: its ETag
  pending         jsonb                       -- an act that waits for a second person
);

create table code_set_version (
  name            text           not null references code_set,
  version         integer        not null,
  title           text           not null,
  purpose         text           not null,
  author          text           not null,
  effective_from  date,
  effective_until date,
  labels          text[]         not null,    -- v3-ActCode
  value_set       text           not null,    -- JSON, as it was uploaded
  expanded_by     text,                       -- terminology server that expanded it; none: it holds its codes itself
  systems         jsonb          not null,    -- [{ system, codes }], as they are looked up
  code_count      integer        not null,
  digest          text           not null,    -- SHA-256 of labels and systems
  uploaded_by     text           not null,
  uploaded_at     timestamptz(3) not null,
  primary key (name, version)
);

create table code_set_activation (
  id              bigint generated always as identity primary key,
  name            text           not null references code_set,
  version         integer,                    -- none: deactivated
  kind            text           not null check (kind in ('activate', 'deactivate', 'rollback')),
  acted_by        text[]         not null,
  acted_at        timestamptz(3) not null,
  policy_version  text           not null     -- in force from this commit on
);
create index code_set_activation_name on code_set_activation (name, id);

-- A policy that was in force is its policy sets and its code sets.
alter table policy_snapshot add column code_sets jsonb not null default '[]';    -- [{ name, version }]

do $$
declare name text;
begin
  foreach name in array array['code_set_version', 'code_set_activation'] loop
    execute format('create trigger immutable before update or delete on %I for each row execute function refuse_rewriting()', name);
    execute format('create trigger immutable_truncate before truncate on %I for each statement execute function refuse_rewriting()', name);
  end loop;
end $$;
