/**
 * The schema in PostgreSQL, as numbered steps. A step that has been released is never edited: a change
 * is a new step, and an entry's text and hash are never rewritten by one. A step that only adds keeps
 * `compatibleFrom` where it is, so that replicas of the version before run on beside the new ones; one
 * that takes something away raises it, and from then on they are refused.
 */

/** One step of the schema. */
export interface Migration {
  /** From 1, without gaps. */
  readonly number: number
  /** The oldest schema that a program may know and still use this one. */
  readonly compatibleFrom: number
  readonly sql: string
}

/**
 * Wrote a group of appends, as the statement of today does at less cost; programs of before still call it.
 * `moved`: the head is not where the caller believes; `fenced`: a lease is not the latest one. In both
 * cases nothing was written. The epoch is raised by whoever has to know that an attempt whose connection
 * broke can have no effect any more.
 */
const APPEND = `
  CREATE FUNCTION rampart.append_1(
    known_position bigint, known_hash text, known_epoch bigint,
    subjects text[], tokens bigint[],
    entry_streams text, entry_sequences bigint[], entry_texts text, entry_hashes text,
    new_hash text, new_checkpoints bigint, new_checkpoint_position bigint, new_seal text,
    signed_at_ms bigint, signed_by text, signature text, news text
  ) RETURNS text LANGUAGE plpgsql AS $body$
  DECLARE
    written bigint := cardinality(entry_sequences);
  BEGIN
    PERFORM 1 FROM rampart.head
      WHERE id = 1 AND position = known_position AND hash = known_hash AND epoch = known_epoch
      FOR UPDATE;
    IF NOT FOUND THEN RETURN 'moved'; END IF;
    IF cardinality(subjects) > 0 AND cardinality(subjects) <> (
      SELECT count(*) FROM (
        SELECT leases.token AS latest, given.token AS given
        FROM rampart.leases JOIN unnest(subjects, tokens) AS given (subject, token) USING (subject)
        ORDER BY subject FOR SHARE OF leases
      ) AS held WHERE latest = given
    ) THEN RETURN 'fenced'; END IF;
    INSERT INTO rampart.entries (position, stream, sequence, text, hash)
      SELECT known_position + number, stream, sequence, text, hash
      FROM unnest(string_to_array(entry_streams, E'\\n'), entry_sequences,
          string_to_array(entry_texts, E'\\n'), string_to_array(entry_hashes, E'\\n'))
        WITH ORDINALITY AS entry (stream, sequence, text, hash, number);
    IF signature IS NOT NULL THEN
      INSERT INTO rampart.checkpoints
        VALUES (new_checkpoints, new_checkpoint_position, new_hash, signed_at_ms, signed_by, signature);
    END IF;
    UPDATE rampart.head SET position = known_position + written, hash = new_hash,
      checkpoints = new_checkpoints, checkpoint_position = new_checkpoint_position, seal = new_seal
      WHERE id = 1;
    IF written > 0 THEN PERFORM pg_notify('rampart_appended', news); END IF;
    RETURN 'written';
  END $body$;`

