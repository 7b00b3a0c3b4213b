-- An act that waited for a second person and was withdrawn: what it was, who withdrew it and why, among what was done to the set.
alter table policy_activation
  add column withdrawn jsonb,    -- { kind, version, by, at, reason }
  drop constraint policy_activation_kind_check,
  add check (kind in ('seed', 'activate', 'deactivate', 'rollback', 'withdraw')),
  add check ((kind = 'withdraw') = (withdrawn is not null));
alter table code_set_activation
  add column withdrawn jsonb,
  drop constraint code_set_activation_kind_check,
  add check (kind in ('activate', 'deactivate', 'rollback', 'withdraw')),
  add check ((kind = 'withdraw') = (withdrawn is not null));
