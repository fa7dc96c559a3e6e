/** What .gitignore files leave out. @source gitignore(5) */
import { matchesPath } from './glob.ts'

interface IgnoreRule {
  readonly isKept: boolean
  readonly isForFolders: boolean
  readonly pattern: readonly string[]
}

const MOST_RULES = 2_000
const LONGEST = 500

/** The rules of one file, for paths below the folder it is in. */
export class IgnoreRules {
  readonly #rules: readonly IgnoreRule[]

  constructor(text: string) {
    this.#rules = text.split('\n').slice(0, MOST_RULES).flatMap(parseRule)
  }

  /** Whether a path is left out; undefined when no rule speaks of it. */
  assess(path: readonly string[], isFolder: boolean): boolean | undefined {
    const last = this.#rules.findLast(
      (rule) => (isFolder || !rule.isForFolders) && matchesPath(rule.pattern, path),
    )
    return last === undefined ? undefined : !last.isKept
  }
}

function parseRule(line: string): readonly IgnoreRule[] {
  // Before anything looks for its end: that takes the square of a line of spaces.
  if (line.length > LONGEST) return []
  const written = line.replace(/\r$/, '').replace(/(?<!\\)\s+$/, '')
  if (written === '' || written.startsWith('#')) return []
  const isKept = written.startsWith('!')
  const bare = isKept ? written.slice(1) : written
  const isForFolders = bare.endsWith('/')
  const path = bare.replace(/\/$/, '')
  const isAnchored = path.includes('/')
  const segments = path.replace(/^\//, '').split('/')
  return [{ isKept, isForFolders, pattern: isAnchored ? segments : ['**', ...segments] }]
}
