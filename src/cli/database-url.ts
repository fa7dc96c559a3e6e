/**
 * Where everything is kept when that is not a folder: by RAMPART_DATABASE, or by a file that
 * RAMPART_DATABASE_FILE names, as containers are handed secrets. Its URL may hold a password, which no
 * sentence here repeats.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Fault } from '../core/fault/fault.ts'
import type { CliParts } from './cli-parts.ts'

/** @throws store-unavailable when the file cannot be read */
export function databaseUrl({
  settings,
  cwd,
}: Pick<CliParts, 'settings' | 'cwd'>): string | undefined {
  const { RAMPART_DATABASE: url, RAMPART_DATABASE_FILE: file } = settings
  if (url) return url
  if (!file) return undefined
  try {
    return readFileSync(resolve(cwd, file), 'utf8').trim()
  } catch (cause) {
    const hint = `RAMPART_DATABASE_FILE names ${file}, which cannot be read: ${(cause as Error).message}.`
    const operation = 'read where the database is'
    throw new Fault({ code: 'store-unavailable', operation, subject: file, hint, cause })
  }
}
