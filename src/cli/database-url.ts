/**
 * Where everything is kept when that is not a folder: by RAMPART_DATABASE, or by a file that
 * RAMPART_DATABASE_FILE names, as containers are handed secrets. Its URL may hold a password, which no
 * sentence here repeats.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Fault } from '../core/fault/fault.ts'
import type { CliParts } from './cli-parts.ts'

/**
 * A URL of a database that things can be kept in.
 *
 * @throws store-unknown
 */
export function checkedDatabase(url: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]
  if (/^postgres(ql)?$/.test(scheme ?? '') && URL.canParse(url)) return url
  // What stands behind the scheme may hold a password.
  const named = scheme === undefined || /^postgres/.test(scheme) ? 'This' : `${scheme}://…`
  throw new Fault({
    code: 'store-unknown',
    operation: 'choose the database',
    subject: scheme ?? 'the database',
    hint: `${named} is no URL of a PostgreSQL, which is the only database things are kept in.`,
  })
}

/** @throws store-unavailable when the file cannot be read; store-unknown */
export function databaseUrl({
  settings,
  cwd,
}: Pick<CliParts, 'settings' | 'cwd'>): string | undefined {
  const { RAMPART_DATABASE: url, RAMPART_DATABASE_FILE: file } = settings
  if (url) return checkedDatabase(url)
  if (!file) return undefined
  try {
    return checkedDatabase(readFileSync(resolve(cwd, file), 'utf8').trim())
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const hint = `RAMPART_DATABASE_FILE names ${file}, which cannot be read: ${(cause as Error).message}.`
    const operation = 'read where the database is'
    throw new Fault({ code: 'store-unavailable', operation, subject: file, hint, cause })
  }
}
