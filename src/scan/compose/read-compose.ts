/** Compositions of containers: what they publish on the machine, and what listens inside of them. */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { readCommand } from '../command/read-command.ts'
import { readVariables } from '../document/parse-dotenv.ts'
import { readYaml, type YamlProblem } from '../document/parse-yaml.ts'
import { entriesAt, scalarsAt, type Tree, type TreeEntry, textAt } from '../document/tree.ts'
import { connectionsIn } from '../found/connections.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort, Placement, Remark } from '../found/found-port.ts'
import { folderOf, within } from '../found/paths.ts'
import { addressesOf, parsePort } from '../found/port-words.ts'
import { filesIn } from '../found/siblings.ts'
import type { SourceText } from '../found/source-text.ts'
import { fillIn } from '../found/variables.ts'
import { givenFiles, isComposition } from './given-files.ts'
import { imagePort } from './image-ports.ts'
import { type ComposedService, composeServices, lastOf, layersFor } from './merge-services.ts'
import { readPorts } from './service-ports.ts'

/** What the folder of a program has in it. */
const MANIFESTS =
  /(^|\/)(package\.json|go\.mod|pyproject\.toml|requirements\.txt|Cargo\.toml|pom\.xml|build\.gradle(\.kts)?|Gemfile|composer\.json|mix\.exs|[\w.-]+\.csproj)$/

