/**
 * `rampart ports run -- COMMAND`: a command with ports of its own. They are held until the command
 * runs, then it is looked who listens, and they are given back when it ends.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { basename } from 'node:path'
import type { RampartClient } from '../../server/client/client.ts'
import type { PortLease } from '../../server/wire/ports.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { WorkspaceOption } from '../options.ts'
import { withOwnDaemon, workspaceOf } from '../workspace.ts'
import { type OwnerOptions, ownerOf } from './ports-claim.ts'

/** Shells say so when a signal ended a command: 128 and its number. */
const SIGNALLED = 128
const NOT_FOUND = 127
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
}

interface RunOptions extends OwnerOptions, WorkspaceOption {
  readonly service?: string
  readonly port?: readonly string[]
}

/** Runs it. @returns its exit code; 3 when there is no port for it */
export async function runPortsRun(
  parts: CliParts,
  command: readonly string[],
  options: RunOptions,
): Promise<number> {
  const service = options.service ?? basename(parts.cwd)
  const names = options.port ?? ['http']
  return await withOwnDaemon(parts, workspaceOf(parts, options), async (client) => {
    const wishes = names.map((name) => ({ owner: ownerOf(parts, options, service, name) }))
    const grant = await client.claimPorts({ wishes })
    if (grant.verdict === 'refused') {
      parts.stderr.write(`rampart: ${grant.sentence}\n`)
      return EXIT.no
    }
    try {
      return await runWith(parts, command, { client, leases: grant.leases })
    } finally {
      for (const { id } of grant.leases) await client.releasePort(id)
    }
  })
}

async function runWith(
  parts: CliParts,
  [program = '', ...words]: readonly string[],
  { client, leases }: { readonly client: RampartClient; readonly leases: readonly PortLease[] },
): Promise<number> {
  const env = { ...parts.settings, ...variablesOf(leases) }
  const child = spawn(program, words, { cwd: parts.cwd, env, stdio: 'inherit' })
  const ended = endOf(child, program, parts)
  // Ctrl-C reaches the command by the terminal; what is told to this one is passed on.
  const stop = parts.onTermination(() => child.kill('SIGTERM'))
  try {
    const identity = child.pid === undefined ? undefined : await parts.identify(child.pid)
    if (identity !== undefined) {
      for (const { id } of leases) await client.assignPort(id, identity)
    }
    return await ended
  } finally {
    stop()
  }
}

/** `PORT` is the first one; each is `PORT_<NAME>` as well. */
function variablesOf(leases: readonly PortLease[]): Readonly<Record<string, string>> {
  const named = leases.map(({ owner, claim }) => [
    `PORT_${owner.port.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`,
    String(claim.port),
  ])
  const [first] = leases
  const host = first?.claim.addresses[0] ?? '127.0.0.1'
  return { PORT: String(first?.claim.port ?? ''), HOST: host, ...Object.fromEntries(named) }
}

function endOf(child: ChildProcess, program: string, parts: CliParts): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      parts.stderr.write(`rampart: ${program} cannot be run: ${error.message}\n`)
      resolve(NOT_FOUND)
    })
    child.once('exit', (code, signal) => {
      resolve(code ?? SIGNALLED + (SIGNAL_NUMBERS[signal ?? ''] ?? 0))
    })
  })
}
