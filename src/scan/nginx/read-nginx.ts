/** Configurations of nginx: the sockets it binds, and whom it passes requests on to. */
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { folderOf, nameOf } from '../found/paths.ts'
import { addressesOf, parseEndpoint } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { type Filled, fillIn } from '../found/variables.ts'
import { homeOfPart, includedBy, isMain } from './layout.ts'
import { boundSockets, type Listen, type NginxModule, readListen, socketName } from './listen.ts'
import { directivesOf, type NginxDirective, type NginxWord } from './parse-nginx.ts'

/** Reads whole configurations and parts of them. */
export const nginxReader: FormatReader = {
  name: 'nginx',
  takes: (path) =>
    /\.(conf|nginx|vhost)(\.(template|tmpl))?$/i.test(path) ||
    /(^|\/)(sites-(available|enabled)|conf\.d)\/[^/]+$/.test(path),
  hint: /^[ \t]*(server|http|stream|mail|upstream)\s*\{|^[ \t]*(proxy|fastcgi|grpc|uwsgi|scgi)_pass\s/m,
  read: readNginx,
}

const MOST_INCLUDES = 500
/** So many files are read because others include them, in the whole folder. */
const MOST_READ = 10_000
const readByFolder = new WeakMap<Folder, number>()

/** Where a directive stands. */
interface Around {
  readonly source: SourceText
  readonly module: NginxModule
  readonly isInServer: boolean
  /** Whether what a server passes on is all UDP. */
  readonly isUdp: boolean
}

class Reading {
  readonly listens: Listen[] = []
  readonly sources = new Map<string, SourceText>()
  readonly upstreams = new Set<string>()
  readonly passes: {
    readonly source: SourceText
    readonly word: NginxWord
    readonly isUdp: boolean
  }[] = []
  /** Whether it includes more than was read for it. */
  isCut = false
  readonly #folder: Folder
  #includes = 0
  readonly #home: string

  constructor(folder: Folder, home: string) {
    this.#folder = folder
    this.#home = home
  }

  readFile(source: SourceText, around: Omit<Around, 'source'>): void {
    if (this.sources.has(source.path)) return
    this.sources.set(source.path, source)
    this.#walk(directivesOf(source), { ...around, source })
  }

  #walk(directives: readonly NginxDirective[], around: Around): void {
    for (const one of directives) this.#visit(one, around)
  }

  #visit({ name, words, block, offset }: NginxDirective, around: Around): void {
    const [first, target] = words
    if (name === 'include' && first !== undefined) this.#include(first.text, around)
    else if (/^(http|stream|mail)$/.test(name) && block !== undefined)
      this.#walk(block, { ...around, module: name as NginxModule })
    else if (name === 'server' && block !== undefined) this.#server(block, offset, around)
    else if (name === 'upstream' && block !== undefined) {
      if (first !== undefined) this.upstreams.add(first.text)
      this.#walk(block, { ...around, isInServer: false })
    } else if (name === 'listen' && around.isInServer) this.#listen(words, around)
    else if (first !== undefined && (name === 'server' || /_pass$/.test(name)))
      this.passes.push({ source: around.source, word: first, isUdp: around.isUdp })
    else if (name === 'set' && target !== undefined && /^https?:\/\//.test(target.text))
      this.passes.push({ source: around.source, word: target, isUdp: false })
    else if (block !== undefined) this.#walk(block, around)
  }

  #include(pattern: string, around: Around): void {
    this.#includes += 1
    for (const path of includedBy(this.#folder, this.#home, pattern)) {
      const source = this.sources.has(path) ? undefined : this.#folder.read(path)
      if (source === undefined) continue
      const readSoFar = readByFolder.get(this.#folder) ?? 0
      this.isCut ||= this.#includes > MOST_INCLUDES || readSoFar >= MOST_READ
      if (this.isCut) return
      readByFolder.set(this.#folder, readSoFar + 1)
      this.readFile(source, around)
    }
  }

  #server(block: readonly NginxDirective[], offset: number, around: Around): void {
    const before = this.listens.length
    const listens = block.filter(({ name }) => name === 'listen')
    const isOfUdp = listens.every(({ words }) => words.some(({ text }) => text === 'udp'))
    const isUdp = around.module === 'stream' && listens.length > 0 && isOfUdp
    this.#walk(block, { ...around, isInServer: true, isUdp })
    const isTold = block.some(({ name }) => name === 'listen' || name === 'include')
    if (isTold || this.listens.length > before || around.module !== 'http') return
    this.listens.push({
      ...{ path: around.source.path, offset, text: 'server', module: 'http', protocol: 'tcp' },
      ...{ first: 80, last: 80, addresses: ['0.0.0.0'] },
      ...{ isApart: false, isShared: false, isFilled: false, isDefault: true },
    })
  }

  #listen(words: readonly NginxWord[], { source, module }: Around): void {
    const filled = words.map(({ text }) => this.#fill(text))
    const read = readListen(words.map((word, at) => ({ ...word, text: filled[at]?.text ?? '' })))
    const [first] = words
    if (read === undefined || first === undefined) return
    const text = words.map((word) => word.text).join(' ')
    const isFilled = filled.some((one) => one.isFilled)
    const place = { path: source.path, offset: first.offset, text, module, isDefault: false }
    this.listens.push({ ...read, ...place, isFilled })
  }

  /** Templates are filled in from the variables of whoever starts it. */
  #fill(text: string): Filled {
    return fillIn(text, (name) => this.#folder.variables[name])
  }
}

function readNginx(source: SourceText, folder: Folder): Findings {
  const isWhole = isMain(source)
  const part = isWhole ? undefined : homeOfPart(source.path, folder)
  // What a main file includes is read with it.
  if (part?.isIncluded === true) return { ports: [] }
  const home = part?.home ?? folderOf(source.path)
  const reading = new Reading(folder, home)
  const module = /(^|\/)stream|stream[^/]*\.conf/i.test(source.path) ? 'stream' : 'http'
  reading.readFile(source, { module, isInServer: false, isUdp: false })
  const common = {
    ...{ format: 'nginx', unit: `nginx ${home}`, service: 'nginx', scope: 'host' },
    ...(isWhole && nameOf(source.path) !== 'nginx.conf' ? { variant: nameOf(source.path) } : {}),
    ...ofEnvironment(source.path),
  }
  const sentence = 'includes more files than are read for it; what they say is not told'
  return {
    ports: [...claimsOf(reading, common), ...connectionsOf(reading, common)],
    remarks: reading.isCut ? [{ ...source.at(0), sentence }] : [],
  }
}

type Common = Pick<FoundPort, 'format' | 'unit' | 'service' | 'scope' | 'variant' | 'environment'>

function claimsOf(reading: Reading, common: Common): readonly FoundPort[] {
  return boundSockets(reading.listens).flatMap((one): readonly FoundPort[] => {
    const place = reading.sources.get(one.path)?.at(one.offset)
    if (place === undefined) return []
    const because = 'the default of a server that says nothing'
    const { first, last, protocol, addresses, text } = one
    return [
      {
        ...{ ...common, ...place, first, last, protocol, addresses, text, stance: 'claim' },
        confidence: one.isDefault ? 'default' : one.isFilled ? 'interpolated' : 'explicit',
        identity: `${common.unit} ${socketName(one)}`,
        isHttp: one.module === 'http',
        ...(one.isDefault ? { because } : {}),
      },
    ]
  })
}

function connectionsOf(reading: Reading, common: Common): readonly FoundPort[] {
  return reading.passes.flatMap(({ source, word, isUdp }): readonly FoundPort[] => {
    const bare = word.text.replace(/^[a-z]+:\/\//i, '').replace(/[/$?].*$/, '')
    const endpoint = parseEndpoint(bare)
    if (endpoint === undefined || endpoint.host === '') return []
    const { host, span } = endpoint
    if (/\$/.test(host) || reading.upstreams.has(host)) return []
    return [
      {
        ...{
          ...common,
          ...source.at(word.offset),
          ...span,
          text: word.text.replace(/^(.*:\/\/)?[^@/]*@/, '$1'),
        },
        ...{ stance: 'consumption', confidence: 'explicit', protocol: isUdp ? 'udp' : 'tcp' },
        ...{ host: host.toLowerCase(), addresses: addressesOf(host) },
      },
    ]
  })
}
