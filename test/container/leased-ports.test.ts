/** Ports of containers, leased for as long as the engine publishes them: a real engine, a real ledger. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { present } from '../../src/core/fault/assert.ts'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import { digestOf } from '../../src/core/units/digest.ts'
import type { JsonObject } from '../../src/core/units/json.ts'
import {
  closeDaemonParts,
  type DaemonParts,
  openDaemonParts,
} from '../../src/daemon/daemon-parts.ts'
import { isPortFree } from '../../src/runtimes/placement/ports.ts'
import type { Order } from '../../src/seams/actuator.ts'
import type { PortBroker } from '../../src/seams/port-broker.ts'
import { placeOf } from '../../src/server/client/daemon-place.ts'
import { policyOf } from '../ports/workbench.ts'
import { sharePodman } from '../support/podman.ts'
import { until } from '../support/until.ts'

const engine = sharePodman()
const { needs } = engine

interface StartWishes {
  readonly networks?: readonly string[]
  /** The words before its port. */
  readonly program?: string
}

/** A daemon's parts, opened one after the other in one folder. */
class Bench {
  readonly #folder: string
  readonly #troubles: unknown[] = []
  #parts: DaemonParts | undefined
  #orders = 0

  constructor(t: TestContext) {
    this.#folder = mkdtempSync(join(tmpdir(), 'rampart-leased-'))
    t.after(async () => {
      if (this.#parts === undefined) await this.open()
      await this.run('stop', { stop: { graceMs: 0 } })
      await this.close()
      rmSync(this.#folder, { recursive: true, force: true })
      assert.deepEqual(this.#troubles, [])
    })
  }

  async open(): Promise<void> {
    this.#parts = await openDaemonParts({
      place: placeOf(this.#folder),
      settings: { PATH: process.env['PATH'] ?? '', DOCKER_HOST: engine.podman.host },
      onTrouble: (error) => this.#troubles.push(error),
    })
  }

  async close(): Promise<void> {
    const parts = this.#parts
    this.#parts = undefined
    if (parts !== undefined) await closeDaemonParts(parts)
  }

  get broker(): PortBroker {
    return present(this.#parts?.leasing?.broker, 'ports are leased')
  }

  async run(operation: string, input: JsonObject): Promise<JsonObject> {
    this.#orders += 1
    const order: Order = {
      ...{ id: `up-1/api/${this.#orders}`, ramp: 'up-1', stage: 'api', purpose: 'do', operation },
      ...{ input: { subject: 'shop/api', ...input }, fence: 1 },
      signal: new AbortController().signal,
    }
    const { containers } = present(this.#parts, 'it is open').world
    const answer = await containers.run(order)
    assert.equal(answer.verdict, 'done', answer.sentence)
    return answer.outputs
  }

  /** Starts a container that serves, on a network of its own unless told otherwise. */
  async start(
    digest: string,
    { networks = [], program = 'exec httpd -f -p' }: StartWishes = {},
  ): Promise<JsonObject> {
    const command = ['/bin/sh', '-c', `${program} $\{self.ports.http}`]
    const ports = { http: networks.length === 0 ? { container: 8080 } : {} }
    return await this.run('start', { image: engine.image, command, ports, networks, digest })
  }

  /** The lease of the container, once it is there in that state. */
  async lease(state: PortLease['state']): Promise<PortLease> {
    const find = () => this.broker.leases().find((lease) => lease.state === state)
    await until(`it is ${state}`, () => find() !== undefined)
    return present(find(), state)
  }

  /** Whether somebody else is refused the port, and how. */
  async refusal(port: number): Promise<string> {
    const grant = await this.broker.claim([{ owner: { service: 'other', port: 'http' }, port }])
    return grant.verdict === 'refused' ? grant.sentence : assert.fail(`${port} was granted`)
  }
}

test('a published port is leased for as long as its container runs', needs, async (t) => {
  const bench = new Bench(t)
  await bench.open()
  const outputs = await bench.start('one')
  const lease = await bench.lease('ready')
  const { port } = lease.claim
  assert.deepEqual(outputs['ports'], { http: port })
  const [name = ''] = await engine.podman.containers()
  assert.deepEqual(lease.container, { name, port: 8080 })
  assert.equal(lease.process?.pid, outputs['pid'])
  assert.deepEqual(lease.servedAt, ['127.0.0.1'])
  const told = (await bench.broker.story(port)).sentences.join('\n')
  assert.match(told, new RegExp(`Its container is ${name}, whose first process is`))
  assert.doesNotMatch(told, /without a lease/)
  assert.match(await bench.refusal(port), /shop\/api/)

  await bench.close()
  await engine.podman.kill()
  await bench.open()
  assert.equal((await bench.lease('ready')).id, lease.id, 'the next daemon knows it')
  assert.match(await bench.refusal(port), /shop\/api/, 'also while the engine does not answer')
  await engine.podman.serve()

  await engine.podman.ask('POST', `/containers/${name}/kill?signal=KILL`)
  assert.equal((await bench.lease('cooling')).id, lease.id)
  const again = await bench.start('two')
  assert.deepEqual(again['ports'], { http: port }, 'its next start has the same port')
  await bench.run('stop', { stop: { graceMs: 0 } })
  assert.equal((await bench.lease('cooling')).claim.port, port)
})

test(
  'a port that was held for a container is let go of before its engine wants it',
  needs,
  async (t) => {
    const bench = new Bench(t)
    await bench.open()
    const owner = { service: 'shop/api', port: 'http' }
    const grant = await bench.broker.claim([{ owner, by: 'contract', isLasting: true }])
    const [held] = grant.verdict === 'granted' ? grant.leases : assert.fail(grant.sentence)
    assert.equal(held?.state, 'held')
    const { instance, ports } = await bench.start('one')
    assert.equal(instance, 'shop/api#c1', 'the first try works')
    assert.deepEqual(ports, { http: held.claim.port })
    assert.equal((await bench.lease('ready')).id, held.id)
  },
)

test(
  'a container is published at the address that a contract gives its ports',
  needs,
  async (t) => {
    const bench = new Bench(t)
    await bench.open()
    const { ranges } = policyOf({ addresses: ['127.0.0.2'], for: { service: 'shop/*' } })
    const of = { contract: 'Ports/shop', digest: digestOf('one') }
    const connect = { ...of, rules: [], clients: [] }
    await bench.broker.enforce({ ...of, ramp: 'up-0', policy: { ...of, ranges }, connect })
    const { host, ports } = await bench.start('one')
    assert.equal(host, '127.0.0.2')
    const { claim, servedAt } = await bench.lease('ready')
    assert.deepEqual([ports, servedAt], [{ http: claim.port }, ['127.0.0.2']])
  },
)

test('what is published is ready only while the program in there listens', needs, async (t) => {
  const bench = new Bench(t)
  await bench.open()
  const program = 'while [ ! -e /go ]; do sleep 0.01; done; exec httpd -f -p'
  await bench.start('one', { program })
  const { claim, id } = await bench.lease('assigned')
  const { sightings, leases } = await bench.broker.story(claim.port)
  const [name = ''] = await engine.podman.containers()
  t.diagnostic(`for it listens: ${sightings.map(({ command }) => command?.split(' ')[0])}`)
  assert.equal(sightings.length, 1, 'the engine listens in its place')
  assert.deepEqual(
    leases.map(({ state }) => state),
    ['assigned'],
  )
  await engine.podman.command('exec', name, '/bin/sh', '-c', ': > /go')
  const ready = await bench.lease('ready')
  assert.equal(ready.id, id)
  assert.match(ready.because, /where it is port 8080/)
})

test('a container that ended while there was no daemon has no port any more', needs, async (t) => {
  const bench = new Bench(t)
  await bench.open()
  await bench.start('one')
  const { id } = await bench.lease('ready')
  await bench.close()
  const [name = ''] = await engine.podman.containers()
  await engine.podman.ask('DELETE', `/containers/${name}?force=true`)
  await bench.open()
  assert.equal((await bench.lease('cooling')).id, id)
})

test("on the machine's own network the program itself is who listens", needs, async (t) => {
  const bench = new Bench(t)
  await bench.open()
  const { pid } = await bench.start('one', { networks: ['host'] })
  const { process, container, because } = await bench.lease('ready')
  const [name = ''] = await engine.podman.containers()
  assert.deepEqual([process?.pid, container], [pid, { name }])
  assert.match(because, new RegExp(`to container ${name}, by process ${pid}\\.$`))
})

/** Perl of this machine, which sends back what comes: BusyBox has nothing that answers datagrams. */
const ECHO = `use Socket; socket(my $s, PF_INET, SOCK_DGRAM, 0) or die $!;
  bind($s, sockaddr_in($ENV{PORT}, INADDR_ANY)) or die $!;
  while (my $from = recv($s, my $said, 512, 0)) { send($s, "back: $said", 0, $from) }`

test('a port of UDP is published as one, and nothing of it is left', needs, async (t) => {
  const bench = new Bench(t)
  await bench.open()
  const folders = [
    ['/usr', '/usr'],
    ['/usr/lib', '/lib'],
    ['/usr/lib64', '/lib64'],
  ]
  const outputs = await bench.run('start', {
    ...{ image: engine.image, entrypoint: ['/usr/bin/perl', '-e', ECHO], command: [] },
    mounts: folders.map(([source = '', target = '']) => ({ source, target, access: 'read' })),
    env: { PORT: `$\{self.ports.dns}` },
    ports: { dns: { protocol: 'udp', container: 53 } },
    digest: 'one',
  })
  const { claim, container } = await bench.lease('ready')
  assert.deepEqual([claim.protocol, container?.port], ['udp', 53])
  assert.deepEqual(outputs['ports'], { dns: claim.port })
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  const answered = once(socket, 'message', { signal: t.signal })
  socket.send('who?', claim.port, '127.0.0.1')
  const [said] = await answered
  assert.equal(String(said), 'back: who?')
  await bench.run('stop', { stop: { graceMs: 0 } })
  assert.equal((await bench.lease('cooling')).claim.port, claim.port)
  assert.equal(await isPortFree(claim.port, 'udp'), true)
})
