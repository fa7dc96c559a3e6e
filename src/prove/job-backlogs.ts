/** Jobs that are put into a queue of BullMQ, pg-boss or graphile-worker until more wait than may. */
import type { JsonObject } from '../core/units/json.ts'
import type { Backlog, Filling } from './backlog.ts'
import { fillBullmq } from './bullmq-filling.ts'
import { fillGraphileWorker, fillPgBoss } from './sql-filling.ts'

/** What is put in. */
export interface Jobs {
  readonly count: number
  /** For how long they have been due. @unit ms */
  readonly ageMs: number
}

/** How much longer than it may the oldest one has waited. @unit ms */
const LONGER_MS = 60_000

const FILLERS: Readonly<Record<string, (input: JsonObject, jobs: Jobs) => Promise<Filling>>> = {
  bullmq: fillBullmq,
  pgBoss: fillPgBoss,
  graphileWorker: fillGraphileWorker,
}

/** Where the queue is, with the port where that is usual. */
export function jobServer(input: JsonObject): string {
  const url = String(systemOf(input).place['url'])
  if (!URL.canParse(url)) return url
  const { protocol, host, port } = new URL(url)
  const usual = protocol.startsWith('redis') ? 6379 : 5432
  return `queue://${host}${port === '' ? `:${usual}` : ''}`
}

/** What a condition promises of how little waits, and for how long. */
export function jobBacklogs(input: JsonObject): readonly (Backlog & { readonly count: number })[] {
  const { name, place } = systemOf(input)
  const fill = FILLERS[name]
  const queue = String(place['queue'] ?? place['task'])
  if (fill === undefined) return []
  const { waiting, oldestWaiting } = input
  const count = Number(waiting ?? 0) + 1
  const ageMs = Number(oldestWaiting ?? 0) + LONGER_MS
  const seconds = Math.round(ageMs / 1_000)
  return [
    ...(waiting === undefined
      ? []
      : [
          {
            name: `${count} jobs wait in the queue ${queue}`,
            count,
            fill: () => fill(input, { count, ageMs: 0 }),
          },
        ]),
    ...(oldestWaiting === undefined
      ? []
      : [
          {
            name: `a job has waited in the queue ${queue} for ${seconds} s`,
            count: 1,
            fill: () => fill(input, { count: 1, ageMs }),
          },
        ]),
  ]
}

function systemOf(input: JsonObject): { readonly name: string; readonly place: JsonObject } {
  const name = Object.keys(FILLERS).find((one) => input[one] !== undefined) ?? ''
  return { name, place: (input[name] ?? {}) as JsonObject }
}
