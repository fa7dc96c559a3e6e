/**
 * The daemon of a workspace: takes up what was left unfinished and serves until it is told to stop.
 * Stopping, like being killed, ends no ramp and no component.
 */
import { once } from 'node:events'
import { FOLDER_LOOK_MS, FolderWatch } from '../channel/folder-watch.ts'
import { SystemClock } from '../clock/system-clock.ts'
import { Fault } from '../core/fault/fault.ts'
import { type DaemonPlace, placeOf } from '../server/client/daemon-place.ts'
import { openWorkspaceFolder } from '../server/client/workspace-folder.ts'
import type { DaemonIdentity } from '../server/parts.ts'
import { ReplicaRegister } from '../server/replicas/replica-register.ts'
import { openServer, type Server } from '../server/server.ts'
import type { Log } from '../telemetry/log-about.ts'
import { recordCircumstances } from './daemon-circumstances.ts'
import { checkDoors, type DoorOptions, openDoor, readAccess } from './daemon-doors.ts'
import { removeDaemonFile, writeDaemonFile } from './daemon-file.ts'
import { checkDaemonKey } from './daemon-key.ts'
import { DamagedLedger } from './daemon-ledger.ts'
import { aboutTrouble, describeTrouble, logEvents, openDaemonLog } from './daemon-log.ts'
import { countMetrics, measuredLedger } from './daemon-metrics.ts'
import { openNotifying } from './daemon-notifying.ts'
import { closeDaemonParts, type DaemonParts, openDaemonParts } from './daemon-parts.ts'
import { pruneSettings } from './daemon-settings.ts'
import { freeSocketPath } from './daemon-socket.ts'
import { type DaemonStore, type DatabaseChoice, openStore } from './daemon-store.ts'
import { sendTraces } from './daemon-telemetry.ts'
import { takeOverPlace, waitForPlace } from './take-place.ts'

/** Which daemon to be. */
export interface DaemonOptions {
  readonly workspace: string
  readonly version: string
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string>>
  /** Stop when nothing runs and nobody asked for so long; absent: never. @unit ms */
  readonly idleExitMs?: number
  /** How others reach it; absent: nobody but the owner of the account, through the socket. */
  readonly doors?: DoorOptions
  /** Where everything is kept, when that is not the workspace. */
  readonly database?: DatabaseChoice
  /** The file of the master key. @default one of the workspace's own, once it is needed */
  readonly keyFile?: string
  /** Networks that webhooks may reach although they are private, with commas. @default none */
  readonly webhooksMayReach?: string
  /** Whose the socket is, by the name of their account. */
  readonly user: string
  /** Aborted when the daemon is to stop. */
  readonly signal: AbortSignal
  /** One line for the daemon's log. */
  readonly log: Log
}

/** How often to look, at most, whether nothing is left to do. @unit ms */
const IDLE_LOOK_MS = 30_000

/** How long stopping may take. @unit ms */
const STOP_PATIENCE_MS = 15_000

/**
 * Is the daemon of a workspace until it is told to stop; no daemon at all when another one is. With
 * doors it takes the place of one that has none.
 *
 * @throws workspace-unusable, ledger-unavailable, ledger-corrupt, ledger-newer when it cannot start
 * @throws master-key-unusable when a file of it was named, before anything is held
 * @throws workspace-unusable, daemon-unready with doors, when another one keeps the place
 * @throws workspace-unusable soon after the folder that it is found by was removed or moved away
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const place = placeOf(options.workspace)
  if (options.doors !== undefined) checkDoors(options.doors)
  checkDaemonKey({ place, settings: options.settings, keyFile: options.keyFile })
  openWorkspaceFolder(place.folder)
  const { doors, database, signal, log } = options
  const hasDatabase = database !== undefined
  const lock = await (doors === undefined
    ? waitForPlace(place, signal)
    : takeOverPlace(place, { hasDatabase, signal, log }))
  if (lock === undefined) {
    log('Another daemon serves this workspace, or nobody wants this one any more.')
    return
  }
  try {
    await serve(options, place)
  } finally {
    lock.release()
  }
}

async function serve(options: DaemonOptions, place: DaemonPlace): Promise<void> {
  const { settings, version, doors, keyFile, user: localUser } = options
  const { workspace } = place
  const clock = new SystemClock()
  const { log, close: closeLog } = openDaemonLog(options, clock)
  const onTrouble = (error: unknown, request?: string): void =>
    log(describeTrouble(error, request), aboutTrouble(error, request))
  const access = doors === undefined ? undefined : readAccess(doors)
  const takesAgents = doors !== undefined
  const kept = await openStore({ place, settings, keyFile, clock, onTrouble }, options.database)
  const measured = takesAgents ? measuredLedger(kept.ledger, clock) : undefined
  const store = measured === undefined ? kept : { ...kept, ledger: measured }
  const opening = { place, settings, clock, store, takesAgents, log, onTrouble }
  const parts = await openDaemonParts(opening)
  const { webhooksMayReach } = options
  // Where only the owner of the account comes in, webhooks reach no more than they could themselves.
  const mayReach = doors === undefined ? 'everything' : webhooksMayReach
  const { sideLeases: leases } = store
  const notifying = openNotifying({ place, settings, keyFile, mayReach, leases })
  const startedAtMs = parts.clock.nowMs()
  const identity = { pid: process.pid, version, workspace, startedAtMs, hasDoors: takesAgents }
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  const metrics = takesAgents ? await countMetrics({ ...parts, version }) : undefined
  if (metrics !== undefined) measured?.tell(metrics)
  const replicas = openReplicas({ store, clock, version, startedAtMs, onTrouble })
  const server = await openServer(
    {
      ...parts,
      ...(parts.leasing && { ports: parts.leasing.broker }),
      ...(replicas === undefined ? {} : { replicas }),
      ...(store.schema && { schema: store.schema }),
      ...(metrics === undefined ? {} : { metrics }),
      identity,
      localUser,
      ...(access === undefined ? {} : { access }),
      notifying,
      stop,
      onTrouble,
    },
    {
      forNetwork: doors !== undefined,
      isBehindProxy: doors?.isBehindProxy === true,
      dashboard: settings['RAMPART_DASHBOARD'],
    },
  )
  logEvents(parts.engine, log)
  recordCircumstances(parts, onTrouble)
  const stopSending = sendTraces({ parts, settings, version, onTrouble })
  const stopPruning = await takeUp(parts, log, onTrouble)
  await listen(server, place, parts, identity)
  log(`Rampart ${version} serves ${workspace} as pid ${process.pid}.`)
  if (doors !== undefined) await openDoor(server, doors, { records: parts.records, log, onTrouble })
  const idle = watchIdle({ ...options, log, server, parts, stop })
  const lost = watchFolder(place)
  await aborted(AbortSignal.any([options.signal, stopping.signal, lost]))
  // Nothing else is closed then: the names of its files are those of whoever has come in its place.
  if (lost.aborted) throw await leaving(place, log, closeLog)
  log('Stopping; what is running keeps running.')
  clearInterval(idle)
  // Whatever hangs, nothing is lost by leaving: the next daemon goes on from the ledger.
  setTimeout(() => process.exit(1), STOP_PATIENCE_MS).unref()
  server.beginClosing()
  stopPruning()
  await stopSending()
  await letGo({ server, replicas, parts, place })
  await closeLog()
}

/** Lets go of everything that a daemon serves with, in the order in which one needs the other. */
async function letGo(serving: {
  readonly server: Server
  readonly replicas: ReplicaRegister | undefined
  readonly parts: DaemonParts
  readonly place: DaemonPlace
}): Promise<void> {
  const { server, replicas, parts, place } = serving
  await server.stopTelling()
  await replicas?.close()
  await closeDaemonParts(parts)
  removeDaemonFile(place)
  await server.close()
}

