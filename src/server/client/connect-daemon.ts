/** Finds the daemon of a workspace. Starts nothing. */
import { Fault, isFault } from '../../core/fault/fault.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { DaemonView } from '../wire.ts'
import { RampartClient } from './client.ts'
import { type DaemonFile, placeOf, readDaemonFile } from './daemon-place.ts'

/** Which daemon. */
export interface DaemonQuery {
  /** Absolute path of the folder that holds `.rampart`. */
  readonly workspace: string
  /** The version that asks. A daemon of another one is refused; absent: any will do. */
  readonly version?: string
  /** How long it may take to say that it is there. @unit ms @default 20000 */
  readonly patienceMs?: number
}

/** How long a daemon may be silent that is merely busy. @unit ms */
const PATIENCE_MS = 20_000

/**
 * A client of the daemon that is running for a workspace.
 *
 * @throws daemon-absent when none is running
 * @throws daemon-version when it is of another version
 * @throws daemon-unready when its process is there and says nothing
 */
export async function connectDaemon(query: DaemonQuery): Promise<RampartClient> {
  const client = await findDaemon(query)
  if (client !== undefined) return client
  throw new Fault({
    code: 'daemon-absent',
    operation: 'find the daemon',
    subject: query.workspace,
    hint: 'No daemon is running for this workspace.',
  })
}

/** As {@link connectDaemon}; undefined when none is running. */
export async function findDaemon(query: DaemonQuery): Promise<RampartClient | undefined> {
  const found = readDaemonFile(placeOf(query.workspace))
  if (found === undefined) return undefined
  const client = new RampartClient(found.socket)
  try {
    const { version } = await answerOf(client, found, query)
    if (query.version !== undefined && version !== query.version) {
      throw otherVersion(query.version, version)
    }
    return client
  } catch (error) {
    await client.close()
    if (isFault(error, 'daemon-absent') || isFault(error, 'daemon-lost')) return undefined
    throw error
  }
}

/** What the daemon says of itself; a process that was stopped has a socket too, and says nothing. */
async function answerOf(
  client: RampartClient,
  { pid }: DaemonFile,
  { workspace, patienceMs = PATIENCE_MS }: DaemonQuery,
): Promise<DaemonView> {
  const silence = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    silence.reject(silent(workspace, pid, patienceMs))
  }, patienceMs)
  try {
    return await Promise.race([client.daemon(), silence.promise])
  } finally {
    clearTimeout(timer)
  }
}

function silent(workspace: string, pid: number, patienceMs: number): Fault {
  return new Fault({
    code: 'daemon-unready',
    operation: 'speak to the daemon',
    subject: workspace,
    hint:
      `The daemon (process ${pid}) has said nothing for ${describeDuration(patienceMs)}: it is stopped, ` +
      `which \`kill -CONT ${pid}\` ends, or hangs, and \`kill -9 ${pid}\` makes room for the next. ` +
      'What is running keeps running.',
  })
}

function otherVersion(ours: string, theirs: string): Fault {
  return new Fault({
    code: 'daemon-version',
    operation: 'speak to the daemon',
    subject: theirs,
    hint:
      `The daemon is Rampart ${theirs}; this is ${ours}. ` +
      'Run `rampart daemon restart`; what is running keeps running.',
  })
}
