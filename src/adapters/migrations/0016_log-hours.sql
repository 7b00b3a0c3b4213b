-- The log in numbers by hour, so that a summary does not have to read the log: added up from the records of each chain up to where
-- log_position ('hours') stands, in the same transaction that moves it. What is beyond is counted from the log itself.
create table log_hour (
  hour            timestamptz(0) not null,    -- its beginning
  kind            text           not null,    -- asked: requests; decided; label, purpose: decided, by code
  code            text           not null,
  requests        bigint         not null,
  refused         bigint         not null,    -- requests, before any record
  given           bigint         not null,    -- resources, as are the others
  redacted        bigint         not null,
  withheld        bigint         not null,
  primary key (hour, kind, code)
);
