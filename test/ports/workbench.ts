/** A broker in a scratch folder, with a real keeper and a real ledger, which the test leaves behind clean. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { SystemClock } from '../../src/clock/system-clock.ts'
import type { PortRules } from '../../src/core/port/enforced-ports.ts'
import type { PortPolicy, PortRange } from '../../src/core/port/port-policy.ts'
import { digestOf } from '../../src/core/units/digest.ts'
import { openSqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.ts'
import { type LocalPortBroker, openPortBroker } from '../../src/ports/broker.ts'
import { KeeperLink } from '../../src/ports/keeper/keeper-link.ts'
import { keeperPathOf } from '../../src/ports/keeper/keeper-path.ts'
import { isPortFree } from '../../src/runtimes/placement/ports.ts'
import { LinuxKernel } from '../../src/runtimes/process/kernel/linux.ts'
import type { Clock } from '../../src/seams/clock.ts'
import type { PortGrant, PortWish } from '../../src/seams/port-broker.ts'

/** A workspace's folder; brokers are opened in it one after the other. */
export interface PortBench {
  readonly folder: string
  readonly log: string[]
  readonly troubles: unknown[]
  open(options?: {
    readonly policies?: readonly PortPolicy[]
    readonly clock?: Clock
  }): Promise<LocalPortBroker>
  /** Closes the broker that is open, as a daemon that stops. */
  close(): Promise<void>
  keeperPid(): Promise<number | undefined>
}

/** Makes one; whatever it has started is ended after the test. */
export function makePortBench(context: Pick<TestContext, 'after'>): PortBench {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-ports-'))
  const log: string[] = []
  const troubles: unknown[] = []
  let closing: (() => Promise<void>) | undefined
  const close = async (): Promise<void> => {
    const before = closing
    closing = undefined
    await before?.()
  }
  const keeperPid = (): Promise<number | undefined> => keeperOf(folder)
  context.after(async () => {
    await close()
    const pid = await keeperPid()
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    folder,
    log,
    troubles,
    close,
    keeperPid,
    open: async ({ policies = [], clock = new SystemClock() } = {}) => {
      await close()
      const ledger = openSqliteLedger({ folder: join(folder, 'ledger'), clock })
      const broker = await openPortBroker({
        ledger,
        clock,
        processes: new LinuxKernel(),
        folder: join(folder, 'ports'),
        host: 'here',
        isFree: isPortFree,
        log: (line) => log.push(line),
        onTrouble: (error) => troubles.push(error),
      })
      closing = async () => {
        await broker.close()
        await ledger.close()
      }
      for (const policy of policies) await broker.enforce(rulesOf(policy))
      return broker
    },
  }
}

/** The keeper of a workspace's folder, if one answers. */
export async function keeperOf(folder: string): Promise<number | undefined> {
  const link = new KeeperLink({
    path: keeperPathOf(join(folder, 'ports')),
    onLost: () => undefined,
  })
  await link.find()
  const { pid } = link
  link.close()
  return pid
}

/** A wish for one port of a service. */
export function wish(service: string, more: Partial<PortWish> = {}): PortWish {
  return { owner: { service, port: 'http' }, ...more }
}

/** What was granted; fails with the refusal's sentence otherwise. */
export function granted(grant: PortGrant): Extract<PortGrant, { verdict: 'granted' }>['leases'] {
  if (grant.verdict === 'granted') return grant.leases
  throw new TypeError(grant.sentence)
}

/** A policy as a ramp of its contract puts it in force; everybody may connect. */
function rulesOf(policy: PortPolicy): PortRules {
  const { contract = 'shop' } = policy
  const connect = { contract, rules: [], clients: [] }
  return { contract, digest: digestOf(policy), ramp: 'ports-up-1', policy, connect }
}

/** A contract with one range. */
export function policyOf(range: Partial<PortRange>): PortPolicy {
  return {
    contract: 'shop',
    ranges: [
      {
        name: 'web',
        first: 21_000,
        last: 21_099,
        protocol: 'tcp',
        addresses: ['127.0.0.1', '::1'],
        for: {},
        fixed: {},
        coolingMs: 60_000,
        ...range,
      },
    ],
  }
}

/** A process that listens when it is told a port, and says so. */
export class Listener {
  readonly process: ChildProcess
  readonly pid: number
  readonly #lines: AsyncIterator<string>

  constructor(context: TestContext) {
    this.process = spawn(process.execPath, ['-e', LISTENER], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.pid = this.process.pid ?? 0
    const { stdout } = this.process
    if (stdout === null) throw new TypeError('it has no output')
    this.#lines = createInterface(stdout)[Symbol.asyncIterator]()
    context.after(() => this.process.kill('SIGKILL'))
  }

  /** @returns `listening`, or the system's error */
  async listen(port: number, host: string = '127.0.0.1'): Promise<string> {
    this.process.stdin?.write(`${JSON.stringify({ port, host })}\n`)
    return String((await this.#lines.next()).value)
  }

  async kill(): Promise<void> {
    const ended = once(this.process, 'exit')
    this.process.kill('SIGKILL')
    await ended
  }
}

const LISTENER = `
const { createServer } = require('node:net')
require('node:readline').createInterface(process.stdin).on('line', (line) => {
  const server = createServer((socket) => socket.end('served\\n'))
  server.once('error', (error) => console.log(error.code))
  server.listen({ ...JSON.parse(line), ipv6Only: true }, () => console.log('listening'))
})
`
