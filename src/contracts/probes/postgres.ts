/** The input of the `postgres` probe: `postgres: "URL"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
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
  }),
])
