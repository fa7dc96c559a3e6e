/**
 * A compose file. Its services are still run by `docker compose`, which reads everything about
 * containers in the file itself; the contract takes over the order, the proofs and the way back.
 * What the engine knows and the file does not say (an image's own HEALTHCHECK) cannot be seen.
 */
import type { ComponentDraft, Until } from '../draft/draft.ts'
import { goDurationMs } from '../draft/durations.ts'
import type { ImportContext, Importer } from '../format.ts'
import type { Item } from '../source/item.ts'
import { importHealthcheck } from './healthcheck.ts'
import { reasonFor } from './reasons.ts'
import { readServices, type Service } from './services.ts'

/** How long compose needs to take itself away once the container has ended. @unit ms */
const CLIENT_MS = 5_000

const UNTIL: Readonly<Record<string, Until>> = {
  service_started: 'started',
  service_healthy: 'ready',
  service_completed_successfully: 'completed',
}

/** Fills a draft from a compose file. */
export const importCompose: Importer = ([root], context) => {
  if (root === undefined) return
  for (const key of ['name', 'version']) root.get(key)?.ignore()
  root
    .get('include')
    ?.lose('the files it names are not read; `docker compose config` prints all in one')
  const services = readServices(root, context)
  const components = new Map<string, ComponentDraft>()
  for (const service of services) {
    components.set(service.name, context.draft.add(service.name, service.item))
  }
  const completed = new Set<string>()
  const edges = services.flatMap((service) => readNeeds(service, components))
  for (const { until, on } of edges) if (until === 'completed') completed.add(on)
  for (const service of services) {
    const component = components.get(service.name)
    if (component !== undefined) fill(component, service, completed.has(service.name), context)
  }
  applyNeeds(edges, components)
  noteVariables(services, context)
  root.loseUnread(reasonFor)
}

interface Edge {
  readonly from: string
  readonly on: string
  readonly until: Until
  readonly isRequired: boolean
}

function readNeeds(service: Service, known: ReadonlyMap<string, unknown>): readonly Edge[] {
  const written = service.get('depends_on')
  if (written === undefined) return []
  const links = written.isMap
    ? written.members()
    : written.elements().map((item): readonly [string, Item] => [item.text() ?? '', item])
  return links.flatMap(([on, item]): readonly Edge[] => {
    const condition = item.isMap ? item.get('condition') : undefined
    const name = condition?.text() ?? 'service_started'
    const until = UNTIL[name]
    if (until === undefined) condition?.lose(`${name} is no condition of compose; started is taken`)
    const restart = item.isMap ? item.get('restart') : undefined
    if (restart?.flag() === true) {
      restart.note('a component is not started anew because one that it needs was')
    }
    const isRequired = (item.isMap ? item.get('required')?.flag() : undefined) ?? true
    if (!known.has(on)) {
      const why = isRequired ? 'there is no such service' : 'it is not there, and not required'
      item.lose(`${why}, so the need is left out`)
      return []
    }
    return [{ from: service.name, on, until: until ?? 'started', isRequired }]
  })
}

function applyNeeds(edges: readonly Edge[], components: ReadonlyMap<string, ComponentDraft>): void {
  for (const { from, on, until } of edges) {
    const name = components.get(on)?.name
    if (name !== undefined) components.get(from)?.needs.set(name, until)
  }
  for (const [name, component] of components) {
    const inward = edges.filter((edge) => edge.on === name)
    if (inward.length > 0 && inward.every((edge) => !edge.isRequired)) component.optional = true
  }
}

function fill(
  component: ComponentDraft,
  service: Service,
  ends: boolean,
  context: ImportContext,
): void {
  const compose = ['docker', 'compose', '--file', context.file]
  const action = ends ? ['run', '--rm', '--no-deps', '-T'] : ['up', '--no-deps', '--no-color']
  component.run = {
    command: [...compose, ...action, service.name],
    inherit: ['DOCKER_HOST', 'DOCKER_CONTEXT', 'XDG_RUNTIME_DIR', ...variablesOf(context.text)],
    oneShot: ends,
  }
  service.item.note(
    '`docker compose` runs its container: what is seen of its end is the end of that command',
  )
  const graceMs = goDurationMs(service.get('stop_grace_period'))
  component.stop = { graceMs: (graceMs ?? 10_000) + CLIENT_MS }
  service.get('stop_signal')?.ignore()
  noteRestart(service)
  if (!ends) importHealthcheck(component, service, { compose, draft: context.draft })
  else service.get('healthcheck')?.lose('it ends by itself; its exit code is its proof')
}

function noteRestart(service: Service): void {
  const restart = service.get('restart')
  const policy = restart?.text()
  if (policy === undefined || policy === 'no' || policy === 'false') return
  restart?.note('the engine may restart the container on its own, unseen')
}

/** Variables of the calling shell that compose fills in: `$$` stands for a plain `$`. */
function variablesOf(text: string): readonly string[] {
  const uncommented = text.replaceAll(/^\s*#.*$/gm, '').replaceAll('$$', '')
  const found = uncommented.matchAll(/\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))/g)
  return [...new Set([...found].map(([, braced, bare]) => braced ?? bare ?? ''))].sort()
}

function noteVariables(services: readonly Service[], context: ImportContext): void {
  const variables = variablesOf(context.text)
  const probing = services.find((service) => service.get('healthcheck') !== undefined)
  if (variables.length === 0 || probing === undefined) return
  probing
    .get('healthcheck')
    ?.note(`probes do not inherit ${variables.join(', ')}; set what compose insists on in .env`)
}
