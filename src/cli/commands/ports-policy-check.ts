/**
 * `rampart ports policy --check`: whether this machine does what the Ports contracts say, by connecting as
 * users that they name and as one that they do not. A check that has tried nothing is no yes.
 */
import { basename, resolve } from 'node:path'
import type { PortsContract } from '../../contracts/ports/definition.ts'
import { printHostPort } from '../../core/port/ip-text.ts'
import { certificateAtHand } from '../../edge/policy/certificate-at-hand.ts'
import { type Trial, trialsOf } from '../../edge/policy/trials.ts'
import { type Outcome, tryConnect } from '../../edge/policy/try-connect.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { countOf, tableLines } from '../views/columns.ts'
import { withDaemon } from '../workspace.ts'

/** How it is tried. */
export interface CheckOptions extends JsonOption, WorkspaceOption {
  /** Files of a certificate that is shown to fronts, and of its key. */
  readonly certificate?: string
  readonly key?: string
}

/** Each trial is a process; more at once would only wait for one another. */
const AT_ONCE = 4

/** Tries, and tells of each trial. */
export async function checkPolicy(
  parts: CliParts,
  contracts: readonly PortsContract[],
  options: CheckOptions,
): Promise<number> {
  if (process.getuid?.() !== 0) {
    const sentence = '--check connects as other users of this machine, which only root can'
    return misuse(parts, sentence, 'Next: sudo rampart ports policy --check')
  }
  const { certificate, key } = options
  if ((certificate === undefined) !== (key === undefined)) {
    const sentence = '--certificate and --key go together: who shows one must have the other'
    return misuse(parts, sentence, 'Next: rampart ports policy --help')
  }
  const atHand =
    certificate === undefined || key === undefined
      ? undefined
      : certificateAtHand(
          { certificate: resolve(parts.cwd, certificate), key: resolve(parts.cwd, key) },
          parts.nowMs(),
        )
  const { leases } = await withDaemon(parts, options, (client) => client.ports.leases())
  const kernel = await parts.openKernel()
  const listeners = kernel.listening('tcp') ?? []
  const { trials, untried } = trialsOf(contracts, leases, { listeners, atHand })
  const done = await tryAll(trials)
  const wrong = done.filter(([trial, outcome]) => !agrees(trial, outcome)).length
  const isProved = trials.length > 0 && wrong === 0
  if (options.json === true) {
    parts.stdout.write(`${JSON.stringify(jsonOf(done, untried))}\n`)
    return isProved ? EXIT.yes : EXIT.no
  }
  const lines = tableLines(done.map(([trial, outcome]) => rowOf(trial, outcome)))
  for (const line of lines) parts.stdout.write(`${line}\n`)
  for (const sentence of untried) parts.stderr.write(`Not tried: ${sentence}.\n`)
  const total = countOf(trials.length, 'TCP connection')
  if (trials.length === 0) parts.stderr.write('Nothing could be tried, so nothing is proved.\n')
  else if (wrong === 0)
    parts.stderr.write(`${total} tried; the machine does what the contract says.\n`)
  else parts.stderr.write(`${total} tried; the machine disagrees with the contract on ${wrong}.\n`)
  return isProved ? EXIT.yes : EXIT.no
}

/** Every trial as programs read it; `agrees` is whether the machine does what the contract says. */
function jsonOf(done: readonly (readonly [Trial, Outcome])[], untried: readonly string[]): object {
  const trials = done.map(([trial, outcome]) => {
    const { who, user, to, address, port, isAllowed, tls } = trial
    const target = { to, address, port, ...(tls?.shown && { certificate: tls.shown.certificate }) }
    return { who, user, ...target, isAllowed, outcome, agrees: agrees(trial, outcome) }
  })
  const verdict = trials.every((one) => one.agrees) ? 'agrees' : 'disagrees'
  return { verdict: trials.length === 0 ? 'untried' : verdict, trials, untried }
}

async function tryAll(trials: readonly Trial[]): Promise<readonly (readonly [Trial, Outcome])[]> {
  const done: (readonly [Trial, Outcome])[] = []
  for (let at = 0; at < trials.length; at += AT_ONCE) {
    const some = trials.slice(at, at + AT_ONCE)
    done.push(
      ...(await Promise.all(some.map(async (one) => [one, await tryConnect(one)] as const))),
    )
  }
  return done
}

function agrees({ isAllowed }: Trial, { what }: Outcome): boolean {
  return isAllowed ? what === 'let in' : what === 'refused' || what === 'no answer'
}

function rowOf(trial: Trial, outcome: Outcome): readonly string[] {
  const { who, user, to, address, port, isAllowed, tls } = trial
  const known =
    tls?.shown === undefined ? `user ${user}` : `certificate ${basename(tls.shown.certificate)}`
  const happened = outcome.why === undefined ? outcome.what : `${outcome.what} (${outcome.why})`
  return [
    agrees(trial, outcome) ? '✔' : '✖',
    `${who} (${known})`,
    to,
    printHostPort(address, port),
    isAllowed ? 'may connect' : 'may not',
    happened,
  ]
}
