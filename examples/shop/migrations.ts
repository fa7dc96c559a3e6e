/** The shop's migrations: the files of ./migrations in the order of their names. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, 'migrations')

/** One change of the database's schema. */
export interface Migration {
  /** The four digits that its file name begins with. */
  readonly version: string
  readonly fileName: string
  readonly sql: string
}

/** All migrations, oldest first. */
export function readMigrations(): readonly Migration[] {
  const fileNames = readdirSync(FOLDER).filter((name) => /^\d{4}_\w+\.sql$/.test(name))
  return fileNames.sort().map((fileName) => ({
    version: fileName.slice(0, 4),
    fileName,
    sql: readFileSync(join(FOLDER, fileName), 'utf8'),
  }))
}

/** The version that an up-to-date database has. */
export function newestVersion(): string {
  return readMigrations().at(-1)?.version ?? 'none'
}
