/** What is running: environments, logs, and what the kernel says is left. */
import { Fault } from '../../core/fault/fault.ts'
import { pageOf } from '../../core/units/page-of.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Asking } from '../access/add-access.ts'
import { componentsEverywhere, logsEverywhere } from '../agents/everywhere.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { answerLive } from '../live-answer.ts'
import type { LogMasks } from '../log-masks.ts'
import type { ServerParts } from '../parts.ts'
import { contractName, type GoingRamp } from '../ramp-index.ts'
import { HEARTBEAT_MS } from '../ramp-stream.ts'
import { LOGS, type LogsRequest } from '../requests.ts'
import { ofType } from '../schemas/content.ts'
import { PAGE_OF } from '../schemas/paging.ts'
import { ENVIRONMENT_PAGE, LEFTOVERS_VIEW, LOG_LINE } from '../schemas/world.ts'
import type { SlowWriter } from '../slow-writer.ts'
import type { ComponentView, EnvironmentView, RampSummary, UnwatchedView } from '../wire.ts'
import { seenBy } from './seen-ramps.ts'

const TAGS = ['environments']

/** Of which kind the contracts are that components belong to, `<contract>/<component>`. */
const OF_COMPONENTS = 'Environment'

/** Adds the routes. */
export function addWorldRoutes(app: App, api: Api): void {
  const { parts, index } = api
  const config = { permission: 'ramps.read' } as const

  app.get(
    '/v1/environments',
    {
      schema: {
        operationId: 'listEnvironments',
        summary: 'List contracts with their last ramp and what is running of them',
        tags: TAGS,
        querystring: PAGE_OF,
        response: { 200: ENVIRONMENT_PAGE },
      },
      config,
    },
    async (request) => {
      const isSeen = seenBy(request, api)
      const components = await componentsEverywhere(parts)
      const latest = await index.latestOfEach(isSeen)
      const seen = new Set(latest.map(({ contract }) => contractName(contract)))
      const isShown = (contract: string): boolean => isSeen === undefined || seen.has(contract)
      const environments = environmentsOf(
        latest,
        components.filter(({ subject }) => isShown(contractOf(subject))),
        // What a contract promises is broken whichever replica watches it.
        {
          watching: await index.watches(isSeen),
          watchedSince: await index.watchedSince(latest.filter(isUp)),
        },
      )
      const { items, ...next } = pageOf(environments, byName, request.query)
      return { environments: items, ...next }
    },
  )

  app.get(
    '/v1/leftovers',
    {
      schema: {
        operationId: 'listLeftovers',
        summary: 'Ask the kernel what runs or listens of this workspace',
        tags: TAGS,
        response: { 200: LEFTOVERS_VIEW },
      },
      config: { permission: 'daemon.manage' },
    },
    () => parts.components.leftovers(),
  )
  addLogs(app, api)
}

function addLogs(app: App, api: Api): void {
  const { parts, masks } = api
  app.get(
    '/v1/logs',
    {
      schema: {
        operationId: 'readLogs',
        summary: 'Read what components wrote without the secrets of their contracts, a line each',
        tags: TAGS,
        querystring: LOGS,
        response: { 200: ofType('application/x-ndjson', LOG_LINE) },
      },
      config: { permission: 'ramps.read' },
    },
    async (request, reply): Promise<void> => {
      const { subject } = request.query
      const isSeen = await seenComponents(request, api)
      const isKnown = async (): Promise<boolean> =>
        (await componentsEverywhere(parts)).some(
          (component) => component.subject === subject && isSeen(component.subject),
        )
      if (subject !== undefined && !(await isKnown())) throw unknownComponent(subject)
      const wanted = { ...request.query, isSeen, masks }
      await answerLive(reply, {
        type: 'application/x-ndjson',
        tell: (writer) => sendLogs(parts, writer, wanted),
        onTrouble: parts.onTrouble,
      })
    },
  )
}

/** Whether whoever asks may see what a component writes: they may see the last ramp of its contract. */
async function seenComponents(request: Asking, api: Api): Promise<(subject: string) => boolean> {
  const isSeen = seenBy(request, api)
  if (isSeen === undefined) return () => true
  const seen = await api.index.latestOfEach(isSeen)
  const contracts = new Set(seen.map(({ contract }) => contractName(contract)))
  return (subject) => contracts.has(contractOf(subject))
}

/** A space comes before everything that names have in them. */
function byName({ contract, kind }: EnvironmentView): string {
  return `${contract} ${kind}`
}

/** What watches contracts, and what has watched them last. */
export interface Watches {
  readonly watching: readonly GoingRamp[]
  /** By contract, `<kind>/<name>`: the last one since it was brought up, ended ones too. */
  readonly watchedSince: ReadonlyMap<string, RampSummary>
}

