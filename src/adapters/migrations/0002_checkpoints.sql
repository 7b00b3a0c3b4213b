-- Checkpoints (design.md section 5): what the installation signed about the log's chains, each naming the one before it.
create table checkpoint (
  number          bigint primary key,
  made_at         timestamptz(3) not null,
  jws             text not null
);

-- The heads that each checkpoint names, to find the next heads by, and the checkpoints that cover a record. What is signed is
-- in `jws`; a row that is changed here only makes a head be signed again, or late.
create table checkpoint_head (
  chain           uuid   not null,
  seq             bigint not null,
  number          bigint not null,
  primary key (chain, seq)
);

do $$
declare name text;
begin
  foreach name in array array['checkpoint', 'checkpoint_head'] loop
    execute format('create trigger append_only before update or delete on %I for each row execute function refuse_change()', name);
    execute format('create trigger append_only_truncate before truncate on %I for each statement execute function refuse_change()', name);
  end loop;
end $$;
