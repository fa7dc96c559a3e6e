/** The input of the `mysql` probe: `mysql: "URL"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { textThat } from './template.ts'
import { trust } from './trust.ts'

const SQL_NAME = /^(?:`[^`]+`|[\w$]+)(?:\.(?:`[^`]+`|[\w$]+))?$/

const url = textThat(
  (text) => /^(?:mysql|mariadb):\/\/[^\s]+$/.test(text),
  'a URL such as mysql://user:password@host:3306/database',
)

const name = z.string().min(1)

const sqlName = textThat((text) => SQL_NAME.test(text), 'a name such as orders or shop.orders')

const tables = z.union([
  z
    .array(sqlName)
    .min(1)
    .transform((names) => Object.fromEntries(names.map((table) => [table, [] as string[]]))),
  z.record(sqlName, z.array(name)),
])

const migrations = z.strictObject({
  table: sqlName.describe('Table in which the migration tool keeps its record.'),
  head: z
    .union([z.string().min(1), z.int().transform(String)])
    .exactOptional()
    .describe('Migration that must be the latest one applied. Quote it when it starts with 0.'),
})

const write = z.strictObject({
  table: sqlName.describe('Table that a row is written into; it must take writes back.'),
  values: z
    .record(
      name,
      z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]),
    )
    .exactOptional()
    .describe('The row, by column; what is left out gets its default.'),
})

const replication = z.strictObject({
  lag: durationMs(1)
    .exactOptional()
    .describe('How far the server may be behind, and within what time a heartbeat must arrive.')
    .meta({ default: '1s' }),
  from: url
    .exactOptional()
    .describe('The primary, on which a heartbeat is written that must arrive on this server.'),
  table: sqlName
    .exactOptional()
    .describe('Table of heartbeats; it is made when it is missing.')
    .meta({ default: 'rampart_heartbeat' }),
})

/** Reads as `{ url }` when written as one text, else as the object itself. */
export const mysqlInput: z.ZodType<JsonObject> = z.union([
  url.transform((text) => ({ url: text })),
  z.strictObject({
    url,
    query: name
      .exactOptional()
      .describe('Query to ask in a read-only transaction; its rows (at most 100) are evidence.'),
    tables: tables.exactOptional().describe('Tables that must be there, with their columns.'),
    migrations: migrations.exactOptional(),
    role: z
      .enum(['primary', 'replica'])
      .exactOptional()
      .describe('Whether the server must take writes or be set to read only; by default either.'),
    write: write.exactOptional().describe('Writes a row into a table and takes it back.'),
    replication: replication
      .exactOptional()
      .describe('The server must be given what is written on its primary.'),
    tls: trust.exactOptional().describe('Speak TLS, and judge the certificate so.'),
  }),
])
