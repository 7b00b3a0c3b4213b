-- Who is signed in to the console: what a browser holds is here only as its hash, what the issuer gave only encrypted, with a
-- key that is not in the database. And what counts over a period read, the rows of that period alone.

create table console_session (
  id              bytea          primary key,  -- SHA-256 of the secret in the cookie
  person          bytea          not null,     -- SHA-256 of issuer and subject
  sealed          text           not null,     -- tokens; AES-256-GCM, bound to this id
  opened_at       timestamptz(3) not null,
  seen_at         timestamptz(3) not null,
  expires_at      timestamptz(3) not null
);
create index console_session_person on console_session (person, opened_at);
create index console_session_expires on console_session (expires_at);

-- Rows come in the order of time: a few pages say for each stretch of the table which instants it holds.
create index decision_recorded on decision using brin (recorded_at);
