/**
 * What is leased on this machine now, for `rampart ports scan --live`: by the workspace's own daemon, and
 * by those of other workspaces whose process is seen and that let us ask. Starts none.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isFault } from '../../core/fault/fault.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { printOwner } from '../../core/port/port-owner.ts'
import type { Listener } from '../../scan/judge/taken-now.ts'
import type { KernelProcesses } from '../../seams/kernel-processes.ts'
import type { CliParts } from '../cli-parts.ts'

/** How long a daemon may take to answer. @unit ms */
const ANSWER_MS = 2_000

/** A daemon as its process was started. */
const DAEMON = / (?:daemon run|serve) (?:.* )?--workspace (.+?)(?: --|$)/

/** Every lease, and of whom could not be asked a sentence each. */
export interface LiveLeases {
  readonly leased: readonly Listener[]
  readonly unasked: readonly string[]
}

/** Asks every daemon of this machine that is seen. */
export async function leasesOf(
  parts: CliParts,
  root: string,
  kernel: KernelProcesses,
): Promise<LiveLeases> {
  // A server elsewhere knows nothing of this machine.
  if (parts.server !== undefined) return { leased: [], unasked: [] }
  const own = resolve(parts.findWorkspace(root))
  const seen = kernel.processes().flatMap(({ pid }) => workspaceOf(kernel.command(pid)) ?? [])
  const workspaces = [...new Set([own, ...seen])].filter(hasDaemon)
  const asked = await Promise.all(
    workspaces.map(async (workspace) => {
      const whose = workspace === own ? 'this workspace' : workspace
      const answer = await ask(parts, workspace)
      if (typeof answer === 'string') {
        return { leased: [], unasked: [`What ${whose} has leased is not known: ${answer}`] }
      }
      return { leased: answer.flatMap((lease) => takersOf(lease, whose)), unasked: [] }
    }),
  )
  return {
    leased: asked.flatMap(({ leased }) => leased),
    unasked: asked.flatMap(({ unasked }) => unasked),
  }
}

function workspaceOf(command: string): string | undefined {
  return DAEMON.exec(command)?.[1]
}

function hasDaemon(workspace: string): boolean {
  return existsSync(join(workspace, '.rampart', 'daemon.json'))
}

/** Its leases, or why they are not known. */
async function ask(parts: CliParts, workspace: string): Promise<readonly PortLease[] | string> {
  const late = AbortSignal.timeout(ANSWER_MS)
  const silence = new Promise<string>((told) => {
    late.addEventListener('abort', () => told('its daemon does not answer.'), { once: true })
  })
  return await Promise.race([silence, leasesAt(parts, workspace)])
}

async function leasesAt(
  parts: CliParts,
  workspace: string,
): Promise<readonly PortLease[] | string> {
  try {
    const client = await parts.connectDaemon(workspace)
    try {
      return (await client.ports.leases()).leases
    } finally {
      await client.close()
    }
  } catch (error) {
    if (isFault(error, 'daemon-absent')) return []
    if (isFault(error)) return error.message
    throw error
  }
}

function takersOf({ claim, owner, state }: PortLease, whose: string): readonly Listener[] {
  const { protocol, addresses, port } = claim
  const leasedTo = `${printOwner(owner)} (${state}) of ${whose}`
  return addresses.map((address) => ({ protocol, address, port, leasedTo }))
}
