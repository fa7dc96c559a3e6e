/**
 * `rampart ports run -- COMMAND`: a command with ports of its own. They are held until the command
 * runs, and given back when it ends; when it ends badly it is said who else listens there.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { basename } from 'node:path'
import { OWNER_WORD } from '../../core/port/port-owner.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { PortLease } from '../../server/wire/ports.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import { InheritedSockets } from '../inherited-sockets.ts'
import type { WorkspaceOption } from '../options.ts'
import { withOwnDaemon, workspaceOf } from '../workspace.ts'
import {
  type OwnerOptions,
  ownerOf,
  protocolOf,
  strangeName,
  strangeProtocol,
} from './ports-claim.ts'

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
  readonly inherit?: boolean
}

/** Runs it. @returns its exit code; 3 when there is no port for it */
export async function runPortsRun(
  parts: CliParts,
  command: readonly string[],
  options: RunOptions,
): Promise<number> {
  const service = options.service ?? folderName(parts.cwd)
  const names = options.port ?? ['http']
  const strange = [service, ...names].find((word) => !OWNER_WORD.test(word))
  if (strange !== undefined) return strangeName(parts, strange)
  const protocol = protocolOf(options)
  if (protocol === undefined) return strangeProtocol(parts, options)
  const sockets = options.inherit === true ? await parts.openSockets() : undefined
  if (sockets !== undefined && 'why' in sockets) return refuseInherit(parts, sockets.why)
  return await withOwnDaemon(parts, workspaceOf(parts, options), async (client) => {
    const owners = names.map((name) => ownerOf(parts, options, service, name))
    const wishes = owners.map((owner) => ({ owner, protocol }))
    const grant = await client.ports.claim({ wishes })
    if (grant.verdict === 'refused') {
      parts.stderr.write(`rampart: ${grant.sentence}\n`)
      return EXIT.no
    }
    const used = grant.leases.find((lease) => lease.process !== undefined)
    if (used !== undefined) return refuseUsed(parts, used)
    const inherited = sockets && new InheritedSockets(sockets)
    try {
      const refused = await giveToThisProcess(parts, client, { leases: grant.leases, inherited })
      if (refused !== undefined) {
        parts.stderr.write(`rampart: ${refused}\n`)
        await sayStolen(parts, client, grant.leases)
        return EXIT.no
      }
      const exitCode = await runWith(parts, command, { leases: grant.leases, inherited })
      if (exitCode !== EXIT.yes) await sayStolen(parts, client, grant.leases)
      return exitCode
    } finally {
      inherited?.close()
      for (const { id } of grant.leases) await client.ports.release(id)
    }
  })
}

/** What the folder is called, with what no name may hold left out. */
function folderName(folder: string): string {
  const words = basename(folder).match(/[A-Za-z0-9]+/g) ?? ['command']
  return words.join('-')
}

/** Nothing can be opened here that a command could inherit. */
function refuseInherit(parts: CliParts, why: string): number {
  parts.stderr.write(
    `rampart: There is no socket to inherit. ${why}\n` +
      '  Next: rampart ports run -- <command>, which is told its number in PORT\n',
  )
  return EXIT.fault
}

/** What a command is run with. */
interface Given {
  readonly leases: readonly PortLease[]
  readonly inherited: InheritedSockets | undefined
}

/**
 * Whatever the command starts is this process's own; so it can be said before it listens. What it
 * inherits is opened in the moment in which nothing holds the port any more.
 *
 * @returns why a socket could not be had, as a sentence
 */
async function giveToThisProcess(
  parts: CliParts,
  client: RampartClient,
  { leases, inherited }: Given,
): Promise<string | undefined> {
  const identity = await parts.identify(process.pid)
  for (const lease of leases) {
    if (identity !== undefined) await client.ports.assign(lease.id, identity)
    const refused = inherited?.open(lease)
    if (refused !== undefined) return refused
  }
  return undefined
}

/** It may have ended because somebody else listens where it was to: that is looked for anew. */
async function sayStolen(
  parts: CliParts,
  client: RampartClient,
  leases: readonly PortLease[],
): Promise<void> {
  for (const { id, claim, owner } of leases) {
    const story = await client.ports.story(claim.port)
    const now = story.leases.find((lease) => lease.id === id)
    if (now?.thief === undefined || now.state !== 'stolen') continue
    parts.stderr.write(`rampart: ${claim.port} of ${owner.service} is stolen. ${now.because}\n`)
  }
}

/** The same command runs already: a second one needs a name of its own. */
function refuseUsed(parts: CliParts, { claim, owner, process }: PortLease): number {
  parts.stderr.write(
    `rampart: ${claim.port} of ${owner.service} is used by process ${process?.pid}.\n` +
      '  Next: rampart ports run --service <another name> -- <command>\n',
  )
  return EXIT.no
}

async function runWith(
  parts: CliParts,
  command: readonly string[],
  { leases, inherited }: Given,
): Promise<number> {
  const [program = '', ...words] = inherited?.wrap(command) ?? command
  const env = { ...parts.settings, ...variablesOf(leases), ...inherited?.variables }
  const stdio: StdioOptions = ['inherit', 'inherit', 'inherit', ...(inherited?.descriptors ?? [])]
  const child = spawn(program, words, { cwd: parts.cwd, env, stdio })
  // From now on they are the command's alone: when it ends, nobody waits for an answer in vain.
  inherited?.close()
  const ended = endOf(child, program, parts)
  // Ctrl-C reaches the command by the terminal; what is told to this one is passed on.
  const stop = parts.onTermination(() => child.kill('SIGTERM'))
  try {
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
