/** The input of the `postgres` probe: `postgres: "URL"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { templated, textThat } from './template.ts'

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

const extensions = z
  .array(z.union([name, z.strictObject({ name, version: z.string().regex(/^\d+(?:\.\d+)*$/) })]))
  .min(1)
  .transform((written) =>
    Object.fromEntries(
      written.map((one) => (typeof one === 'string' ? [one, ''] : [one.name, one.version])),
    ),
  )

const write = z.union([
  z.literal(true).transform(() => ({})),
  z.strictObject({
    table: sqlName.describe('Table that a row is written into.'),
    values: z
      .record(
        name,
        z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]),
      )
      .exactOptional()
      .describe('The row, by column; what is left out gets its default.'),
  }),
])

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
    extensions: extensions
      .exactOptional()
      .describe('Extensions that must be installed, at least in the version that is named.'),
    connectionsFree: templated(z.int().min(1))
      .exactOptional()
      .describe('How many more connections the server must have room for.'),
    write: write
      .exactOptional()
      .describe('Writes and takes it back: a row into a table, or else into a temporary one.'),
    role: z
      .enum(['primary', 'replica'])
      .exactOptional()
      .describe('Whether the server must take writes or be in recovery; by default either.'),
    replication: replication
      .exactOptional()
      .describe('What is written on the primary must arrive on this server.'),
  }),
])
