/** Which folder is the workspace. Loaded with every command, so it needs nothing but the file system. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The nearest folder at or above `from` that holds `.rampart`; else `from` itself. */
export function findWorkspace(from: string): string {
  const start = resolve(from)
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.rampart'))) return folder
    if (dirname(folder) === folder) return start
  }
}