/** Contracts with their last ramp and what is running of them, by name, then by kind. */
export function environmentsOf(
  latest: readonly RampSummary[],
  components: readonly ComponentView[],
  { watching, watchedSince }: Watches = { watching: [], watchedSince: new Map() },
): readonly EnvironmentView[] {
  const ramps = new Map(latest.map((ramp) => [contractName(ramp.contract), ramp]))
  const watches = new Map(watching.map((one) => [contractName(one.summary.contract), one.watch]))
  const starts = Map.groupBy(components, ({ subject }) => contractOf(subject))
  const called = [...new Set([...ramps.keys(), ...starts.keys(), ...watches.keys()])].map(
    (contract) => {
      const [kind = '', name = ''] = contract.split('/')
      return { contract, kind, name }
    },
  )
  called.sort((one, other) => order(one.name, other.name) || order(one.kind, other.kind))
  return called.map(({ contract, kind, name }) => {
    const lastRamp = ramps.get(contract)
    const watch = watches.get(contract)
    const unwatched =
      watch === undefined && lastRamp !== undefined && isUp(lastRamp)
        ? unwatchedOf(watchedSince.get(contract))
        : undefined
    return {
      kind,
      contract: name,
      ...(lastRamp === undefined ? {} : { lastRamp }),
      ...(watch === undefined ? {} : { watch }),
      ...(unwatched === undefined ? {} : { unwatched }),
      components: latestStarts(starts.get(contract) ?? [], lastRamp),
    }
  })
}

/** Whether a contract is up by its last ramp. */
function isUp({ goal, outcome }: RampSummary): boolean {
  return goal === 'up' && outcome === 'reached'
}

/**
 * That nothing watches what is up: whatever was to take the place of its watching was never opened, be
 * it for a crash in between. Watching that took everything back has left nothing to be watched.
 */
function unwatchedOf(last: RampSummary | undefined): UnwatchedView | undefined {
  if (last?.outcome !== 'abandoned') return undefined
  const { ramp, endedAtMs, latestMs, cause } = last
  return { ramp, sinceMs: endedAtMs ?? latestMs, ...(cause === undefined ? {} : { cause }) }
}

function order(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

/**
 * Of every component the latest start, any earlier one that still runs, and each copy that has ended since
 * the last ramp did: what had ended before, that one has replaced or done without.
 */
function latestStarts(
  components: readonly ComponentView[],
  lastRamp: RampSummary | undefined,
): readonly ComponentView[] {
  const latest = new Map(components.map((one) => [one.subject, one]))
  const latestCopies = new Map(components.map((one) => [copyKey(one), one]))
  const running = new Set(
    components.flatMap(({ status, subject }) => (status === 'running' ? [subject] : [])),
  )
  const settledMs = lastRamp?.endedAtMs ?? Number.POSITIVE_INFINITY
  return components.filter((one) => {
    const { status, subject, copy, endedAtMs = 0 } = one
    if (status === 'running') return true
    if (latestCopies.get(copyKey(one)) === one && endedAtMs > settledMs) return true
    return latest.get(subject) === one && (copy === undefined || !running.has(subject))
  })
}

function copyKey({ subject, copy = 1 }: ComponentView): string {
  return JSON.stringify([subject, copy])
}

/** The contract that a component belongs to, `<kind>/<name>`. */
function contractOf(subject: string): string {
  return contractName({ kind: OF_COMPONENTS, name: subject.split('/')[0] ?? subject })
}

/** Which lines, of those that whoever asks may see. */
interface SeenLogs extends LogsRequest {
  isSeen(subject: string): boolean
  readonly masks: LogMasks
}

async function sendLogs(parts: ServerParts, writer: SlowWriter, wanted: SeenLogs): Promise<void> {
  const beat = startBeat(parts.clock, writer)
  const { subject, tail, follow, isSeen, masks } = wanted
  const which = subject === undefined ? {} : { subject }
  try {
    const lines = { ...which, tailLines: tail, follow, signal: writer.gone }
    const logs = logsEverywhere(parts, lines)
    for await (const line of logs) {
      if (!isSeen(line.subject)) continue
      await writer.write(`${JSON.stringify(await masks.masked(line))}\n`)
    }
  } finally {
    beat.cancel()
  }
}

function startBeat(clock: Clock, writer: SlowWriter): Timer {
  let timer: Timer
  const beat = (): void => {
    writer.beat('\n')
    timer = clock.wakeAt(clock.nowMs() + HEARTBEAT_MS, beat)
  }
  timer = clock.wakeAt(clock.nowMs() + HEARTBEAT_MS, beat)
  return { cancel: () => timer.cancel() }
}

function unknownComponent(subject: string): Fault {
  return new Fault({
    code: 'component-unknown',
    operation: 'read the logs',
    subject,
    hint: `Nothing called ${subject} was ever started here.`,
  })
}
