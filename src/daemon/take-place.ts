/**
 * Whose the place of a workspace's daemon is: whoever holds its lock. A daemon gives way to the one that
 * is there; a server, which others wait for, asks one that serves nobody else to stop, and takes over.
 * It never stops another server.
 */
import { statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault, isFault } from '../core/fault/fault.ts'
import { describeDuration } from '../core/units/duration.ts'
import type { RampartClient } from '../server/client/client.ts'
import { findDaemon } from '../server/client/connect-daemon.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import type { DaemonView } from '../server/wire.ts'
import type { Log } from '../telemetry/log-about.ts'
import { type DaemonLock, takeDaemonLock } from './daemon-lock.ts'

/** How long to wait for a daemon that is starting or stopping. @unit ms */
const LOCK_PATIENCE_MS = 15_000

/** How often to look whether it still holds the lock. @unit ms */
const LOCK_LOOK_MS = 20

/** A daemon leaves by force before that; one that is still there was stopped itself. @unit ms */
const STOP_PATIENCE_MS = 20_000

/** How a server takes the place. */
export interface TakingOver {
  /** Whether it keeps everything elsewhere, and would know nothing of ramps in files of the folder. */
  readonly hasDatabase: boolean
  readonly signal: AbortSignal
  readonly log: Log
}

/** The lock; undefined once another daemon listens, or the signal is aborted. */
export function waitForPlace(
  place: DaemonPlace,
  signal: AbortSignal,
): Promise<DaemonLock | undefined> {
  return waitForLock(place, signal, () => Promise.resolve('gives way'))
}

/**
 * The lock, taken over from a daemon without doors; undefined when the signal is aborted.
 *
 * @throws workspace-unusable when who is there serves others too, or is not known not to
 * @throws daemon-unready when it says nothing, or does not stop
 */
export function takeOverPlace(
  place: DaemonPlace,
  taking: TakingOver,
): Promise<DaemonLock | undefined> {
  return waitForLock(place, taking.signal, async (other) => {
    await displace(other, place, taking)
    return 'waits'
  })
}

async function waitForLock(
  place: DaemonPlace,
  signal: AbortSignal,
  meet: (other: RampartClient) => Promise<'gives way' | 'waits'>,
): Promise<DaemonLock | undefined> {
  for (let waitedMs = 0; waitedMs < LOCK_PATIENCE_MS; waitedMs += LOCK_LOOK_MS) {
    if (signal.aborted) return undefined
    const lock = takeDaemonLock(place.lockFile)
    if (lock !== undefined) return lock
    if ((await meetOther(place, meet)) === 'gives way') return undefined
    await delay(LOCK_LOOK_MS)
  }
  throw new Fault({
    code: 'workspace-unusable',
    operation: 'lock the workspace',
    subject: place.lockFile,
    hint:
      'An agent holds the workspace, or a daemon that does not answer: take another folder by ' +
      '--workspace, or end what holds it.',
  })
}

/** What is done about whoever listens; nothing about one that is just coming or going. */
async function meetOther(
  { workspace }: DaemonPlace,
  meet: (other: RampartClient) => Promise<'gives way' | 'waits'>,
): Promise<'gives way' | 'waits'> {
  let other: RampartClient | undefined
  try {
    other = await findDaemon({ workspace })
    return other === undefined ? 'waits' : await meet(other)
  } catch (error) {
    if (!isLeaving(error)) throw error
    return 'waits'
  } finally {
    await other?.close()
  }
}

function isLeaving(error: unknown): boolean {
  return (
    isFault(error, 'engine-closed') ||
    isFault(error, 'daemon-lost') ||
    isFault(error, 'daemon-absent')
  )
}

/** Asks a daemon to stop that serves nobody else, and waits until it is gone. */
async function displace(
  other: RampartClient,
  place: DaemonPlace,
  { hasDatabase, signal, log }: TakingOver,
): Promise<void> {
  const view = await other.daemon()
  const why = whyItStays(view, place, hasDatabase)
  if (why !== undefined) throw taken(place, why)
  const { pid } = view
  await stopWithin(other, pid, signal).catch((error) => {
    // It was asked at the very moment at which another server took the same place.
    throw isFault(error, 'precondition-failed') ? taken(place, SERVES_OTHERS) : error
  })
  if (signal.aborted) return
  log(
    `A daemon without doors (process ${pid}) served ${place.workspace}: it was asked to stop, and has. ` +
      'What runs goes on, and ramps under way are taken up by whoever serves next.',
  )
}

const SERVES_OTHERS = 'serves it for others already; end it'

/** Why a daemon is not stopped; undefined when it may be. */
function whyItStays(
  { hasDoors, version, workspace, ramps }: DaemonView,
  place: DaemonPlace,
  hasDatabase: boolean,
): string | undefined {
  if (hasDoors === true) return SERVES_OTHERS
  if (!isSameFolder(workspace, place.workspace)) {
    return `says that it serves ${workspace}; end it there`
  }
  if (hasDoors === undefined) {
    return `is Rampart ${version}, which does not say whether it serves others; run \`rampart daemon stop\``
  }
  if (hasDatabase && ramps.length > 0) {
    return (
      `has ramps under way (${ramps[0]}) that the database knows nothing of; end them, or leave them ` +
      'by `rampart daemon stop`'
    )
  }
  return undefined
}

/** A folder that was copied tells of the daemon of the one that it was copied from. */
function isSameFolder(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev
}

/** Resolves once it is gone, or the signal is aborted. */
async function stopWithin(other: RampartClient, pid: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(() => reject(unstopped(pid)), STOP_PATIENCE_MS)
  const giveUp = (): void => resolve()
  signal.addEventListener('abort', giveUp)
  try {
    await Promise.race([other.stopDaemon({ onlyWithoutDoors: 'true' }), promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

function unstopped(pid: number): Fault {
  return new Fault({
    code: 'daemon-unready',
    operation: 'stop the daemon',
    subject: `process ${pid}`,
    hint:
      `It was asked to stop and has not for ${describeDuration(STOP_PATIENCE_MS)}: it is stopped, which ` +
      `\`kill -CONT ${pid}\` ends, or hangs, and \`kill -9 ${pid}\` makes room. What is running keeps running.`,
  })
}

function taken({ workspace }: DaemonPlace, why: string): Fault {
  return new Fault({
    code: 'workspace-unusable',
    operation: 'serve the workspace',
    subject: workspace,
    hint: `Another daemon ${why}, or choose another --workspace.`,
  })
}
