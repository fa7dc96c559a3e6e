/**
 * A folder on disk as readers see it. It follows no link, opens nothing but plain files, and stops at
 * limits, so that no folder can keep a hook from ending or make it read what is elsewhere.
 */
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { isFault } from '../../core/fault/fault.ts'
import type { Folder } from '../found/folder.ts'
import type { Remark } from '../found/found-port.ts'
import { SourceText } from '../found/source-text.ts'
import { matchesPath } from './glob.ts'
import { IgnoreRules } from './ignore-rules.ts'

/** How much is looked at. */
export interface FolderLimits {
  readonly files: number
  readonly bytes: number
  readonly depth: number
}

/** Enough for a large repository. */
const LIMITS: FolderLimits = { files: 200_000, bytes: 2 * 2 ** 20, depth: 40 }

/** Never looked into: what others wrote, and what is made of what is here. */
const SKIPPED = new Set([
  ...['.git', '.hg', '.svn', 'node_modules', 'bower_components', 'vendor', '.venv', 'venv'],
  ...['__pycache__', '.terraform', '.next', '.nuxt', '.svelte-kit', '.turbo', '.cache', 'target'],
  ...['dist', 'build', 'coverage', '.rampart', '.yarn', '.pnpm-store', '.tox', '.gradle'],
])

/** How a text begins that says so of itself. */
const UTF_16 = /^(?:\xff\xfe|\xfe\xff)/

/** A folder on disk. */
export class DiskFolder implements Folder {
  readonly paths: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly remarks: Remark[] = []
  readonly #root: string
  readonly #limits: FolderLimits
  readonly #known: ReadonlySet<string>
  readonly #texts = new Map<string, SourceText | undefined>()

  constructor(options: {
    readonly root: string
    readonly ignored?: readonly string[]
    readonly variables?: Readonly<Record<string, string>>
    readonly limits?: FolderLimits
  }) {
    this.#root = options.root
    this.#limits = options.limits ?? LIMITS
    this.variables = options.variables ?? {}
    const ignored = new IgnoreRules((options.ignored ?? []).join('\n'))
    const found: string[] = []
    this.#list([], [{ depth: 0, rules: ignored }], found)
    const { files } = this.#limits
    if (found.length >= files) this.#say('.', `only the first ${files} files were looked at`)
    this.paths = found.sort()
    this.#known = new Set(found)
  }

  has(path: string): boolean {
    return this.#known.has(path)
  }

  read(path: string): SourceText | undefined {
    if (!this.#texts.has(path)) this.#texts.set(path, this.#readNow(path))
    return this.#texts.get(path)
  }

  #list(
    folder: readonly string[],
    above: readonly { readonly depth: number; readonly rules: IgnoreRules }[],
    found: string[],
  ): void {
    if (folder.length > this.#limits.depth) {
      const sentence = `is more than ${this.#limits.depth} folders deep and was not looked into`
      this.#say(folder.join('/'), sentence)
      return
    }
    const entries = this.#entriesOf(folder)
    const own = entries.some(({ name }) => name === '.gitignore')
      ? this.read([...folder, '.gitignore'].join('/'))
      : undefined
    const rules = own === undefined ? above : [...above, rulesAt(folder.length, own.text)]
    for (const entry of entries) {
      if (found.length >= this.#limits.files) return
      const path = [...folder, entry.name]
      const isFolder = entry.isDirectory()
      if (isFolder ? SKIPPED.has(entry.name) : !entry.isFile()) continue
      if (isIgnored(rules, path, isFolder)) continue
      if (isFolder) this.#list(path, rules, found)
      else found.push(path.join('/'))
    }
  }

  #entriesOf(folder: readonly string[]): readonly Dirent[] {
    try {
      return readdirSync(join(this.#root, ...folder), { withFileTypes: true })
    } catch (thrown) {
      this.#remark(folder.join('/') || '.', thrown)
      return []
    }
  }

  #readNow(path: string): SourceText | undefined {
    let file: number
    try {
      // A link is refused, and a pipe is not waited for.
      const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
      file = openSync(join(this.#root, path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    } catch (thrown) {
      if (!isAbsence(thrown)) this.#remark(path, thrown)
      return undefined
    }
    try {
      const { size } = fstatSync(file)
      if (!fstatSync(file).isFile()) return undefined
      if (size > this.#limits.bytes) {
        this.#say(path, `is larger than ${this.#limits.bytes} bytes and was not read`)
        return undefined
      }
      return this.#textOf(path, readFileSync(file))
    } finally {
      closeSync(file)
    }
  }

  #textOf(path: string, bytes: Buffer): SourceText | undefined {
    if (UTF_16.test(bytes.toString('latin1', 0, 2))) {
      this.#say(path, 'is written in UTF-16 and was not read; save it as UTF-8')
      return undefined
    }
    // A mark at its beginning is none of its letters; no column counts it.
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
    return text.slice(0, 8_192).includes('\0') ? undefined : new SourceText(path, text)
  }

  #remark(path: string, thrown: unknown): void {
    if (isFault(thrown) || !(thrown instanceof Error) || !('code' in thrown)) throw thrown
    this.#say(path, `cannot be read: ${thrown.code}`)
  }

  #say(file: string, sentence: string): void {
    this.remarks.push({ file, line: 1, column: 1, sentence })
  }
}

function rulesAt(
  depth: number,
  text: string,
): { readonly depth: number; readonly rules: IgnoreRules } {
  return { depth, rules: new IgnoreRules(text) }
}

function isIgnored(
  rules: readonly { readonly depth: number; readonly rules: IgnoreRules }[],
  path: readonly string[],
  isFolder: boolean,
): boolean {
  for (const one of rules.toReversed()) {
    const verdict = one.rules.assess(path.slice(one.depth), isFolder)
    if (verdict !== undefined) return verdict
  }
  return false
}

function isAbsence(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'EMLINK', 'ENAMETOOLONG'].includes(String(code))
}

/** Paths that match a pattern as nginx and others include files: `conf.d/*.conf`. */
export function pathsLike(folder: Folder, pattern: string): readonly string[] {
  const parts = pattern.split('/')
  return folder.paths.filter((path) => matchesPath(parts, path.split('/')))
}
