/** A front that is shut: real processes, a real broker, real TLS. */
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { granted, Listener, makePortBench } from '../../../test/ports/workbench.ts'
import { type Certificate, makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { until } from '../../../test/support/until.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import type { LocalPortBroker } from '../../ports/broker.ts'
import { identityOf } from '../../runtimes/process/kernel/kernel.ts'
import { LinuxKernel } from '../../runtimes/process/kernel/linux.ts'
import { readyEndpoints } from '../discovery/broker-endpoints.ts'
import { ForwarderPlane } from '../forwarder/forwarder-plane.ts'
import { Carriers } from './carriers.ts'
import { Fronts } from './fronts.ts'

const kernel = new LinuxKernel()
const identify = (pid: number) => identityOf(kernel, pid)

/** What a daemon has of fronts; the next one takes over what the one before has left. */
class Daemons {
  readonly broker: LocalPortBroker
  readonly #folder: string
  readonly #log: string[]
  readonly #troubles: unknown[] = []
  #plane: ForwarderPlane | undefined
  #fronts: Fronts | undefined

  constructor(broker: LocalPortBroker, { folder, log }: { folder: string; log: string[] }) {
    this.broker = broker
    this.#folder = join(folder, 'ports')
    this.#log = log
  }

  get fronts(): Fronts {
    return this.#fronts ?? assert.fail('one runs')
  }

  /** The lease of the front. */
  get lease(): PortLease {
    const lease = this.broker.leases().find(({ front }) => front !== undefined)
    return lease ?? assert.fail('it has one')
  }

  async start(): Promise<void> {
    const { broker } = this
    const clock = new SystemClock()
    const log = (line: string): void => void this.#log.push(line)
    this.#plane = new ForwarderPlane({ folder: this.#folder, spawner: broker, clock, log })
    const onTrouble = (error: unknown): void => void this.#troubles.push(error)
    const carriers = new Carriers({ kernel, clock, log })
    this.#fronts = new Fronts({ broker, plane: this.#plane, carriers, identify, onTrouble })
    await this.#fronts.takeUp()
  }

  async leave(): Promise<void> {
    await this.#fronts?.leave()
    this.#plane?.leave()
    assert.deepEqual(this.#troubles, [])
  }

  /** The process that carries the front, which is gone afterwards. */
  async killForwarder(): Promise<void> {
    const { pid, started } = this.lease.process ?? assert.fail('it is carried')
    process.kill(pid, 'SIGKILL')
    await until('it is gone', () => identify(pid)?.started !== started)
  }
}

async function makeDaemons(context: TestContext): Promise<Daemons & { readonly log: string[] }> {
  let close = async (): Promise<void> => undefined
  context.after(() => close())
  const { open, folder, log } = makePortBench(context)
  const daemons = new Daemons(await open(), { folder, log })
  close = async () => {
    await daemons.fronts.close('shop/api')
    await daemons.leave()
  }
  await daemons.start()
  return Object.assign(daemons, { log })
}

function said(context: TestContext, port: number, { certificate: ca }: Certificate) {
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' })
  context.after(() => socket.destroy())
  return text(socket)
}

test(
  'a front whose certificate expires while nothing carries it is shut, and opens with the next one',
  openssl,
  async (context) => {
    const daemons = await makeDaemons(context)
    const { broker, log } = daemons
    const authority = await makeCertificate(context, { isAuthority: true, commonName: 'Shop' })
    const good = await makeCertificate(context, { by: authority })
    const expired = await makeCertificate(context, { by: authority, days: -1 })
    const used = await makeCertificate(context, { by: authority })
    const tls = { certificate: used.certificateFile, key: used.keyFile }
    const put = ({ certificateFile, keyFile }: Certificate): void => {
      copyFileSync(keyFile, tls.key)
      copyFileSync(certificateFile, tls.certificate)
    }
    await daemons.fronts.open('shop/api', { http: 'tcp' }, { tls })
    const owner = { service: 'shop/api', port: 'http', instance: '1' }
    const [start] = granted(await broker.claim([{ owner }]))
    const { id, claim } = start ?? assert.fail('it is leased')
    const service = new Listener(context)
    await broker.assign(id, identify(service.pid) ?? assert.fail('it lives'))
    assert.equal(await service.listen(claim.port, '127.0.0.1'), 'listening')
    await daemons.fronts.switch('shop/api', ['1'])
    const { port } = daemons.lease.claim
    assert.equal(await said(context, port, authority), 'served\n')

    put(expired)
    await daemons.leave()
    await daemons.killForwarder()
    await daemons.start()
    assert.match(daemons.lease.shut ?? '', /lets nobody in .* has expired on/)
    assert.ok(log.some((line) => /^shop\/api\/http: It lets nobody in .* has expired/.test(line)))
    const { sentences } = await broker.story(port)
    assert.ok(sentences.some((sentence) => /^Its front is shut: /.test(sentence)))
    assert.deepEqual(readyEndpoints(broker.leases()), [], 'nor is anybody told to go past it')
    const waiting = said(context, port, authority)
    await assert.rejects(daemons.fronts.open('shop/api', { http: 'tcp' }, { tls }), (error) =>
      isFault(error, 'certificate-unusable'),
    )

    put(good)
    assert.equal(await waiting, 'served\n', 'who came meanwhile has waited')
    await until('it is open', () => daemons.lease.shut === undefined)
    assert.ok(log.some((line) => /http: Its TLS is that of the files as they are now/.test(line)))
    assert.equal(readyEndpoints(broker.leases()).length > 0, true)
  },
)
