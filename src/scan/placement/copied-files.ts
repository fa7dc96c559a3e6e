/**
 * Which files end up in images: a server's configuration that a Dockerfile copies binds ports of the
 * container, and none of the machine.
 */
import { type Instruction, readInstructions, wordsOf } from '../dockerfile/instructions.ts'
import { dockerfileReader } from '../dockerfile/read-dockerfile.ts'
import { pathsLike } from '../files/open-folder.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Findings } from '../found/found-port.ts'
import { calledBy, folderOf, within } from '../found/paths.ts'
import type { SourceText } from '../found/source-text.ts'

/** Reads `COPY` and `ADD` of Dockerfiles. */
export const copiedFilesReader: FormatReader = {
  name: 'dockerfile-copies',
  takes: dockerfileReader.takes,
  hint: /^[ \t]*(copy|add|run|cmd|entrypoint)[ \t]/im,
  read: readCopies,
}

const MOST_COPIES = 200
const MOST_WORDS = 50
const SERVER_FILE = /\.(conf|cfg)(\.\w+)?$|(^|\/)Caddyfile|\.caddy$|envoy[^/]*\.(ya?ml|json)$/i

// A whole folder is often copied to be built; it is a configuration where it is put among those.
const CONFIGURATION = /nginx|haproxy|caddy|envoy|prometheus|traefik|conf\.d/i

function readCopies(source: SourceText, folder: Folder): Findings {
  const home = folderOf(source.path)
  const instructions = readInstructions(source)
  const files = [
    ...instructions
      .filter(({ name }) => name === 'COPY' || name === 'ADD')
      .slice(0, MOST_COPIES)
      .flatMap((copy) => copiedBy(copy, { folder, home })),
    ...namedIn(instructions, { folder, home }),
  ]
  const unit = `dockerfile ${source.path}`
  const service = calledBy(home)
  return {
    ports: [],
    // A script is a source: developers use it where it is, whatever image has a copy of it.
    placements: [...new Set(files.filter((file) => !/\.[cm]?[jt]sx?$/.test(file)))].map((file) => ({
      ...{ file, unit, service, scope: `network dockerfile ${source.path}` },
    })),
  }
}

interface Around {
  readonly folder: Folder
  readonly home: string
}

function copiedBy(copy: Instruction, around: Around): readonly string[] {
  const words = plainWords(copy)
  if (words.some((word) => word.startsWith('--from='))) return []
  const paths = words.filter((word) => !word.startsWith('--'))
  const target = paths.pop() ?? ''
  return paths.slice(0, MOST_WORDS).flatMap((path) => copiedFrom(path, { ...around, target }))
}

/** `COPY . .` and then `RUN cp site.conf /etc/nginx`: a configuration that a command speaks of is in there. */
function namedIn(instructions: readonly Instruction[], around: Around): readonly string[] {
  const folders = instructions
    .filter(({ name }) => name === 'WORKDIR')
    .flatMap((one) => plainWords(one).slice(0, 1))
  const words = instructions
    .filter(({ name }) => /^(RUN|CMD|ENTRYPOINT)$/.test(name))
    .flatMap(plainWords)
    .filter((word) => SERVER_FILE.test(word))
  return words.slice(0, MOST_COPIES).flatMap((word) => {
    const folder = folders.find((one) => word.startsWith(`${one}/`))
    const path = folder === undefined ? word : word.slice(folder.length + 1)
    return path.startsWith('/') ? [] : copiedFrom(path, { ...around, target: '' })
  })
}

function plainWords(instruction: Instruction): readonly string[] {
  const words = wordsOf(instruction).map(({ text }) => text.replaceAll(/^\[|["',;]|\]$/g, ''))
  return words.filter((word) => word !== '')
}

/** What is copied, seen from the nearest folder that has it: a Dockerfile does not say where it is built. */
function copiedFrom(
  path: string,
  {
    folder,
    home,
    target,
  }: { readonly folder: Folder; readonly home: string; readonly target: string },
): readonly string[] {
  for (let from = home; ; from = folderOf(from)) {
    const found = within(from, path.replace(/^\/+/, ''))
    if (found !== undefined && found !== '') {
      if (folder.has(found)) return [found]
      const matched = /[*?[]/.test(found) ? matching(found, folder) : []
      if (matched.length > 0) return matched
      if (foldersOf(folder).has(found))
        return CONFIGURATION.test(`${found} ${target}`) ? [found] : []
    }
    if (from === '') return []
  }
}

/** The paths like a pattern; none where the folder before its first wildcard is not there. */
function matching(pattern: string, folder: Folder): readonly string[] {
  const fixed = folderOf(pattern.replace(/[*?[].*$/s, ''))
  return fixed === '' || foldersOf(folder).has(fixed) ? pathsLike(folder, pattern) : []
}

const known = new WeakMap<Folder, ReadonlySet<string>>()

/** Every folder that has a file in it, or below it. */
function foldersOf(folder: Folder): ReadonlySet<string> {
  const before = known.get(folder)
  if (before !== undefined) return before
  const found = new Set<string>()
  for (const path of folder.paths) {
    for (let at = folderOf(path); at !== '' && !found.has(at); at = folderOf(at)) found.add(at)
  }
  known.set(folder, found)
  return found
}
