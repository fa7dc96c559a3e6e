/**
 * Scripts of packages: which ports their programs take, told or by default. One script is one way of
 * starting the package; nothing of it is run.
 */
import type { CommandPort } from '../command/command-port.ts'
import { type Run, type RunContext, readRun } from '../command/read-run.ts'
import { readVariables } from '../document/parse-dotenv.ts'
import { parseJson } from '../document/parse-json.ts'
import { entriesAt, type Tree, textAt, valueAt } from '../document/tree.ts'
import { matchesName } from '../files/glob.ts'
import { connectionsIn } from '../found/connections.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import { type Findings, type FoundPort, NOTHING } from '../found/found-port.ts'
import { calledBy, folderOf, nameOf, within } from '../found/paths.ts'
import { addressesOf } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { momentsOfPorts, type ScriptPort } from './moments.ts'

/** Reads scripts of packages. */
export const packageReader: FormatReader = {
  name: 'package.json',
  takes: (path) => nameOf(path) === 'package.json',
  hint: /"(?:scripts|proxy)"\s*:/,
  read: readPackage,
}

type Words = Pick<FoundPort, 'format' | 'unit' | 'service' | 'scope'> &
  Partial<Pick<FoundPort, 'environment'>>

interface Script {
  readonly line: string
  readonly offset: number
}

