/**
 * Finds the test files of the repository. A file named `*.serial.test.ts` is run alone, after all
 * others, because it measures time or needs the whole machine.
 */
import { existsSync, globSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

/**
 * The folders that hold tests, those first whose files take longest: they would otherwise be left for the
 * end, when nothing else is there to be run beside them.
 */
const TESTED_FOLDERS = ['bench', 'test', 'tools', 'examples', 'src']

/** Test files by how they may be run, as paths relative to the root, in a fixed order. */
export interface TestFiles {
  readonly parallel: readonly string[]
  readonly serial: readonly string[]
  /** What was asked for and is not there. */
  readonly missing: readonly string[]
}

/**
 * The test files under these files and folders; all of them when none are named. A source file
 * stands for the test beside it.
 */
export function findTestFiles(root: string, asked: readonly string[]): TestFiles {
  const places =
    asked.length === 0 ? TESTED_FOLDERS.filter((path) => existsSync(join(root, path))) : asked
  const found = new Set<string>()
  const missing: string[] = []
  for (const place of places) {
    const files = testFilesAt(root, relative(root, resolve(root, place)))
    if (files.length === 0 && asked.length > 0) missing.push(place)
    for (const file of files.toSorted()) found.add(file)
  }
  const sorted = [...found]
  return {
    parallel: sorted.filter((file) => !isSerial(file)),
    serial: sorted.filter(isSerial),
    missing,
  }
}

function testFilesAt(root: string, path: string): readonly string[] {
  if (statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory()) {
    return globSync('**/*.test.{ts,tsx}', {
      cwd: join(root, path),
      exclude: (name) => ['node_modules', 'dist', '.rampart'].includes(name),
    }).map((file) => join(path, file))
  }
  const candidates = [
    path,
    path.replace(/\.tsx?$/, '.test.ts'),
    path.replace(/\.tsx?$/, '.serial.test.ts'),
  ]
  return candidates.filter((file) => /\.test\.tsx?$/.test(file) && existsSync(join(root, file)))
}

function isSerial(file: string): boolean {
  return /\.serial\.test\.tsx?$/.test(file)
}
