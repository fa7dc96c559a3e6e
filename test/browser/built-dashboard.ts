/**
 * The dashboard as the browser gets it, built once for each state of its sources, so that files of tests
 * that run side by side and one after the other share it.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildWeb } from '../../tools/build-web.ts'

const ROOT = join(import.meta.dirname, '../..')
const SOURCES = [
  'src/{web,core}/**/*',
  'src/server/wire{.ts,/**}',
  'tools/build-web.ts',
  'package-lock.json',
]

/** The folder that holds it. */
export async function builtDashboard(): Promise<string> {
  const folder = join(ROOT, 'test/tmp', `dashboard-${digestOfSources()}`)
  if (existsSync(folder)) return folder
  mkdirSync(join(ROOT, 'test/tmp'), { recursive: true })
  const mine = `${folder}.${process.pid}`
  await buildWeb(mine)
  try {
    renameSync(mine, folder)
  } catch (error) {
    // Another file of tests was faster with the same.
    if (!existsSync(folder)) throw error
    rmSync(mine, { recursive: true })
  }
  return folder
}

function digestOfSources(): string {
  const hash = createHash('sha256')
  const files = globSync(SOURCES, { cwd: ROOT, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  for (const path of files.map((file) => join(file.parentPath, file.name)).sort()) {
    if (/\.test\.tsx?$/.test(path)) continue
    hash.update(path.slice(ROOT.length)).update(readFileSync(path))
  }
  return hash.digest('hex').slice(0, 16)
}
