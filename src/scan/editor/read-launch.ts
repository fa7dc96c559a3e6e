/** `launch.json` of editors: what is started for debugging, and to what a debugger or a browser connects. */
import { EVERY_ADDRESS, LOOPBACK } from '../../core/port/port-claim.ts'
import { readCommand } from '../command/read-command.ts'
import { parseJson } from '../document/parse-json.ts'
import { itemsAt, scalarsAt, type Tree, textAt, valueAt } from '../document/tree.ts'
import { connectionsIn } from '../found/connections.ts'
import type { FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { calledBy, folderOf, within } from '../found/paths.ts'
import { addressesOf, parsePort } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { launchLine } from './launch-line.ts'

/** Reads `.vscode/launch.json`. */
export const launchReader: FormatReader = {
  name: 'launch.json',
  takes: (path) => /(^|\/)\.(vscode|cursor|theia)\/launch\.json$/.test(path),
  hint: /"configurations"/,
  read: readLaunch,
}

const LONGEST = 2_000
const MOST_COMPOUNDS = 100

interface Around {
  readonly source: SourceText
  readonly common: Pick<FoundPort, 'format' | 'unit' | 'service' | 'scope' | 'app' | 'profiles'>
}

function readLaunch(source: SourceText): Findings {
  const tree = parseJson(source.text)
  const home = folderOf(folderOf(source.path))
  const compounds = compoundsOf(tree)
  const ports = itemsAt(tree, 'configurations').flatMap((one) => {
    const name = textAt(one, 'name') ?? ''
    const started = compounds.get(name) ?? []
    const cwd = textAt(one, 'cwd')?.replace(/^\$\{workspaceFolder(:[^}]*)?\}\/?/, './')
    const app = cwd === undefined || cwd.includes('$') ? home : (within(home, cwd) ?? home)
    const common = {
      ...{ format: 'launch.json', unit: `launch ${home}`, scope: 'host', app },
      ...{ service: name === '' ? calledBy(home) : name, profiles: [name, ...started] },
    }
    return readConfiguration(one, { source, common })
  })
  return { ports }
}

/** By the names of configurations, the compounds that start them with others. */
function compoundsOf(tree: Tree | undefined): ReadonlyMap<string, readonly string[]> {
  const compounds = new Map<string, string[]>()
  for (const compound of itemsAt(tree, 'compounds')) {
    for (const { text } of scalarsAt(compound, 'configurations')) {
      const known = compounds.get(text) ?? []
      compounds.set(text, known)
      if (known.length < MOST_COMPOUNDS) known.push(`compound ${textAt(compound, 'name')}`)
    }
  }
  return compounds
}

function readConfiguration(configuration: Tree, around: Around): readonly FoundPort[] {
  const isLaunch = textAt(configuration, 'request') !== 'attach'
  return [
    ...(isLaunch ? startedBy(configuration, around) : []),
    ...debuggedBy(configuration, around, isLaunch),
    ...urlsOf(configuration, around),
  ]
}

/** What the program listens on that is started. */
function startedBy(configuration: Tree, { source, common }: Around): readonly FoundPort[] {
  const { ports } = readCommand(launchLine(configuration))
  const told = ports.map(
    (one): FoundPort => ({ ...common, ...one, ...placeOf(configuration, one, source) }),
  )
  const ofJava = [
    ...scalarsAt(configuration, 'vmArgs'),
    ...scalarsAt(configuration, 'args'),
  ].flatMap(({ text, offset }) =>
    [
      ...text
        .slice(0, LONGEST)
        .matchAll(/-Dserver\.port=(\d+)|jdwp=\S*address=(?:\*|[\w.-]+)?:?(\d+)/g),
    ].flatMap((match) => {
      const port = parsePort(match[1] ?? match[2] ?? '')
      if (port === undefined) return []
      const addresses = match[1] === undefined ? LOOPBACK : EVERY_ADDRESS
      return [
        claim(port, { source, common, offset: offset + match.index, text: match[0], addresses }),
      ]
    }),
  )
  return [...told, ...ofJava]
}

