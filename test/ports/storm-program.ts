/**
 * One process of a storm: asks for ports by some strategy, waits as a program that starts does, then
 * binds them all and keeps them until it is told to end. Says what it got, and what failed.
 */
import { createServer, type Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessIdentity } from '../../src/core/port/port-lease.ts'
import { LinuxKernel } from '../../src/runtimes/process/kernel/linux.ts'
import type { PortGrant } from '../../src/seams/port-broker.ts'
import { BrokerClient } from './broker-client.ts'

const [strategy = '', name = '', count = '1', delayMs = '0', path = ''] = process.argv.slice(2)
const wanted = Number(count)
const client = new BrokerClient(path)

// All begin at the same instant, when the harness says so.
process.stdout.write('here\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
const { ports, ready } = await obtain()
await delay(Number(delayMs))
await ready()
const hosts = strategy === 'rampart' ? ['127.0.0.1', '::1'] : ['127.0.0.1']
const servers: Server[] = []
const failed: string[] = []
for (const port of ports) {
  for (const host of hosts) {
    const error = await listen(port, host)
    if (error !== undefined) failed.push(`${port} ${host} ${error}`)
  }
}
process.stdout.write(`${JSON.stringify({ ports, failed })}\n`)
process.stdin.once('data', () => process.exit(0))

async function obtain(): Promise<{ ports: readonly number[]; ready: () => Promise<void> }> {
  const idle = async (): Promise<void> => undefined
  if (strategy === 'rampart') return await obtainLeases()
  const ports: number[] = []
  // As programs do: one after the other, each looking for a free one.
  for (let at = 0; at < wanted; at++) ports.push(await look())
  return { ports, ready: idle }
}

async function look(): Promise<number> {
  if (strategy === 'get-port') {
    const { default: getPort, portNumbers } = await import('get-port')
    return await getPort({ port: portNumbers(3_000, 3_999), host: '127.0.0.1' })
  }
  if (strategy === 'portfinder') {
    const { default: portfinder } = await import('portfinder')
    return await portfinder.getPortPromise({ host: '127.0.0.1' })
  }
  const { detect } = await import('detect-port')
  return await detect({ port: 3_000, hostname: '127.0.0.1' })
}

async function obtainLeases(): Promise<{ ports: readonly number[]; ready: () => Promise<void> }> {
  const wishes = Array.from({ length: wanted }, (_, at) => ({
    owner: { service: `storm/${name}`, port: `p${at}` },
  }))
  const grant = await client.ask<PortGrant>({ do: 'claim', wishes })
  if (grant.verdict === 'refused') throw new TypeError(grant.sentence)
  const kernel = new LinuxKernel()
  const identity: ProcessIdentity = {
    pid: process.pid,
    started: kernel.process(process.pid)?.started ?? '',
    bootId: kernel.bootId(),
  }
  const assign = async (): Promise<void> => {
    await Promise.all(
      grant.leases.map(({ id }) => client.ask({ do: 'assign', lease: id, process: identity })),
    )
  }
  return { ports: grant.leases.map(({ claim }) => claim.port), ready: assign }
}

function listen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    servers.push(server)
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    server.listen({ port, host, ipv6Only: true, exclusive: true }, () => resolve(undefined))
  })
}