/** Says to the others that it is there; undefined for one that serves alone. */
function openReplicas({
  store: { owner, leases, records },
  ...options
}: {
  readonly store: DaemonStore
  readonly clock: SystemClock
  readonly version: string
  readonly startedAtMs: number
  onTrouble(error: unknown): void
}): ReplicaRegister | undefined {
  if (owner === undefined || leases === undefined) return undefined
  const { version, startedAtMs } = options
  return new ReplicaRegister({ ...options, records, leases, me: { owner, version, startedAtMs } })
}

/** Takes up what was left unfinished; with a damaged ledger nothing, since nothing could be recorded. */
async function takeUp(
  parts: DaemonParts,
  log: Log,
  onTrouble: (error: unknown) => void,
): Promise<() => void> {
  if (parts.ledger instanceof DamagedLedger) {
    log(`No ramp is taken up or opened: ${describeTrouble(parts.ledger.damage)}`)
    return () => undefined
  }
  await parts.engine.start()
  return pruneSettings(parts, onTrouble)
}

async function listen(
  server: Server,
  place: DaemonPlace,
  parts: DaemonParts,
  identity: DaemonIdentity,
): Promise<void> {
  const socket = freeSocketPath(place.folder)
  await server.listen(socket)
  const { kernel } = parts.runtime
  const { pid, version, startedAtMs } = identity
  const startTicks = kernel.process(pid)?.started ?? ''
  const bootId = kernel.bootId()
  writeDaemonFile(place, { pid, startTicks, bootId, version, startedAtMs, socket })
}

/** Says why it leaves, once that is logged. */
async function leaving(
  place: DaemonPlace,
  log: Log,
  closeLog: () => Promise<void>,
): Promise<Fault> {
  const fault = abandoned(place)
  log(`Leaving; what is running keeps running. ${describeTrouble(fault)}`, aboutTrouble(fault))
  await closeLog()
  return fault
}

function abandoned({ folder }: DaemonPlace): Fault {
  return new Fault({
    code: 'workspace-unusable',
    operation: 'go on serving the workspace',
    subject: folder,
    hint: 'The folder was removed or moved away; without it nobody finds this daemon any more.',
  })
}

/** Aborted once the folder is gone, or another one is in its place. */
function watchFolder({ folder }: DaemonPlace): AbortSignal {
  const lost = new AbortController()
  const watch = new FolderWatch(folder)
  setInterval(() => watch.isGone() && lost.abort(), FOLDER_LOOK_MS).unref()
  return lost.signal
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

interface IdleWatch {
  readonly idleExitMs?: number
  readonly server: Server
  readonly parts: DaemonParts
  stop(): void
  readonly log: Log
}

/** Stops the daemon once nothing runs, no ramp is under way and nobody has been connected for long. */
function watchIdle(watch: IdleWatch): NodeJS.Timeout | undefined {
  const { idleExitMs, server, parts, stop, log } = watch
  if (idleExitMs === undefined) return undefined
  const look = (): void => {
    const { idleSinceMs } = server
    if (idleSinceMs === undefined || parts.clock.nowMs() - idleSinceMs < idleExitMs) return
    if (parts.engine.underWay().length > 0) return
    if (parts.components.list().some((component) => component.status === 'running')) return
    log('Nothing runs and nobody asks any more.')
    stop()
  }
  return setInterval(look, Math.min(Math.max(idleExitMs / 4, 10), IDLE_LOOK_MS))
}
