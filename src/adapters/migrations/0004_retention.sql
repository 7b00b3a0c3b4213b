-- Keeping and letting go (45 CFR 164.316(b)(2)(i), 164.530(j)(2)): a legal hold keeps what it names; what is purged leaves its
-- digests where the chain still needs them.
create table legal_hold (
  id              uuid primary key default gen_random_uuid(),
  subject         text,          -- Patient/p1; null = everything
  reason          text           not null,
  recorded_by     text           not null,
  recorded_at     timestamptz(3) not null,
  released_by     text,
  released_at     timestamptz(3)
);

-- Records of a purged month that stand in their chain behind a record which is kept: around midnight of a month's last day the
-- order of the chain and the order of time are not the same.
create table purged_record (
  chain           uuid   not null,
  seq             bigint not null,
  digest          bytea  not null,
  primary key (chain, seq)
);