/** Where the port stands: in a variable, among the words, else where the configuration begins. */
function placeOf(
  configuration: Tree,
  { first }: { readonly first: number },
  source: SourceText,
): ReturnType<SourceText['at']> {
  const scalars = [
    valueAt(configuration, 'env', 'PORT'),
    ...['args', 'runtimeArgs', 'command'].flatMap((key) => scalarsAt(configuration, key)),
  ]
  const word = scalars.find((one) => one?.kind === 'scalar' && one.text.includes(String(first)))
  const inspect = scalarsAt(configuration, 'runtimeArgs').find(({ text }) =>
    text.startsWith('--inspect'),
  )
  return source.at((word ?? inspect ?? configuration).offset)
}

function claim(
  port: number,
  at: Around & {
    readonly offset: number
    readonly text: string
    readonly addresses: readonly string[]
  },
): FoundPort {
  return {
    ...{ ...at.common, ...at.source.at(at.offset), first: port, last: port, text: at.text },
    ...{ stance: 'claim', confidence: 'explicit', protocol: 'tcp', addresses: at.addresses },
  }
}

/** Debuggers connect to what they attach to; some wait for the program to connect to them. */
function debuggedBy(configuration: Tree, around: Around, isLaunch: boolean): readonly FoundPort[] {
  const type = textAt(configuration, 'type') ?? ''
  const waits =
    /^(php|xdebug)$/.test(type) ||
    (isLaunch && /^(go|chrome|pwa-chrome|msedge|pwa-msedge)$/.test(type))
  const hosts = ['address', 'hostName', 'host', 'hostname']
  const host = hosts.map((key) => textAt(configuration, key)).find((one) => one !== undefined)
  const own = waits
    ? waitingOn(configuration, ['port'], around)
    : connectingTo(configuration, { keys: ['port'], host }, around)
  return [
    ...own,
    ...waitingOn(configuration, ['listen', 'port'], around),
    ...connectingTo(
      configuration,
      { keys: ['connect', 'port'], host: textAt(configuration, 'connect', 'host') },
      around,
    ),
    ...connectingTo(configuration, { keys: ['debugServer'], host: undefined }, around),
  ]
}

function waitingOn(
  configuration: Tree,
  keys: readonly string[],
  around: Around,
): readonly FoundPort[] {
  const value = valueAt(configuration, ...keys)
  const port = value?.kind === 'scalar' ? parsePort(value.text) : undefined
  if (value === undefined || port === undefined) return []
  const host = keys.length > 1 ? textAt(configuration, 'listen', 'host') : undefined
  const addresses = host === undefined ? LOOPBACK : addressesOf(host)
  return [
    claim(port, { ...around, offset: value.offset, text: `${keys.join('.')}: ${port}`, addresses }),
  ]
}

function connectingTo(
  configuration: Tree,
  {
    keys,
    host = 'localhost',
  }: { readonly keys: readonly string[]; readonly host: string | undefined },
  { source, common }: Around,
): readonly FoundPort[] {
  const value = valueAt(configuration, ...keys)
  const port = value?.kind === 'scalar' ? parsePort(value.text) : undefined
  if (value === undefined || port === undefined || host.includes('$')) return []
  const text = `${keys.join('.')}: ${port}`
  return [
    {
      ...{ ...common, ...source.at(value.offset), first: port, last: port, text, host },
      ...{ stance: 'consumption', confidence: 'explicit', protocol: 'tcp' },
      addresses: addressesOf(host),
    },
  ]
}

/** Pages that are opened. */
function urlsOf(configuration: Tree, { source, common }: Around): readonly FoundPort[] {
  const places = [['url'], ['serverReadyAction', 'uriFormat']]
  return places.flatMap((keys) => {
    const value = valueAt(configuration, ...keys)
    if (value?.kind !== 'scalar') return []
    return connectionsIn(value.text).map(({ host, port, text }) => ({
      ...{ ...common, ...source.at(value.offset), first: port, last: port, text, host },
      ...{ stance: 'consumption' as const, confidence: 'explicit' as const },
      ...{ protocol: 'tcp' as const, addresses: addressesOf(host) },
    }))
  })
}
