/**
 * Looks into the database from outside, past every replica: who wrote each entry and who owned its
 * subject at that very instant, every lease that was taken, and which ramps have ended. It is told by
 * triggers that run in the writer's own transaction, so that no write can get past them.
 */
import pg from 'pg'

const INSTALL = `
  CREATE SCHEMA chaos;
  CREATE TABLE chaos.subjects (stream text PRIMARY KEY, subject text NOT NULL);
  CREATE TABLE chaos.writes (
    position bigint, stream text, subject text, writer text, owner text, token bigint,
    at timestamptz DEFAULT clock_timestamp());
  CREATE TABLE chaos.takes (
    subject text, owner text, token bigint, before text, expired_at timestamptz,
    at timestamptz DEFAULT clock_timestamp());
  CREATE FUNCTION chaos.note_write() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    of_subject text;
    opened json;
  BEGIN
    IF NEW.sequence = 1 THEN
      opened := NEW.text::json;
      IF opened ->> 'type' <> 'ramp.opened' THEN RETURN NEW; END IF;
      INSERT INTO chaos.subjects VALUES (NEW.stream,
        lower(opened #>> '{plan,contract,kind}') || '/' || (opened #>> '{plan,contract,name}'));
    END IF;
    SELECT subject INTO of_subject FROM chaos.subjects WHERE stream = NEW.stream;
    IF of_subject IS NULL THEN RETURN NEW; END IF;
    INSERT INTO chaos.writes SELECT NEW.position, NEW.stream, of_subject,
      regexp_replace(current_setting('application_name'), '^rampart ', ''),
      (SELECT owner FROM rampart.leases WHERE subject = of_subject),
      (SELECT token FROM rampart.leases WHERE subject = of_subject);
    RETURN NEW;
  END $$;
  CREATE TRIGGER note_write AFTER INSERT ON rampart.entries
    FOR EACH ROW EXECUTE FUNCTION chaos.note_write();
  CREATE FUNCTION chaos.note_take() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO chaos.takes
      VALUES (NEW.subject, NEW.owner, NEW.token, OLD.owner,
        (SELECT expires_at FROM rampart.lives WHERE life = OLD.life));
    RETURN NEW;
  END $$;
  CREATE TRIGGER note_take AFTER UPDATE ON rampart.leases
    FOR EACH ROW WHEN (OLD.token IS DISTINCT FROM NEW.token)
    EXECUTE FUNCTION chaos.note_take();`

/** Entries that were accepted although their writer did not own the subject then. */
const FENCED_WRITES = `
  SELECT position, stream, writer, coalesce(owner, 'nobody') FROM chaos.writes
  WHERE owner IS DISTINCT FROM writer AND owner IS NOT NULL
  UNION ALL
  SELECT later.position, later.stream, later.writer, earlier.writer FROM (
    SELECT *, lag(token) OVER (PARTITION BY subject ORDER BY position) AS token_before,
      lag(position) OVER (PARTITION BY subject ORDER BY position) AS position_before
    FROM chaos.writes) AS later
  JOIN chaos.writes AS earlier ON earlier.position = later.position_before
  WHERE later.token < later.token_before
    OR (later.token = later.token_before AND later.writer <> earlier.writer)`

/** Subjects that somebody took from an owner who had let its lease expire with a ramp under way. */
const TAKE_OVERS = `
  WITH spans AS (
    SELECT subject, stream, min(writes.at) AS began, max(writes.at) AS wrote,
      bool_or(position IN (SELECT position FROM rampart.entries
        WHERE text LIKE '%"type":"ramp.ended"%')) AS has_ended
    FROM chaos.writes GROUP BY subject, stream)
  SELECT DISTINCT takes.subject, takes.token, extract(epoch FROM at - expired_at) * 1000
  FROM chaos.takes JOIN spans ON spans.subject = takes.subject
    AND began < expired_at AND (NOT has_ended OR wrote > at)
  WHERE before IS NOT NULL AND before <> owner`

/** Accepted by a token whose owner had just given it back, which is allowed, and ought to be rare. */
const UNOWNED_WRITES = 'SELECT count(*) FROM chaos.writes WHERE owner IS NULL'