/** Changes of one key wait for each other; those of different keys never do. */
const RECORDS = `
  CREATE TABLE rampart.records (
    collection text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    value text NOT NULL,
    version bigint NOT NULL,
    updated_at_ms bigint NOT NULL,
    expires_at_ms bigint,
    PRIMARY KEY (collection, key)
  );
  CREATE INDEX records_expiring ON rampart.records (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
  CREATE TABLE rampart.record_floors (
    collection text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL
  );
  CREATE FUNCTION rampart.lock_record_1(of_collection text, of_key text) RETURNS void
  LANGUAGE sql AS $body$
    SELECT pg_advisory_xact_lock(hashtextextended(of_collection || '/' || of_key, 1380797524))
  $body$;
  CREATE FUNCTION rampart.put_record_1(
    of_collection text, of_key text, new_value text, if_version bigint,
    now_ms bigint, new_expires_at_ms bigint,
    OUT there bigint, OUT new_version bigint
  ) LANGUAGE plpgsql AS $body$
  DECLARE
    last bigint;
    expires bigint;
  BEGIN
    PERFORM rampart.lock_record_1(of_collection, of_key);
    SELECT version, expires_at_ms INTO last, expires FROM rampart.records
      WHERE collection = of_collection AND key = of_key;
    there := CASE WHEN last IS NULL OR expires <= now_ms THEN 0 ELSE last END;
    IF if_version <> there THEN RETURN; END IF;
    IF last IS NULL THEN
      SELECT version INTO last FROM rampart.record_floors WHERE collection = of_collection;
    END IF;
    new_version := coalesce(last, 0) + 1;
    INSERT INTO rampart.records
      VALUES (of_collection, of_key, new_value, new_version, now_ms, new_expires_at_ms)
      ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value,
        version = excluded.version, updated_at_ms = excluded.updated_at_ms,
        expires_at_ms = excluded.expires_at_ms;
  END $body$;
  CREATE FUNCTION rampart.remove_record_1(
    of_collection text, of_key text, if_version bigint, now_ms bigint,
    OUT there bigint, OUT is_removed boolean
  ) LANGUAGE plpgsql AS $body$
  BEGIN
    PERFORM rampart.lock_record_1(of_collection, of_key);
    SELECT version INTO there FROM rampart.records WHERE collection = of_collection
      AND key = of_key AND (expires_at_ms IS NULL OR expires_at_ms > now_ms);
    there := coalesce(there, 0);
    is_removed := false;
    IF there = 0 OR if_version <> there THEN RETURN; END IF;
    INSERT INTO rampart.record_floors AS floors VALUES (of_collection, there)
      ON CONFLICT (collection) DO UPDATE SET version = greatest(floors.version, excluded.version);
    DELETE FROM rampart.records WHERE collection = of_collection AND key = of_key;
    is_removed := true;
  END $body$;
  CREATE FUNCTION rampart.sweep_records_1(now_ms bigint) RETURNS void LANGUAGE plpgsql AS $body$
  DECLARE
    gone record;
  BEGIN
    FOR gone IN SELECT collection, key FROM rampart.records WHERE expires_at_ms <= now_ms
      ORDER BY collection, key LIMIT 500
    LOOP
      CONTINUE WHEN NOT pg_try_advisory_xact_lock(
        hashtextextended(gone.collection || '/' || gone.key, 1380797524));
      INSERT INTO rampart.record_floors AS floors
        SELECT collection, version FROM rampart.records WHERE collection = gone.collection
          AND key = gone.key AND expires_at_ms <= now_ms
        ON CONFLICT (collection) DO UPDATE SET version = greatest(floors.version, excluded.version);
      DELETE FROM rampart.records WHERE collection = gone.collection AND key = gone.key
        AND expires_at_ms <= now_ms;
    END LOOP;
  END $body$;`

/**
 * Gives a lease to a life. The subject's row is locked before the life that holds it is looked at, so
 * that what is seen of that is not from before a wait. Whoever finds it expired writes so into its row:
 * a renewal that was about to come too late waits for that, looks again, and fails.
 */
const TAKE_LEASE = `
  CREATE FUNCTION rampart.take_lease_2(of_subject text, by_life bigint) RETURNS bigint
  LANGUAGE plpgsql AS $body$
  DECLARE
    held record;
    by_owner text;
    new_token bigint;
  BEGIN
    SELECT owner INTO by_owner FROM rampart.lives
      WHERE life = by_life AND NOT is_over AND expires_at > clock_timestamp();
    IF NOT FOUND THEN RETURN NULL; END IF;
    INSERT INTO rampart.leases (subject, owner, life, token)
      VALUES (of_subject, by_owner, by_life, 1)
      ON CONFLICT (subject) DO NOTHING RETURNING token INTO new_token;
    IF FOUND THEN RETURN new_token; END IF;
    SELECT life, token INTO held FROM rampart.leases WHERE subject = of_subject FOR UPDATE;
    IF held.life = by_life THEN RETURN held.token; END IF;
    IF held.life IS NOT NULL THEN
      UPDATE rampart.lives SET is_over = true
        WHERE life = held.life AND NOT is_over AND expires_at <= clock_timestamp();
      PERFORM 1 FROM rampart.lives WHERE life = held.life AND NOT is_over;
      IF FOUND THEN RETURN NULL; END IF;
    END IF;
    UPDATE rampart.leases SET owner = by_owner, life = by_life, token = held.token + 1
      WHERE subject = of_subject RETURNING token INTO new_token;
    RETURN new_token;
  END $body$;`

