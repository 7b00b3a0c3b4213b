-- What a version of a policy set rests on, in its author's words.
alter table policy_set_version
  add column citations jsonb not null default '[]';   -- [{ citation, url }]
