/**
 * The agent of a region, as a process: the world's parts of a workspace, worked for servers. It holds
 * the workspace's lock as a daemon does, so that nobody else starts things there.
 */
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrandParts } from '../agent/errand-runner.ts'
import { runAgent } from '../agent/run-agent.ts'
import type { TlsFiles } from '../certificates/tls-files.ts'
import { SystemClock } from '../clock/system-clock.ts'
import { Fault } from '../core/fault/fault.ts'
import { SystemRandom } from '../random/system-random.ts'
import { openKernel } from '../runtimes/process/kernel/open-kernel.ts'
import { withFronts } from '../server/agents/with-fronts.ts'
import { readClientCertificate } from '../server/client/client-certificate.ts'
import { placeOf } from '../server/client/daemon-place.ts'
import { Transport } from '../server/client/transport.ts'
import { openWorkspaceFolder } from '../server/client/workspace-folder.ts'
import type { Log } from '../telemetry/log-about.ts'
import { type AgentLeasing, type AgentLeasingOptions, openAgentLeasing } from './agent-leasing.ts'
import { type DaemonLock, takeDaemonLock } from './daemon-lock.ts'
import { aboutTrouble, describeTrouble, openDaemonLog } from './daemon-log.ts'
import { unleasedParts } from './unleased-parts.ts'
import { closeWorldParts, openWorldParts, type WorldParts } from './world-parts.ts'

/** Which agent to be. */
export interface AgentProcessOptions {
  readonly workspace: string
  readonly version: string
  readonly region: string
  /** Where the servers are; with several replicas, each of them. */
  readonly servers: readonly string[]
  readonly token: string
  /** Certificates (PEM) to trust besides the system's. */
  readonly ca?: string
  /** The certificate by which it is known, beside its token. */
  readonly certificate?: TlsFiles
  /** Whether the agent that worked here before is gone for good. */
  readonly isReplacing: boolean
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** One line for the agent's log. */
  readonly log: Log
}

/** Variables that are the agent's own, and nothing for components. */
const OWN = ['RAMPART_TOKEN', 'RAMPART_SERVER']

/**
 * Is an agent until it is told to stop. What runs keeps running.
 *
 * @throws workspace-unusable when a daemon or another agent holds the workspace
 * @throws unauthenticated, forbidden, agent-displaced when a server does not want it
 * @throws certificate-unusable before anything is held; certificate-missing and its like from a server
 */
export async function runAgentProcess(options: AgentProcessOptions): Promise<void> {
  // What is wrong with it is said now; from here on a renewal may be under way.
  if (options.certificate !== undefined) readClientCertificate(options.certificate)
  const place = placeOf(options.workspace)
  openWorkspaceFolder(place.folder)
  const lock = takeDaemonLock(place.lockFile)
  if (lock === undefined) throw heldByAnother(place.workspace)
  const { version, region, isReplacing: replace, signal } = options
  const clock = new SystemClock()
  const { log, close: closeLog } = openDaemonLog(options, clock)
  const onTrouble = (error: unknown): void => log(describeTrouble(error), aboutTrouble(error))
  const settings = Object.fromEntries(
    Object.entries(options.settings).filter(([name]) => !OWN.includes(name)),
  )
  const kernel = openKernel()
  const ports = await openPorts(lock, { place, settings, clock, kernel, log, onTrouble })
  const leased = ports.leasing && { leasing: ports.leasing }
  const parts = openWorldParts({ place, settings, clock, kernel, ...leased, onTrouble })
  const { token, ca, certificate } = options
  const servers = new Map(
    options.servers.map((url) => {
      const trusted = ca === undefined ? {} : { ca }
      const shown = certificate === undefined ? {} : { certificate }
      return [url, new Transport({ url, token, ...trusted, ...shown })]
    }),
  )
  const presentation = { region, instance: instanceOf(place.folder), version, replace }
  try {
    await ports.leasing?.takeUp(parts.runtime)
    const random = new SystemRandom()
    const able = errandParts(parts, ports)
    await runAgent({ servers, presentation, parts: able, clock, random, signal, log })
  } finally {
    closeWorldParts(parts)
    await Promise.all([...servers.values()].map((transport) => transport.close()))
    await ports.close()
    lock.release()
    await closeLog()
  }
}

/** Whoever cannot be an agent here leaves the folder to the next one. */
async function openPorts(lock: DaemonLock, options: AgentLeasingOptions): Promise<AgentLeasing> {
  try {
    return await openAgentLeasing(options)
  } catch (error) {
    lock.release()
    throw error
  }
}

/** What errands are done with: components with the fronts that others find them by, where ports are leased. */
function errandParts(parts: WorldParts, { leasing }: AgentLeasing): ErrandParts {
  const { actuators, probes, components } = parts
  if (leasing === undefined) {
    const without = unleasedParts(
      'This agent leases no ports: its ledger is damaged. Its log says how; move .rampart/agent away ' +
        'once nothing of the region runs, and start it again.',
    )
    return {
      components,
      actuators: [...actuators, ...without.actuators],
      probes: [...probes, ...without.probes],
    }
  }
  const { broker } = leasing
  const list: ErrandParts['components']['list'] = () =>
    withFronts(components.list(), broker.leases())
  const logs: ErrandParts['components']['logs'] = (wanted) => components.logs(wanted)
  return { actuators, probes, components: { list, logs }, ports: broker }
}

/** Who this folder is, made once: what was started from it runs beside it and nowhere else. */
function instanceOf(folder: string): string {
  const path = join(folder, 'agent-instance')
  try {
    writeFileSync(path, randomUUID(), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const made = readFileSync(path, 'utf8').trim()
  // A folder that was copied, with what was made in it, is another one.
  return createHash('sha256').update(`${made}\n${folder}`).digest('hex').slice(0, 32)
}

function heldByAnother(workspace: string): Fault {
  return new Fault({
    code: 'workspace-unusable',
    operation: 'work for a server',
    subject: workspace,
    hint:
      'A daemon or another agent holds this workspace; run `rampart daemon stop`, or give the ' +
      'agent a folder of its own by --workspace.',
  })
}
