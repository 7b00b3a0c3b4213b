-- Two connections may need a new month at the same moment. Whoever waited for the other may still not see in his catalog what the
-- other made (to_regclass does not look anew after a lock): then it is there, and that is all that was wanted.
create or replace function ensure_partitions(first timestamptz, last timestamptz) returns void
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
        begin
          execute format('create table %I partition of %I for values from (%L) to (%L)', part, parent,
            month::text || '+00', (month + interval '1 month')::text || '+00');
          execute format('create trigger append_only_truncate before truncate on %I for each statement execute function refuse_change()', part);
        exception when duplicate_table then
          null;
        end;
      end if;
    end loop;
    month := month + interval '1 month';
  end loop;
end $$;
