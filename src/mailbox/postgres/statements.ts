/** The statements of the mailbox. */
import type { Statement } from '../../database/database.ts'

/** Posts a letter that is not there yet. */
export const POST: Statement = {
  name: 'post-letter',
  text: `WITH posted AS (
      INSERT INTO rampart.letters (id, subject, body) VALUES ($1, $2, $3)
      ON CONFLICT (id) DO NOTHING RETURNING subject)
    SELECT pg_notify('rampart_letters', subject) FROM posted`,
}

export const READ_ANSWER: Statement = {
  name: 'read-answer',
  text: 'SELECT answer FROM rampart.letters WHERE id = $1 AND answer IS NOT NULL',
}

/** Takes a letter back; one that somebody has taken up is at least never taken up again. */
export const TAKE_BACK: Statement = {
  name: 'take-letter-back-for-good',
  text: `WITH gone AS (DELETE FROM rampart.letters WHERE id = $1 AND taken_by IS NULL)
    UPDATE rampart.letters SET sent_at = sent_at - interval '2 minutes'
    WHERE id = $1 AND taken_by IS NOT NULL AND answer IS NULL`,
}

/**
 * A letter of which so long nothing came is no order any more: whoever sent it was told that it failed,
 * and may have thought better of it.
 */
const FRESH = "sent_at > clock_timestamp() - interval '2 minutes'"

/** The subjects of letters that wait, and of those that were taken up here without our knowing. */
export const READ_WAITING: Statement = {
  name: 'read-letters',
  text: `SELECT DISTINCT subject FROM rampart.letters
    WHERE answer IS NULL AND ${FRESH}
      AND (taken_by IS NULL OR taken_by = $1 AND id <> ALL ($2))`,
}

/** Takes up the oldest letter to a subject. */
export const TAKE_UP: Statement = {
  name: 'take-letter-up',
  text: `UPDATE rampart.letters SET taken_by = $2 WHERE id = (
      SELECT id FROM rampart.letters
      WHERE subject = $1 AND answer IS NULL AND ${FRESH}
        AND (taken_by IS NULL OR taken_by = $2 AND id <> ALL ($3))
      ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, body`,
}

/** Puts a letter back that was taken up here and not answered, and tells everybody. */
export const PUT_BACK: Statement = {
  name: 'put-letter-back',
  text: `WITH put AS (
      UPDATE rampart.letters SET taken_by = NULL
      WHERE id = $1 AND taken_by = $2 AND answer IS NULL RETURNING subject)
    SELECT pg_notify('rampart_letters', subject) FROM put`,
}

/** Keeps an answer, for whoever sends the letter again as well. */
export const ANSWER: Statement = {
  name: 'answer-letter',
  text: `WITH answered AS (
      UPDATE rampart.letters SET answer = $2 WHERE id = $1 AND answer IS NULL RETURNING id)
    SELECT pg_notify('rampart_answers', id) FROM answered`,
}

/** Forgets what nobody waits for any more. */
export const SWEEP: Statement = {
  name: 'sweep-letters',
  text: "DELETE FROM rampart.letters WHERE sent_at < clock_timestamp() - interval '1 hour'",
}