/** Reads compositions. */
export const composeReader: FormatReader = {
  name: 'compose',
  takes: isComposition,
  hint: /^[ \t]*["']?services["']?[ \t]*:/m,
  read: readComposition,
}

interface Composition {
  readonly unit: string
  readonly variant?: string
  readonly environment?: string
  readonly lookUp: (name: string) => string | undefined
  readonly isSwarm: boolean
}

/** Each file is looked at by all that lie beside it, and parsed once. */
const known = new WeakMap<SourceText, ReturnType<typeof readYaml>>()

function readOnce(source: SourceText): ReturnType<typeof readYaml> {
  const read = known.get(source) ?? readYaml(source.text)
  known.set(source, read)
  return read
}

function readComposition(source: SourceText, folder: Folder): Findings {
  const parse = (one: SourceText): Tree | undefined => readOnce(one).trees[0]
  const remarks = remarkOn(source, readOnce(source).problem)
  const home = folderOf(source.path)
  const { files, variant } = givenFiles(source, folder, parse)
  if (files.length === 0) return { ports: [], remarks }
  const composition: Composition = {
    unit: `compose ${home}`,
    ...(variant === undefined ? {} : { variant }),
    ...ofEnvironment(source.path),
    lookUp: variablesFor(home, folder),
    isSwarm: files.some((file) => /^\s+(placement|update_config|endpoint_mode):/m.test(file.text)),
  }
  const services = [...composeServices(files, folder, parse).values()]
  const read = services.map((service) => readService(service, composition, folder))
  return {
    ports: read.flatMap(({ ports }) => ports),
    placements: read.flatMap(({ placements }) => placements ?? []),
    remarks,
  }
}

function remarkOn(source: SourceText, problem: YamlProblem | undefined): readonly Remark[] {
  if (problem === undefined) return []
  const sentence = `is read only as far as it is YAML: ${problem.sentence}`
  return [{ ...source.at(problem.offset), sentence }]
}

/** The shell's variables come before those of `.env` beside the file. */
function variablesFor(home: string, folder: Folder): (name: string) => string | undefined {
  const file = folder.read(home === '' ? '.env' : `${home}/.env`)
  const variables = file === undefined ? new Map<string, string>() : readVariables(file.text)
  return (name) => folder.variables[name] ?? variables.get(name)
}

function readService(service: ComposedService, composition: Composition, folder: Folder): Findings {
  const { lookUp, unit } = composition
  const home = unit.slice('compose '.length)
  const network = `network ${home === '' ? '.' : home}/${service.name}`
  const profiles = layersFor(service, 'profiles').flatMap(({ tree }) =>
    scalarsAt(tree, 'profiles').map(({ text }) => text),
  )
  const app = appOf(service, folder)
  const common = {
    ...{ format: 'compose', unit, service: service.name },
    ...(composition.variant === undefined ? {} : { variant: composition.variant }),
    ...(composition.environment === undefined ? {} : { environment: composition.environment }),
    ...(profiles.length === 0 ? {} : { profiles }),
    ...(app === undefined ? {} : { app }),
  }
  const isOnHost = scalarText(lastOf(service, 'network_mode')?.value) === 'host'
  const scope = isOnHost ? 'host' : network
  const instances = composition.isSwarm ? 1 : instancesOf(service, lookUp)
  return {
    ports: [
      ...publishedBy(service, common, { isOnHost, instances, lookUp }),
      ...documentedBy(service, common, { network, lookUp }),
      ...(isOnHost ? portsOnHost(service, common, lookUp) : []),
      ...connectionsOf(service, common, { network: scope, lookUp }),
    ],
    placements: placementsOf(service, { scope, unit }),
  }
}

type Common = Pick<FoundPort, 'format' | 'unit' | 'service'>

/** What of the machine leads into its containers; with the machine's own network, nothing does. */
function publishedBy(
  service: ComposedService,
  common: Common,
  how: {
    readonly isOnHost: boolean
    readonly instances: number
    readonly lookUp: Composition['lookUp']
  },
): readonly FoundPort[] {
  const { isOnHost, instances, lookUp } = how
  const seen = new Set<string>()
  return layersFor(service, 'ports').flatMap(({ source, tree }) => {
    const { published } = readPorts({ ...tree, entries: only(tree.entries, 'ports') }, lookUp)
    return published.flatMap((one): readonly FoundPort[] => {
      const { offset, address, target, ...rest } = one
      const { first, last, protocol } = one
      const addresses = addressesOf(address)
      const key = [first, last, target.first, target.last, protocol, ...addresses].join()
      if (seen.has(key)) return []
      seen.add(key)
      const isOneOf = first !== last && target.first === target.last
      return [
        {
          ...{ ...common, ...source.at(offset), ...rest, addresses, target, scope: 'host' },
          stance: isOnHost ? 'documentation' : 'claim',
          ...(isOneOf || instances > 1 ? { instances } : {}),
        },
      ]
    })
  })
}

/** What listens in the network of its containers. */
function documentedBy(
  service: ComposedService,
  common: Common,
  around: { readonly network: string; readonly lookUp: Composition['lookUp'] },
): readonly FoundPort[] {
  return service.layers.flatMap(({ source, tree }) =>
    readPorts(tree, around.lookUp).internal.map(
      ({ offset, span, protocol }): FoundPort => ({
        ...{ ...common, ...source.at(offset), ...span, protocol, addresses: EVERY_ADDRESS },
        ...{ stance: 'documentation', confidence: 'explicit', scope: around.network },
        text: String(span.first),
      }),
    ),
  )
}

/** With the machine's own network nothing is published: what the program listens on is the machine's. */
function portsOnHost(
  service: ComposedService,
  common: Common,
  lookUp: Composition['lookUp'],
): readonly FoundPort[] {
  const base: OnHost = {
    ...common,
    stance: 'claim',
    scope: 'host',
    protocol: 'tcp',
    addresses: EVERY_ADDRESS,
  }
  return (
    portOfVariable(service, base, lookUp) ??
    portsOfCommand(service, base, lookUp) ??
    portOfImage(service, base)
  )
}

type OnHost = Common & Pick<FoundPort, 'stance' | 'scope' | 'protocol' | 'addresses'>

function portOfVariable(
  service: ComposedService,
  base: OnHost,
  lookUp: Composition['lookUp'],
): readonly FoundPort[] | undefined {
  const said = variablesOf(service).find(({ name }) => name === 'PORT')
  if (said === undefined) return undefined
  const { text, isFilled } = fillIn(said.value, lookUp)
  const port = parsePort(text)
  if (port === undefined) return undefined
  const confidence = isFilled ? 'interpolated' : 'explicit'
  const place = said.source.at(said.offset)
  return [{ ...base, ...place, first: port, last: port, confidence, text: `PORT=${port}` }]
}

function portsOfCommand(
  service: ComposedService,
  base: OnHost,
  lookUp: Composition['lookUp'],
): readonly FoundPort[] | undefined {
  const command = lastOf(service, 'command')?.value
  const layer = service.layers.at(-1)
  if (command === undefined || layer === undefined) return undefined
  const words = scalarsAt(command).map(({ text }) => text)
  const line = words.join(' ')
  const { ports } = readCommand(fillIn(line, lookUp).text)
  const claims = ports.filter(({ stance }) => stance === 'claim')
  if (claims.length === 0) return undefined
  return claims.map((one) => ({ ...base, ...one, ...layer.source.at(command.offset) }))
}

/** Where nobody says otherwise. */
function portOfImage(service: ComposedService, base: OnHost): readonly FoundPort[] {
  const image = scalarText(lastOf(service, 'image')?.value)
  const layer = service.layers.at(-1)
  const isTold = lastOf(service, 'command') !== undefined
  const port = image === undefined || isTold ? undefined : imagePort(image)
  if (port === undefined || layer === undefined) return []
  const because = `the port of ${image}, on the machine's own network`
  const place = layer.source.at(layer.tree.offset)
  return [
    {
      ...{ ...base, ...place, first: port, last: port, confidence: 'default' },
      ...{ text: `image: ${image}`, because },
    },
  ]
}

function connectionsOf(
  service: ComposedService,
  common: Common,
  around: { readonly network: string; readonly lookUp: Composition['lookUp'] },
): readonly FoundPort[] {
  return variablesOf(service).flatMap(({ source, offset, value }) =>
    connectionsIn(fillIn(value, around.lookUp).text).map(({ host, port, text }) => ({
      ...{
        ...common,
        ...source.at(offset),
        first: port,
        last: port,
        text,
        host,
        protocol: 'tcp' as const,
      },
      ...({
        stance: 'consumption',
        confidence: 'explicit',
        scope: around.network,
        addresses: addressesOf(host),
      } as const),
    })),
  )
}

function variablesOf(service: ComposedService): readonly {
  readonly source: SourceText
  readonly offset: number
  readonly name: string
  readonly value: string
}[] {
  return layersFor(service, 'environment').flatMap(({ source, tree }) => {
    const listed = scalarsAt(tree, 'environment').map(({ text, offset }) => {
      const [name = '', ...rest] = text.split('=')
      return { source, offset, name, value: rest.join('=') }
    })
    const mapped = entriesAt(tree, 'environment').map(([name, { value }]) => {
      return {
        source,
        offset: value.offset,
        name,
        value: value.kind === 'scalar' ? value.text : '',
      }
    })
    return [...listed, ...mapped]
  })
}

function instancesOf(service: ComposedService, lookUp: Composition['lookUp']): number {
  const scale = scalarText(lastOf(service, 'scale')?.value)
  const replicas = textAt(lastOf(service, 'deploy')?.value, 'replicas')
  const count = Number(fillIn(scale ?? replicas ?? '1', lookUp).text)
  return Number.isInteger(count) && count >= 0 ? count : 1
}

/** The folder of the program: what is built, or mounted as a whole. */
function appOf(service: ComposedService, folder: Folder): string | undefined {
  const layer = layersFor(service, 'build').at(-1)
  if (layer === undefined) return undefined
  const build = layer.tree.entries.get('build')?.value
  const context = scalarText(build) ?? textAt(build, 'context') ?? '.'
  const found = within(folderOf(layer.source.path), context)
  const dockerfile = textAt(build, 'dockerfile')
  const inside = dockerfile === undefined ? undefined : within(found ?? '', dockerfile)
  const home = inside === undefined ? undefined : folderOf(inside)
  // Of a repository with several programs, all are built from its root; the Dockerfile is beside one.
  const isProgram = home !== undefined && filesIn(folder, home).some((path) => MANIFESTS.test(path))
  return isProgram ? home : found
}

function placementsOf(
  service: ComposedService,
  at: { readonly scope: string; readonly unit: string },
): readonly Placement[] {
  return layersFor(service, 'volumes').flatMap(({ source, tree }) =>
    itemsOf(tree.entries.get('volumes')?.value).flatMap((item) => {
      const from = item.kind === 'scalar' ? item.text.split(':')[0] : textAt(item, 'source')
      const file = from === undefined ? undefined : within(folderOf(source.path), from)
      return file === undefined ? [] : [{ file, service: service.name, ...at }]
    }),
  )
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === 'list' ? tree.items : []
}

function only(
  entries: ReadonlyMap<string, TreeEntry>,
  key: string,
): ReadonlyMap<string, TreeEntry> {
  return new Map([...entries].filter(([name]) => name === key))
}

function scalarText(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' ? tree.text : undefined
}
