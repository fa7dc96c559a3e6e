/** Caddyfiles: what their sites listen on, what Caddy adds by itself, and whom it connects to. */
import { pathsLike } from '../files/open-folder.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { folderOf, isBelow, nameOf, within } from '../found/paths.ts'
import type { SourceText } from '../found/source-text.ts'
import { connectionsIn } from './caddy-connections.ts'
import {
  type CaddyCommon,
  claimsOf,
  defaultAdmin,
  type Listening,
  parseListen,
} from './listening.ts'
import { type CaddyLine, type CaddyWord, parseCaddyfile } from './parse-caddyfile.ts'
import { listeningOf, readOptions } from './sites.ts'

const MAIN = /^Caddyfile([.-].+)?$/i
const MOST_IMPORTED = 200
const MOST_SAID = 20

/** Reads Caddyfiles, and files that they import. */
export const caddyfileReader: FormatReader = {
  name: 'caddy',
  takes: (path) => MAIN.test(nameOf(path)) || /\.caddy(file)?$/i.test(path),
  read: readCaddyfile,
}

interface Site {
  readonly source: SourceText
  readonly addresses: readonly CaddyWord[]
  readonly body: readonly CaddyLine[]
}

interface Snippet {
  readonly source: SourceText
  readonly lines: readonly CaddyLine[]
  /** Those of its lines that say how a site listens. */
  readonly listening: readonly CaddyLine[]
}

/** A file and what it imports, taken apart. */
class Reading {
  readonly sites: Site[] = []
  readonly snippets = new Map<string, Snippet>()
  readonly imported = new Set<string>()
  global: readonly CaddyLine[] | undefined
  readonly #folder: Folder
  #imports = 0

  constructor(folder: Folder) {
    this.#folder = folder
  }

  readFile(source: SourceText): void {
    const lines = parseCaddyfile(source.text, (name) => this.#folder.variables[name])
    const [first, ...rest] = lines
    const isBare = first?.block === undefined && first?.words[0]?.text !== 'import'
    if (first !== undefined && isBare) {
      // A file of a single site may leave its braces out.
      this.sites.push({ source, addresses: addressesIn(first.words), body: rest })
      return
    }
    for (const line of lines) this.#readLine(source, line)
  }

  #readLine(source: SourceText, { words, block }: CaddyLine): void {
    const [first] = words
    if (first?.text === 'import') this.#import(source, words[1]?.text ?? '')
    else if (block === undefined) return
    else if (first === undefined) this.global ??= block
    else if (/^&?\(.*\)$/.test(first.text))
      this.#define(first.text.replace(/^&?\(|\)$/g, ''), { source, lines: block })
    else this.sites.push({ source, addresses: addressesIn(words), body: block })
  }

  #define(name: string, snippet: Omit<Snippet, 'listening'>): void {
    const said = snippet.lines.filter(({ words }) => /^(bind|tls)$/.test(words[0]?.text ?? ''))
    this.snippets.set(name, { ...snippet, listening: said.slice(0, MOST_SAID) })
  }

  #import(source: SourceText, pattern: string): void {
    this.#imports += 1
    if (this.#imports > MOST_IMPORTED) return
    const bare = pattern.replace(/^\/etc\/caddy\//, '')
    const path = bare === '' ? undefined : within(folderOf(source.path), bare)
    const paths = path === undefined ? [] : pathsLike(this.#folder, path)
    for (const one of paths) {
      if (this.imported.has(one) || one === source.path || this.imported.size >= MOST_IMPORTED)
        continue
      this.imported.add(one)
      const file = this.#folder.read(one)
      if (file !== undefined) this.readFile(file)
    }
  }
}

function addressesIn(words: readonly CaddyWord[]): readonly CaddyWord[] {
  return words.flatMap((word) => {
    let offset = word.offset
    return word.text.split(',').flatMap((text) => {
      const begin = offset
      offset += text.length + 1
      return text === '' ? [] : [{ ...word, text, offset: begin }]
    })
  })
}

function readCaddyfile(source: SourceText, folder: Folder): Findings {
  const isMain = MAIN.test(nameOf(source.path))
  if (!isMain && isImported(source.path, folder)) return { ports: [] }
  const reading = new Reading(folder)
  reading.readFile(source)
  const home = folderOf(source.path)
  const common: CaddyCommon = {
    ...{ format: 'caddy', unit: `caddy ${home}`, service: 'caddy', scope: 'host' },
    ...(isMain && nameOf(source.path) !== 'Caddyfile' ? { variant: nameOf(source.path) } : {}),
    ...ofEnvironment(source.path),
  }
  const options = readOptions(reading.global ?? [])
  const sites = reading.sites.flatMap((site) =>
    listeningOf(site, withSnippets(site, reading), options),
  )
  const admin = isMain ? adminOf(source, reading.global ?? []) : []
  return { ports: [...claimsOf([...sites, ...admin], common), ...allConnections(reading, common)] }
}

function allConnections(reading: Reading, common: CaddyCommon): readonly FoundPort[] {
  return [
    ...reading.sites.flatMap(({ source, body }) => connectionsIn(source, body, common)),
    ...[...reading.snippets.values()].flatMap(({ source, lines }) =>
      connectionsIn(source, lines, common),
    ),
  ]
}

/** A site's lines with what the snippets it imports say about listening. */
function withSnippets({ body }: Site, { snippets }: Reading): readonly CaddyLine[] {
  const names = body.flatMap(({ words }) => (words[0]?.text === 'import' ? [words[1]?.text] : []))
  const imported = [...new Set(names)].flatMap((name) => snippets.get(name ?? '')?.listening ?? [])
  return [...body, ...imported]
}

function adminOf(source: SourceText, global: readonly CaddyLine[]): readonly Listening[] {
  const line = global.find(({ words }) => words[0]?.text === 'admin')
  const [, word] = line?.words ?? []
  if (word?.text === 'off') return []
  if (word === undefined) return [defaultAdmin(source)]
  const parsed = parseListen(word.text)
  const confidence = word.isFilled ? 'interpolated' : 'explicit'
  const { offset, text } = word
  return parsed === undefined
    ? []
    : [{ ...parsed, source, offset, text: `admin ${text}`, confidence, isAdmin: true }]
}

const importedIn = new WeakMap<Folder, ReadonlyMap<string, ReadonlySet<string>>>()

/** Whether a Caddyfile above it imports it, so that it is read with that one. */
function isImported(path: string, folder: Folder): boolean {
  const known = importedIn.get(folder) ?? allImports(folder)
  importedIn.set(folder, known)
  return [...known].some(([main, paths]) => isBelow(path, folderOf(main)) && paths.has(path))
}

function allImports(folder: Folder): ReadonlyMap<string, ReadonlySet<string>> {
  const imports = folder.paths.flatMap((path): readonly (readonly [string, Set<string>])[] => {
    const source = MAIN.test(nameOf(path)) ? folder.read(path) : undefined
    if (source === undefined) return []
    const reading = new Reading(folder)
    reading.readFile(source)
    return [[path, reading.imported]]
  })
  return new Map(imports)
}