/** Every step, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    compatibleFrom: 1,
    sql: `
      CREATE TABLE rampart.entries (
        position bigint PRIMARY KEY,
        stream text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL,
        text text NOT NULL,
        hash text NOT NULL,
        UNIQUE (stream, sequence)
      );
      CREATE INDEX entries_opening ON rampart.entries (position, stream) WHERE sequence = 1;
      CREATE TABLE rampart.head (
        id integer PRIMARY KEY CHECK (id = 1),
        position bigint NOT NULL,
        hash text NOT NULL,
        checkpoints bigint NOT NULL,
        checkpoint_position bigint NOT NULL,
        seal text NOT NULL,
        epoch bigint NOT NULL DEFAULT 0
      ) WITH (fillfactor = 10);
      CREATE TABLE rampart.checkpoints (
        number bigint PRIMARY KEY,
        position bigint NOT NULL,
        hash text NOT NULL,
        at_ms bigint NOT NULL,
        public_key text NOT NULL,
        signature text NOT NULL
      );
      CREATE TABLE rampart.snapshots (
        stream text COLLATE "C" PRIMARY KEY,
        sequence bigint NOT NULL,
        fold_version bigint NOT NULL,
        state bytea NOT NULL,
        seal text NOT NULL
      );
      CREATE TABLE rampart.keys (
        name text PRIMARY KEY,
        public_key text NOT NULL,
        sealed bytea NOT NULL
      );
      CREATE TABLE rampart.leases (
        subject text COLLATE "C" PRIMARY KEY,
        owner text,
        token bigint NOT NULL,
        expires_at timestamptz NOT NULL
      ) WITH (fillfactor = 50);
      CREATE TABLE rampart.letters (
        id text PRIMARY KEY,
        number bigint GENERATED ALWAYS AS IDENTITY,
        subject text COLLATE "C" NOT NULL,
        body text NOT NULL,
        sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        taken_by text,
        answer text
      );
      CREATE INDEX letters_waiting ON rampart.letters (number) WHERE taken_by IS NULL;
      CREATE TABLE rampart.settings (
        ramp text COLLATE "C" PRIMARY KEY,
        sealed bytea NOT NULL,
        kept_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      ${APPEND}
      ${RECORDS}`,
  },
  {
    // Leases no longer expire one by one. Those of replicas that are still running last as long as they
    // were given, and whoever does not know of lives can neither renew them nor take others.
    number: 2,
    compatibleFrom: 2,
    sql: `
      CREATE TABLE rampart.lives (
        life bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner text NOT NULL,
        expires_at timestamptz NOT NULL,
        is_over boolean NOT NULL DEFAULT false
      ) WITH (fillfactor = 10);
      LOCK TABLE rampart.leases IN ACCESS EXCLUSIVE MODE;
      INSERT INTO rampart.lives (owner, expires_at)
        SELECT owner, max(expires_at) FROM rampart.leases WHERE owner IS NOT NULL GROUP BY owner;
      ALTER TABLE rampart.leases ADD COLUMN life bigint;
      UPDATE rampart.leases SET life = lives.life FROM rampart.lives
        WHERE lives.owner = leases.owner;
      ALTER TABLE rampart.leases DROP COLUMN expires_at;
      ${TAKE_LEASE}`,
  },
]
