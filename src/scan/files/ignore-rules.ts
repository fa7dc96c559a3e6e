/** What .gitignore files leave out. @source gitignore(5) */
import { matchesName, matchesPath } from './glob.ts'

interface IgnoreRule {
  readonly isKept: boolean
  readonly isForFolders: boolean
  readonly matches: (path: readonly string[]) => boolean
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
      (rule) => (isFolder || !rule.isForFolders) && rule.matches(path),
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
  const matches = isAnchored ? matcherOfPath(segments) : matcherOfName(path)
  return [{ isKept, isForFolders, matches }]
}

/** In whatever folder it is. Every file is held against every rule: most are told by a look. */
function matcherOfName(name: string): IgnoreRule['matches'] {
  if (isLiteral(name)) return (path) => path.at(-1) === name
  return (path) => matchesName(name, path.at(-1) ?? '')
}

function matcherOfPath(segments: readonly string[]): IgnoreRule['matches'] {
  const [first = ''] = segments
  if (!isLiteral(first)) return (path) => matchesPath(segments, path)
  return (path) => path[0] === first && matchesPath(segments, path)
}

function isLiteral(name: string): boolean {
  return !/[*?[\\]/.test(name)
}
