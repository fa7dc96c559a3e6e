/** Records as they are moved from one store to another: every document, and what was removed before. */

/** One piece of the records. */
export type RecordsPart =
  | {
      readonly part: 'record'
      readonly collection: string
      readonly key: string
      /** Canonical JSON. */
      readonly text: string
      readonly version: number
      readonly updatedAtMs: number
      readonly expiresAtMs?: number
    }
  | {
      readonly part: 'floor'
      readonly collection: string
      /** The highest version that was ever removed. */
      readonly version: number
    }

/** A record's part from the columns of its row, in the order of the schema. */
export function recordPart(row: readonly unknown[]): RecordsPart {
  const [collection, key, text, version, updatedAtMs, expiresAtMs] = row
  return {
    part: 'record',
    collection: String(collection),
    key: String(key),
    text: String(text),
    version: Number(version),
    updatedAtMs: Number(updatedAtMs),
    ...(expiresAtMs !== null && { expiresAtMs: Number(expiresAtMs) }),
  }
}
