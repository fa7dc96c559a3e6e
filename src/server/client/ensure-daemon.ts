/**
 * Makes sure that a workspace has a daemon: finds it, or starts it and waits until it listens. Many
 * may do this at once; the daemons they start settle among themselves which one stays.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statfsSync, statSync, watch } from 'node:fs'
import { Fault } from '../../core/fault/fault.ts'
import type { RampartClient } from './client.ts'
import { type DaemonQuery, findDaemon } from './connect-daemon.ts'
import { type DaemonPlace, DISCOVERY_VARIABLE, placeOf, SCOPE_VARIABLE } from './daemon-place.ts'
import { openWorkspaceFolder } from './workspace-folder.ts'

/** How to start a daemon, should none be there. */
export interface DaemonStart extends DaemonQuery {
  /**
   * The program and its first arguments, for example `[node, bin/rampart.mjs]`. It must become the
   * daemon itself, not start it as a child.
   */
  readonly program: readonly string[]
  /** The daemon stops when nothing runs and nobody asked for so long. @unit ms @default 600000 */
  readonly idleExitMs?: number
  /** How long it may take to listen. @unit ms @default 20000 */
  readonly deadlineMs?: number
}

/** A look every so often, should the file system not tell of changes. @unit ms */
const LOOK_MS = 250

/** A log longer than this is put aside before a daemon is started. @unit bytes */
const LOG_MAX = 5 * 1024 * 1024

/** With less room than this a disk is as good as full. @unit bytes */
const ROOM_LEAST = 64 * 1024

/** How much of the log a fault quotes. */
const LOG_LINES_MAX = 25

const DAEMON_FILE_NAME = 'daemon.json'

/**
 * A client of the workspace's daemon, which is started when absent.
 *
 * @throws daemon-unready when it does not listen in time, with the last lines of its log
 * @throws daemon-version when one of another version is running
 */
export async function ensureDaemon(start: DaemonStart): Promise<RampartClient> {
  const found = await findDaemon(start)
  if (found !== undefined) return found
  const place = placeOf(start.workspace)
  openWorkspaceFolder(place.folder)
  return startDaemon(start, place)
}

async function startDaemon(start: DaemonStart, place: DaemonPlace): Promise<RampartClient> {
  const { deadlineMs = 20_000 } = start
  const deadline = AbortSignal.timeout(deadlineMs)
  const from = turnLog(place.logFile)
  while (!deadline.aborted) {
    const client = await attempt({ start, place, from, deadline })
    // It gave way to another one, which has left again meanwhile: begin anew.
    if (client !== undefined) return client
  }
  throw unready(place, from, `It did not listen within ${deadlineMs} ms.`)
}

interface Attempt {
  readonly start: DaemonStart
  readonly place: DaemonPlace
  /** Where in the log it begins. @unit bytes */
  readonly from: number
  readonly deadline: AbortSignal
}

/** Starts one; undefined when it left without a fault and no other one is there. */
function attempt(options: Attempt): Promise<RampartClient | undefined> {
  const { start, place, from, deadline } = options
  const { promise, resolve, reject } = Promise.withResolvers<RampartClient | undefined>()
  let looking: Promise<void> = Promise.resolve()
  let isFound = false
  const look = (isLast = false): void => {
    looking = looking.then(async () => {
      // Several looks may be in line; a second client that nobody is given would never be closed, and
      // the daemon would wait for it to leave.
      if (isFound) return
      const client = await findDaemon(start)
      isFound = client !== undefined
      if (isFound || isLast) resolve(client)
    })
    looking.catch(reject)
  }
  // Watched before it is started, so that no change is missed.
  const watcher = watch(place.folder, (_, name) => {
    if (name === DAEMON_FILE_NAME) look()
  })
  watcher.on('error', () => watcher.close())
  const net = setInterval(look, LOOK_MS)
  const giveUp = (): void => resolve(undefined)
  deadline.addEventListener('abort', giveUp)
  const child = spawnDaemon(start, place)
  child.once('error', ({ message }) =>
    reject(unready(place, from, `It could not be started: ${message}.`)),
  )
  child.once('exit', (code, signal) => {
    if (code === 0) look(true)
    else reject(unready(place, from, `It ended at once with ${signal ?? `code ${code}`}.`))
  })
  return promise
    .then((client) => dismiss(child, client))
    .finally(() => {
      watcher.close()
      clearInterval(net)
      deadline.removeEventListener('abort', giveUp)
      child.removeAllListeners()
      child.unref()
    })
}

/**
 * Ends the daemon that was started when another one serves: left alone, it would take over as soon as
 * that one is stopped, although nobody wants it any more.
 */
async function dismiss(
  child: ReturnType<typeof spawn>,
  client: RampartClient | undefined,
): Promise<RampartClient | undefined> {
  if (client === undefined || (await client.daemon()).pid !== child.pid) child.kill('SIGTERM')
  return client
}

function spawnDaemon(start: DaemonStart, place: DaemonPlace): ReturnType<typeof spawn> {
  const { program, workspace, idleExitMs = 600_000 } = start
  const [file = process.execPath, ...first] = program
  const options = ['--workspace', workspace, '--idle-exit', `${idleExitMs}ms`]
  const log = openSync(place.logFile, 'a', 0o600)
  try {
    return spawn(file, [...first, 'daemon', 'run', ...options], {
      detached: true,
      cwd: place.workspace,
      env: withoutMarks(process.env),
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}

/** What of Rampart's own a daemon is told by whoever starts it. */
const KEPT: readonly string[] = [DISCOVERY_VARIABLE, SCOPE_VARIABLE]

/**
 * The variables without those by which a runtime marks what it has started: a daemon that a component
 * has started must not be taken for a part of that component.
 */
function withoutMarks(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(variables).filter(
    ([name]) => !name.startsWith('RAMPART_') || KEPT.includes(name),
  )
  return Object.fromEntries(kept)
}

/** Puts a long log aside, replacing the one put aside before. @returns how long the log is by now */
function turnLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size <= LOG_MAX) return size
  renameSync(path, `${path}.1`)
  return 0
}

function unready(place: DaemonPlace, from: number, what: string): Fault {
  const room = hasRoom(place.folder) ? '' : ` There is no room left on the disk of ${place.folder}.`
  return new Fault({
    code: 'daemon-unready',
    operation: 'start the daemon',
    subject: place.workspace,
    hint: `${what}${room} It wrote to ${place.logFile}:\n${linesSince(place.logFile, from)}`,
  })
}

/** A daemon that finds no room may not even be able to write why it ended. */
function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize >= ROOM_LEAST
}

/** What was written to the log since `from`, at most the last lines of it. */
function linesSince(path: string, from: number): string {
  try {
    const lines = readFileSync(path).subarray(from).toString('utf8').trim().split('\n')
    return lines.slice(-LOG_LINES_MAX).join('\n') || '(nothing)'
  } catch (error) {
    return `(it cannot be read: ${(error as Error).message})`
  }
}
