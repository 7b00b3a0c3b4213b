-- Searches of the log by what decided (policy, consent) and by what was found (labels), alone and over years (issue 5): without an
-- index they read every decision. One index for both; its small pending list keeps what a commit may have to sort in short. It costs
-- about 15 microseconds of the server's time a record (66 -> 81).

-- What decided, as terms: ids of policies and references of consents; `*consent` where any consent had a say. An array, so that
-- the planner knows how often each occurs, and goes along the time where a term is common, along the index where it is rare.
create function basis_terms(basis jsonb) returns text[] language sql immutable strict parallel safe
return array(select b ->> 'id' from jsonb_array_elements(basis) b union all select '*consent' where basis @> '[{"kind": "consent"}]');

create index decision_terms on decision using gin (labels, basis_terms(basis)) with (gin_pending_list_limit = 512);
-- Doors other than the FHIR API have few rows, and are asked for by themselves; so is what went outside.
create index event_door on event (door, recorded_at, id) where door <> 'rest';
create index event_outside on event (recorded_at, id)
  where door = 'rest' and outcome = '0' and recipient in ('hhs', 'court', 'law-enforcement', 'coroner-medical-examiner', 'health-oversight',
    'public-health', 'family-friend', 'payer', 'other-covered-entity', 'business-associate', 'researcher', 'third-party');
