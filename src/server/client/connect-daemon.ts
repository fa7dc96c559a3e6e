/** Finds the daemon of a workspace. Starts nothing. */
import { Fault, isFault } from '../../core/fault/fault.ts'
import { RampartClient } from './client.ts'
import { placeOf, readDaemonFile } from './daemon-place.ts'

/** Which daemon. */
export interface DaemonQuery {
  /** Absolute path of the folder that holds `.rampart`. */
  readonly workspace: string
  /** The version that asks. A daemon of another one is refused; absent: any will do. */
  readonly version?: string
}

/**
 * A client of the daemon that is running for a workspace.
 *
 * @throws daemon-absent when none is running
 * @throws daemon-version when it is of another version
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
    const { version } = await client.daemon()
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