const UNENDED = `
  SELECT count(*) FROM chaos.subjects WHERE NOT EXISTS (
    SELECT FROM rampart.entries WHERE entries.stream = subjects.stream
      AND text LIKE '%"type":"ramp.ended"%')`

const HELD = `
  SELECT stream FROM chaos.subjects CROSS JOIN LATERAL (
    SELECT text, at FROM rampart.entries JOIN chaos.writes USING (position, stream)
    WHERE entries.stream = subjects.stream AND (text LIKE '%"type":"ramp.held"%'
      OR text LIKE '%"type":"ramp.resumed"%' OR text LIKE '%"type":"ramp.undoing"%'
      OR text LIKE '%"type":"ramp.ended"%')
    ORDER BY position DESC LIMIT 1) AS latest
  WHERE text LIKE '%"type":"ramp.held"%'
    AND at < clock_timestamp() - $1 * interval '1 millisecond'`

/** What was seen of ownership. */
export interface OwnershipSeen {
  readonly writes: number
  readonly fencedWrites: readonly string[]
  readonly unownedWrites: number
  readonly takeOvers: number
  /** From the last sign of the old owner to the first of the new one. @unit ms */
  readonly slowestTakeOverMs: number
}

/** An entry as it lies in the database. */
export interface StoredEntry {
  readonly stream: string
  readonly text: string
}

/** An eye upon one database. */
export class Observer {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Installs the triggers; the schema must be there. */
  async install(): Promise<void> {
    await this.sql(INSTALL)
  }

  /** Takes the triggers out again: to Rampart they are somebody's meddling with its schema. */
  async uninstall(): Promise<void> {
    await this.sql(`DROP TRIGGER note_write ON rampart.entries;
      DROP TRIGGER note_take ON rampart.leases`)
  }

  /** Runs SQL as somebody else would. */
  async sql(text: string, values: readonly unknown[] = []): Promise<readonly unknown[][]> {
    const client = new pg.Client({ connectionString: this.#url, connectionTimeoutMillis: 5_000 })
    client.on('error', () => 'It is being restarted, as it should be.')
    await client.connect()
    try {
      const { rows } = await client.query({ text, values: [...values], rowMode: 'array' })
      return rows as unknown[][]
    } finally {
      await client.end()
    }
  }

  /** The ramps of which the last entry is their end. */
  async endedSince(position: number): Promise<{ ramps: readonly string[]; position: number }> {
    const rows = await this.sql(
      `SELECT stream, position, text LIKE '%"type":"ramp.ended"%' FROM rampart.entries
       WHERE position > $1 ORDER BY position`,
      [position],
    )
    const ramps = rows.filter(([, , isEnd]) => isEnd === true).map(([stream]) => String(stream))
    return { ramps, position: Number(rows.at(-1)?.[1] ?? position) }
  }

  /** How many ramps have not ended. */
  async unended(): Promise<number> {
    const [[count] = []] = await this.sql(UNENDED)
    return Number(count)
  }

  /** The ramps that have held for so long and wait for somebody. */
  async heldSince(ms: number): Promise<readonly string[]> {
    const rows = await this.sql(HELD, [ms])
    return rows.map(([stream]) => String(stream))
  }

  /** Every entry, in order. */
  async entries(): Promise<readonly StoredEntry[]> {
    const rows = await this.sql('SELECT stream, text FROM rampart.entries ORDER BY position')
    return rows.map(([stream, text]) => ({ stream: String(stream), text: String(text) }))
  }

  /** @param leaseMs how long a lease lasts, to tell when it was last renewed */
  async ownership(leaseMs: number): Promise<OwnershipSeen> {
    const [[writes] = []] = await this.sql('SELECT count(*) FROM chaos.writes')
    const [[unowned] = []] = await this.sql(UNOWNED_WRITES)
    const fenced = await this.sql(FENCED_WRITES)
    const takes = (await this.sql(TAKE_OVERS)).map(([, , vacantMs]) => Number(vacantMs))
    return {
      writes: Number(writes),
      unownedWrites: Number(unowned),
      fencedWrites: fenced.map((row) => row.join(' ')),
      takeOvers: takes.length,
      slowestTakeOverMs: takes.length === 0 ? 0 : Math.max(...takes) + leaseMs,
    }
  }
}
