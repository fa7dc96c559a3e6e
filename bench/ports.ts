/**
 * How fast are ports leased, each recorded on the disk and held as a socket before it is answered?
 * And can ten thousand be held at once?
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { LinuxKernel } from '../src/runtimes/process/kernel/linux.ts'
import type { PortBroker } from '../src/seams/port-broker.ts'
import { granted, makePortBench, policyOf, wish } from '../test/ports/workbench.ts'
import { type Cleanup, withCleanup } from './measure/afterwards.ts'
import { versionOf } from './measure/machine.ts'
import { type Bench, figure, type Scale, type Section } from './measure/section.ts'

const TARGET_RATE = 5_000
const TARGET_HELD = 10_000

/** Below what systems give to outgoing connections. */
const RANGE = { first: 20_000, last: 31_999, addresses: ['127.0.0.1'] }

/** The bench. */
export const portsBench: Bench = { name: 'ports', run: measure }

interface Way {
  readonly what: string
  /** In one claim. */
  readonly wishes: number
  /** Who ask at the same time. */
  readonly clients: number
  readonly leases: number
}

function waysOf(isQuick: boolean): readonly Way[] {
  const scale = isQuick ? 0.02 : 1
  return [
    { what: 'one at a time', wishes: 1, clients: 1, leases: 500 * scale },
    { what: '64 clients, one port each time', wishes: 1, clients: 64, leases: 3_200 * scale },
    { what: '64 clients, eight ports each time', wishes: 8, clients: 64, leases: 5_120 * scale },
  ]
}

async function measure({ isQuick, progress }: Scale): Promise<Section> {
  const { rates, held, asking } = await withCleanup(async (cleanup) => {
    const bench = makePortBench(cleanup)
    const broker = await bench.open({ policies: [policyOf(RANGE)] })
    const rates = new Map<string, number>()
    for (const way of waysOf(isQuick)) {
      const rate = await claimRate(broker, way)
      rates.set(way.what, rate)
      progress(`ports: ${way.what}, ${figure(rate)} a second`)
    }
    const rest = (isQuick ? 200 : TARGET_HELD) - broker.leases().length
    if (rest > 0) granted(await broker.claim(wishesOf('rest', rest)))
    const asking = await withCleanup((own) => measureAsking(own, isQuick ? 3 : 200))
    return { rates, held: heldBy(await bench.keeperPid()), asking }
  })
  const alone = await getPortRate(isQuick ? 50 : 1_000)
  const best = Math.max(...rates.values())
  return {
    title: 'Leases of ports',
    method:
      'Each lease is in the ledger (fsync) and held as a listening socket by the keeper, another ' +
      'process, before it is answered. The broker is in the process that asks.',
    columns: ['who', 'ports a second'],
    rows: [
      ...[...rates].map(([what, rate]) => [`Rampart, ${what}`, figure(rate)]),
      ['get-port, nothing held or recorded', figure(alone)],
    ],
    findings: [
      {
        what: 'held leases, clients at once',
        unit: 'a second',
        bound: 'atLeast',
        target: TARGET_RATE,
        measured: best,
      },
      {
        what: 'ports held at once, as the kernel lists them',
        unit: '',
        bound: 'atLeast',
        target: TARGET_HELD,
        measured: held.ports,
      },
    ],
    notes: [
      `With ${held.ports} ports held, ${held.mebibytes} MiB of the keeper are resident.`,
      `get-port ${versionOf('get-port')}, one at a time, in one process.`,
      ...asking,
    ],
  }
}

/** @returns leases a second */
async function claimRate(broker: PortBroker, way: Way): Promise<number> {
  const { what, wishes, clients } = way
  const leases = Math.ceil(way.leases)
  let next = 0
  const beganMs = performance.now()
  const client = async (): Promise<void> => {
    while (next < leases) {
      next += wishes
      granted(await broker.claim(wishesOf(`${what} ${next}`, wishes)))
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return next / ((performance.now() - beganMs) / 1_000)
}

function wishesOf(name: string, count: number) {
  return Array.from({ length: count }, (_, at) => wish(`${name}-${at}`))
}

/** What one question to the kernel costs while all of these are held, by netlink and by the tables of /proc. */
async function measureAsking(cleanup: Cleanup, times: number): Promise<readonly string[]> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanup.after(() => void server.close())
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [accepted] = (await once(server, 'connection')) as [Socket]
  cleanup.after(() => void [client, accepted].map((socket) => socket.destroy()))
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = accepted
  const ends = { remoteAddress, remotePort, localAddress, localPort }
  const kernels = [new LinuxKernel(), new LinuxKernel(() => undefined)]
  const questions = [
    ['A client', (kernel: LinuxKernel) => kernel.client(ends)],
    ['Every listener', (kernel: LinuxKernel) => kernel.listening('tcp')],
  ] as const
  return questions.map(([what, ask]) => {
    const [asked = 0, read = 0] = kernels.map((kernel) => microsecondsOf(() => ask(kernel), times))
    return `${what} is known after ${figure(asked)} µs by netlink, ${figure(read)} µs by /proc: ${figure(read / asked)} times.`
  })
}

function microsecondsOf(ask: () => unknown, times: number): number {
  ask()
  const beganMs = performance.now()
  for (let count = 0; count < times; count += 1) ask()
  return ((performance.now() - beganMs) * 1_000) / times
}

/** What the kernel says that the keeper holds. */
function heldBy(pid: number | undefined): { readonly ports: number; readonly mebibytes: number } {
  const kernel = new LinuxKernel()
  const listening = kernel.listening('tcp') ?? []
  const inodes = new Set(listening.map(({ inode }) => inode))
  const own = kernel.holders(inodes, pid === undefined ? [] : [pid])
  const held = listening.filter(({ inode }) => own.has(inode))
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const kibibytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0)
  return { ports: held.length, mebibytes: Math.round(kibibytes / 1_024) }
}

async function getPortRate(count: number): Promise<number> {
  const { default: getPort } = await import('get-port')
  const beganMs = performance.now()
  for (let at = 0; at < count; at += 1) await getPort({ host: '127.0.0.1' })
  return count / ((performance.now() - beganMs) / 1_000)
}
