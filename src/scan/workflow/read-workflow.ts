/**
 * Workflows of GitHub Actions and its kin: each job has a machine of its own, so that two jobs are never
 * in each other's way, but services and steps of one job are.
 */
import { readCommand } from '../command/read-command.ts'
import { type Published, readPorts } from '../compose/service-ports.ts'
import { parseYaml } from '../document/parse-yaml.ts'
import {
  entriesAt,
  itemsAt,
  type Tree,
  type TreeScalar,
  textAt,
  valueAt,
} from '../document/tree.ts'
import { connectionsIn } from '../found/connections.ts'
import type { FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { addressesOf } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'

/** Reads workflows. */
export const workflowReader: FormatReader = {
  name: 'workflow',
  takes: (path) => /(^|\/)\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/.test(path),
  // Most workflows say nothing of ports, and are not taken apart.
  hint: /services["']?[ \t]*:|\bports?\b|PORT\b|:\/\/[^\s/"']{1,200}:\d|[ \t]-p[ \t]?\d|tcp:\d/,
  read: readWorkflow,
}

// More than anybody writes; with aliases a small file could ask for a thousand times as much.
const MOST_FOUND = 5_000
const MOST_SERVICES = 32
const MOST_STEPS = 100
const MOST_PORTS = 50
const MOST_ENTRIES = 200

interface Around {
  readonly source: SourceText
  readonly common: Pick<FoundPort, 'format' | 'unit' | 'scope' | 'service' | 'environment'>
}

function readWorkflow(source: SourceText): Findings {
  const [tree] = parseYaml(source.text)
  const shared = valueAt(tree, 'env')
  const ports: FoundPort[] = []
  for (const [job, { value }] of entriesAt(tree, 'jobs')) {
    if (ports.length > MOST_FOUND) break
    const common: Around['common'] = {
      ...{ format: 'workflow', unit: `workflow ${source.path}`, service: job, environment: 'ci' },
      scope: `network job ${source.path}#${job}`,
    }
    ports.push(...ofJob(value, shared, { source, common }))
  }
  return { ports }
}

function ofJob(job: Tree, shared: Tree | undefined, around: Around): readonly FoundPort[] {
  const { source, common } = around
  const container = valueAt(job, 'container')
  const environments = [shared, valueAt(job, 'env')]
  const services = entriesAt(job, 'services').slice(0, MOST_SERVICES)
  const steps = itemsAt(job, 'steps').slice(0, MOST_STEPS)
  return [
    ...services.flatMap(([name, service]) =>
      publishedBy(service.value, { source, common: { ...common, service: name } }),
    ),
    ...(container === undefined ? [] : publishedBy(container, around)),
    ...environments.flatMap((one) => connectionsOf(one, around)),
    ...steps.flatMap((step, at) => ofStep(step, at, around)),
  ]
}

const published = new WeakMap<Tree, readonly Published[]>()

/** The ports of a service, which many jobs may have by an alias. */
function publishedPorts(service: Tree): readonly Published[] {
  const known = published.get(service)
  const ports = known ?? readPorts(service, () => undefined).published.slice(0, MOST_PORTS)
  published.set(service, ports)
  return ports
}

function publishedBy(service: Tree, { source, common }: Around): readonly FoundPort[] {
  return publishedPorts(service).map(({ offset, address, ...rest }) => ({
    ...{ ...common, ...source.at(offset), ...rest },
    ...{ stance: 'claim' as const, addresses: addressesOf(address) },
  }))
}

function connectionsOf(environment: Tree | undefined, around: Around): readonly FoundPort[] {
  return entriesAt(environment)
    .slice(0, MOST_ENTRIES)
    .flatMap(([, { value }]) =>
      value.kind !== 'scalar'
        ? []
        : connectionsIn(plain(value.text)).map((one) => connection(one, value, around)),
    )
}

function connection(
  { host, port, text }: { readonly host: string; readonly port: number; readonly text: string },
  { offset }: TreeScalar,
  { source, common }: Around,
): FoundPort {
  return {
    ...{ ...common, ...source.at(offset), first: port, last: port, text, host },
    ...{ stance: 'consumption', confidence: 'explicit', protocol: 'tcp' },
    addresses: addressesOf(host),
  }
}

/** What a step starts is there with the services of the job; steps start one after the other. */
function ofStep(step: Tree, at: number, around: Around): readonly FoundPort[] {
  const run = valueAt(step, 'run')
  const { source, common } = around
  const own = connectionsOf(valueAt(step, 'env'), around)
  if (run?.kind !== 'scalar') return own
  const name = textAt(step, 'name') ?? textAt(step, 'id') ?? `step ${at + 1}`
  const told = readCommand(run.text).ports.filter(({ confidence }) => confidence !== 'default')
  const from = new Map<number, number>()
  const ports = told.map((one): FoundPort => {
    const place = placeOf(source, run, { port: one.first, from: from.get(one.first) ?? run.offset })
    from.set(one.first, place + 1)
    const variant = `step ${at + 1}`
    return { ...common, ...one, service: name, variant, ...source.at(place) }
  })
  return [...own, ...ports]
}

/** Where in the lines of a step the number stands next. */
function placeOf(
  source: SourceText,
  { text, offset }: TreeScalar,
  { port, from }: { readonly port: number; readonly from: number },
): number {
  const written = source.text.slice(from, offset + text.length * 2 + 200)
  const at = new RegExp(`\\b${port}\\b`).exec(written)?.index
  return at === undefined ? offset : from + at
}

/** A text without expressions, which are only known when it runs. */
function plain(text: string): string {
  return text.replaceAll(/\$\{\{[^{}]*\}\}/g, '_')
}