const MOST_SCRIPTS = 200
/** Programs that read `.env` before anything else, PORT included. */
const LOADS_DOTENV =
  /(?:^|[\s"'/])(?:react-scripts|nuxt|nuxi|dotenv|dotenvx|env-cmd|dotenv-flow)(?=[\s"']|$)|--env-file/

function readPackage(source: SourceText, folder: Folder): Findings {
  const tree = parseJson(source.text)
  if (tree?.kind !== 'map') return NOTHING
  const home = folderOf(source.path)
  const name = textAt(tree, 'name')?.split('/').at(-1) ?? ''
  const words: Words = {
    ...{ format: 'package.json', unit: `package ${home}`, scope: 'host' },
    service: name === '' ? calledBy(home) : name,
    ...ofEnvironment(source.path),
  }
  const scripts = new Map<string, Script>(
    entriesAt(tree, 'scripts')
      .slice(0, MOST_SCRIPTS)
      .flatMap(([key, { value }]) =>
        value.kind === 'scalar' ? [[key, { line: value.text, offset: value.offset }]] : [],
      ),
  )
  const found = portsOfScripts(scripts, contextsOf({ tree, home, folder, scripts }))
  const places = new Places(source, scripts)
  const ports = merged(found).map(([{ port, script, folder: app }, profiles]): FoundPort => {
    const place = places.of(script, port)
    return { ...words, ...port, ...place, app: app === '' ? home : app, profiles }
  })
  return { ports: [...ports, ...proxyOf(source, tree, { ...words, app: home })] }
}

/** What is known where a script is read. */
function contextsOf(around: {
  readonly tree: Tree
  readonly home: string
  readonly folder: Folder
  readonly scripts: ReadonlyMap<string, Script>
}): (line: string) => RunContext {
  const { tree, home, folder, scripts } = around
  const inHome = (path: string): string => (home === '' ? path : `${home}/${path}`)
  const dotenv = (): ReadonlyMap<string, string> =>
    readVariables(folder.read(inHome('.env'))?.text ?? '')
  return (line) => {
    const variables = LOADS_DOTENV.test(line) ? dotenv() : undefined
    return {
      lookUp: (name) =>
        folder.variables[name] ??
        variables?.get(name) ??
        (name.startsWith('npm_package_config_')
          ? textAt(tree, 'config', name.slice('npm_package_config_'.length))
          : undefined),
      isScript: (name) => namesLike(name, scripts).length > 0,
      folderAt: (path, from) =>
        [from === '' ? home : from, home]
          .map((base) => within(base, path))
          .find((one) => one !== undefined && one !== home && isProgramIn(one, folder)),
    }
  }
}

/** Whether a folder has a program of its own. */
function isProgramIn(path: string, folder: Folder): boolean {
  return ['package.json', 'vite.config.ts', 'manage.py', 'pyproject.toml', 'Gemfile'].some((name) =>
    folder.has(path === '' ? name : `${path}/${name}`),
  )
}

function namesLike(pattern: string, scripts: ReadonlyMap<string, Script>): readonly string[] {
  if (scripts.has(pattern)) return [pattern]
  const plain = pattern.replaceAll('**', '*')
  return pattern.includes('*') ? [...scripts.keys()].filter((one) => matchesName(plain, one)) : []
}

function portsOfScripts(
  scripts: ReadonlyMap<string, Script>,
  contextOf: (line: string) => RunContext,
): ReadonlyMap<ScriptPort, readonly string[]> {
  const runs = new Map<string, Run>()
  const names = [...scripts.keys()]
  for (const [name, { line }] of scripts) runs.set(name, readRun(line, contextOf(line)))
  return momentsOfPorts(names, {
    runOf: (name) => runs.get(name),
    runWith: (name, { before, more }) => {
      const script = scripts.get(name)
      const line = script === undefined ? '' : `${before}${script.line} ${more}`
      return line === '' ? undefined : readRun(line, contextOf(line))
    },
    named: (pattern) => namesLike(pattern, scripts),
  })
}

/** One port that several scripts take in turn is told once, by the one that is surest of it. */
function merged(
  found: ReadonlyMap<ScriptPort, readonly string[]>,
): readonly (readonly [ScriptPort, readonly string[]])[] {
  const kept: { readonly port: ScriptPort; profiles: readonly string[] }[] = []
  const sure = (one: ScriptPort): number => (one.port.confidence === 'default' ? 1 : 0)
  for (const [port, profiles] of [...found].sort(([a], [b]) => sure(a) - sure(b))) {
    const same = kept.find((one) => isSamePort(one.port, port))
    const isMeeting = same?.profiles.some((profile) => profiles.includes(profile)) === true
    if (same === undefined || isMeeting) kept.push({ port, profiles })
    else same.profiles = [...same.profiles, ...profiles]
  }
  return kept.map(({ port, profiles }) => [port, profiles])
}

function isSamePort(one: ScriptPort, other: ScriptPort): boolean {
  const keyOf = ({ port, folder }: ScriptPort): string =>
    JSON.stringify([port.stance, port.first, port.last, port.protocol, port.addresses, folder])
  return keyOf(one) === keyOf(other)
}

/** Where ports are in their scripts: two of one script are at two places. */
class Places {
  readonly #source: SourceText
  readonly #scripts: ReadonlyMap<string, Script>
  readonly #from = new Map<string, number>()

  constructor(source: SourceText, scripts: ReadonlyMap<string, Script>) {
    this.#source = source
    this.#scripts = scripts
  }

  of(name: string, { first, tool, confidence }: CommandPort): ReturnType<SourceText['at']> {
    const offset = this.#scripts.get(name)?.offset ?? 0
    const line = /^(?:[^"\\\n]|\\.){0,10000}/.exec(this.#source.text.slice(offset))?.[0] ?? ''
    const word = confidence === 'default' && tool !== undefined ? tool : String(first)
    const key = `${name}\n${word}`
    const at = line.indexOf(word, this.#from.get(key) ?? 0)
    if (at === -1) return this.#source.at(offset)
    this.#from.set(key, at + word.length)
    return this.#source.at(offset + at)
  }
}

/** To where a development server passes on what it does not know itself. */
function proxyOf(
  source: SourceText,
  tree: Tree,
  words: Words & { readonly app: string },
): readonly FoundPort[] {
  const proxy = valueAt(tree, 'proxy')
  if (proxy?.kind !== 'scalar') return []
  return connectionsIn(proxy.text).map(({ host, port, text }) => ({
    ...{ ...words, ...source.at(proxy.offset), first: port, last: port, text, host },
    ...{ stance: 'consumption' as const, confidence: 'explicit' as const },
    ...{ protocol: 'tcp' as const, addresses: addressesOf(host) },
  }))
}
