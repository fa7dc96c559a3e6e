/** The input of the `postgres` probe: `postgres: "URL"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { textThat } from './template.ts'

const url = textThat(
  (text) => /^postgres(?:ql)?:\/\/[^\s]+$/.test(text),
  'a URL such as postgres://user:password@host:5432/database',
)

const name = z.string().min(1)

const tables = z.union([
  z
    .array(name)
    .min(1)
    .transform((names) => Object.fromEntries(names.map((table) => [table, [] as string[]]))),
  z.record(name, z.array(name)),
])

const migrations = z.strictObject({
  table: name.describe('Table in which the migration tool keeps its record.'),
  head: z
    .union([z.string().min(1), z.int().transform(String)])
    .exactOptional()
    .describe('Migration that must be the latest one applied. Quote it when it starts with 0.'),
})

const SQL_NAME = /^(?:[A-Za-z_]\w*|"[^"]+")(?:\.(?:[A-Za-z_]\w*|"[^"]+"))?$/

const sqlName = textThat(
  (text) => SQL_NAME.test(text),
  'a name of SQL, such as orders, shop.orders or "Orders"',
)

const replication = z.strictObject({
  from: url.describe('The primary, signed in to with the right to write the table of heartbeats.'),
  lag: durationMs(1)
    .exactOptional()
    .describe('Within what time a heartbeat must arrive.')
    .meta({ default: '1s' }),
  table: sqlName
    .exactOptional()
    .describe('Table of heartbeats; it must be in the publication where replication is logical.')
    .meta({ default: 'rampart_heartbeat' }),
})

/** Reads as `{ url }` when written as one text, else as the object itself. */
export const postgresInput: z.ZodType<JsonObject> = z.union([
  url.transform((text) => ({ url: text })),
  z.strictObject({
    url,
    query: name
      .exactOptional()
      .describe('Query to ask in a read-only transaction; its rows (at most 100) are evidence.'),
    tables: tables.exactOptional().describe('Tables that must be there, with their columns.'),
    indexes: z.array(name).min(1).exactOptional().describe('Indexes that must be there and valid.'),
    migrations: migrations.exactOptional(),
    role: z
      .enum(['primary', 'replica'])
      .exactOptional()
      .describe('Whether the server must take writes or be in recovery; by default either.'),
    replication: replication
      .exactOptional()
      .describe('What is written on the primary must arrive on this server.'),
  }),
])
