/**
 * Procfiles: one process a line, all started at once. Who is told nothing is given a port of its own by
 * foreman and its kin: 5000 for the first process, 100 more for each one after it.
 * @source foreman(1), "PORT"
 */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import type { CommandPort } from '../command/command-port.ts'
import { readCommand } from '../command/read-command.ts'
import { readVariables } from '../document/parse-dotenv.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Confidence, Findings, FoundPort } from '../found/found-port.ts'
import { folderOf, nameOf } from '../found/paths.ts'
import { parsePort } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'

/** Reads Procfiles. */
export const procfileReader: FormatReader = {
  name: 'procfile',
  takes: (path) => /^Procfile(\.[\w-]+)*$/.test(nameOf(path)),
  read: readProcfile,
}

const FIRST = 5_000
const STEP = 100
const LINE = /^([A-Za-z0-9_-]{1,100}):[ \t]*(\S.*)$/
const MOST = 200

/** The port of the first process, and who says so. */
interface Base {
  readonly port: number
  readonly confidence: Confidence
  readonly because: string
}

type Words = Pick<FoundPort, 'format' | 'unit' | 'variant' | 'scope' | 'app' | 'environment'>

function readProcfile(source: SourceText, folder: Folder): Findings {
  const home = folderOf(source.path)
  const words: Words = {
    ...{ format: 'procfile', unit: `procfile ${home}`, variant: nameOf(source.path) },
    ...{ scope: 'host', app: home, ...ofEnvironment(nameOf(source.path)) },
  }
  const base = baseOf(source.path, folder)
  const lines = source.lines().flatMap(({ text, offset }) => {
    const [line, process = '', command = ''] = LINE.exec(text) ?? []
    const at = line === undefined ? 0 : offset + line.length - command.length
    return line === undefined ? [] : [{ process, command, at }]
  })
  const ports = lines.slice(0, MOST).flatMap(({ process, command, at }, index) => {
    const given = { ...base, port: base.port + STEP * index }
    // What runs before a release listens to nobody.
    const read = process === 'release' ? [] : portsOf(process, command, { given, folder })
    return read.map((one) => ({ ...words, ...source.at(at), ...one, service: process }))
  })
  return { ports }
}

/** `.env` and `bin/dev` may say another one than foreman would. */
function baseOf(path: string, folder: Folder): Base {
  const home = folderOf(path)
  const inHome = (name: string): string => (home === '' ? name : `${home}/${name}`)
  const starter = nameOf(path) === 'Procfile.dev' ? folder.read(inHome('bin/dev'))?.text : undefined
  const said = /\bPORT="?\$\{PORT:-(\d+)\}|\b(?:foreman|overmind)\b.*\s(?:-p|--port)[ =](\d+)/
  const match = starter === undefined ? null : said.exec(starter)
  const started = parsePort(match?.[1] ?? match?.[2] ?? '')
  if (started !== undefined) {
    return { port: started, confidence: 'interpolated', because: 'PORT of bin/dev' }
  }
  const own = readVariables(folder.read(inHome('.env'))?.text ?? '').get('PORT')
  const set = parsePort(folder.variables['PORT'] ?? own ?? '')
  if (set !== undefined) return { port: set, confidence: 'interpolated', because: 'PORT of .env' }
  const because = 'foreman gives PORT 5000 to the first process and 100 more to each one after it'
  return { port: FIRST, confidence: 'default', because }
}

function portsOf(
  process: string,
  command: string,
  { given, folder }: { readonly given: Base; readonly folder: Folder },
): readonly CommandPort[] {
  const { port, confidence, because } = given
  const without = readCommand(command, (name) => variableOf(name, folder))
  const withPort = readCommand(command, (name) =>
    name === 'PORT' ? String(port) : variableOf(name, folder),
  )
  const own = new Set(without.ports.map(keyOf))
  const found = withPort.ports.map((one) =>
    own.has(keyOf(one)) || one.first !== port ? one : { ...one, confidence, because },
  )
  const isTold = found.some(({ stance }) => stance === 'claim')
  const isAsking = /\$\{?PORT\b/.test(command) || /^web\b/.test(process)
  if (isTold || !isAsking) return found
  const text = command.length > 48 ? `${command.slice(0, 47)}…` : command
  const claim = { stance: 'claim', protocol: 'tcp', addresses: EVERY_ADDRESS } as const
  return [...found, { ...claim, first: port, last: port, text, confidence, because }]
}

function variableOf(name: string, folder: Folder): string | undefined {
  return name === 'PORT' ? undefined : folder.variables[name]
}

function keyOf({ stance, first, text }: CommandPort): string {
  return `${stance} ${first} ${text}`
}
