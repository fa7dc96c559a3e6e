/** The TLS of a front by itself: files that are replaced under open connections, and clients that dawdle. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect as connectPlain, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls'
import { type Certificate, makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { until } from '../../../test/support/until.ts'
import { SystemClock } from '../../clock/system-clock.ts'
import { isFault } from '../../core/fault/fault.ts'
import { TlsDoor, type TlsDoorOptions } from './tls-door.ts'

interface Bench {
  readonly door: TlsDoor
  readonly port: number
  readonly said: string[]
  readonly authority: Certificate
  readonly folder: string
  /** Replaces a file as a program that renews certificates does. */
  put(name: 'certificate' | 'key' | 'clientCa', file: string): void
  /** Connects, and gives the connection once the server has agreed to it. */
  enter(options?: ConnectionOptions): Promise<TLSSocket>
}

async function makeBench(context: TestContext, limits: Partial<TlsDoorOptions>): Promise<Bench> {
  const authority = await makeCertificate(context, { isAuthority: true, commonName: 'Shop' })
  const own = await makeCertificate(context, { by: authority })
  const folder = mkdtempSync(join(tmpdir(), 'rampart-door-'))
  const fileOf = (name: string): string => join(folder, `${name}.pem`)
  const put = (name: string, file: string): void => copyFileSync(file, fileOf(name))
  put('certificate', own.certificateFile)
  put('key', own.keyFile)
  put('clientCa', authority.certificateFile)
  const said: string[] = []
  const tell = (sentence: string): void => void said.push(sentence)
  const clock = new SystemClock()
  const files = {
    certificate: fileOf('certificate'),
    key: fileOf('key'),
    clientCa: fileOf('clientCa'),
  }
  const options = {
    mode: 'tcp',
    nowMs: () => clock.nowMs(),
    onRefused: tell,
    onTrouble: tell,
  } as const
  const door = new TlsDoor(files, { ...options, ...limits })
  const server = createServer(door.serverOptions(), (socket) => {
    socket.write(socket.authorized ? 'known' : 'unknown')
    socket.on('error', () => socket.destroy()).pipe(socket)
  })
  door.guard(server)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  context.after(() => {
    door.close()
    server.close()
    for (const socket of sockets) socket.destroy()
    rmSync(folder, { recursive: true })
  })
  const enter = async (more: ConnectionOptions = {}): Promise<TLSSocket> => {
    const trust = { ca: authority.certificate, servername: 'localhost' }
    const socket = connect({ host: '127.0.0.1', port, ...trust, ...more })
    sockets.add(socket)
    await once(socket, 'secureConnect')
    return socket
  }
  return { door, port, said, authority, folder, put, enter }
}

async function greetingOf(socket: TLSSocket): Promise<string> {
  const [data] = await once(socket, 'data')
  return String(data)
}

function serialOf(socket: TLSSocket): string {
  return socket.getPeerCertificate().serialNumber
}

test(
  'files that are replaced count for who comes then, and nobody who is there is let go',
  openssl,
  async (context) => {
    const { put, enter, said, authority } = await makeBench(context, {})
    const before = await enter()
    await greetingOf(before)
    const next = await makeCertificate(context, { by: authority })
    put('certificate', next.certificateFile)
    await until('it is told that the files do not fit', () => said.length > 0)
    assert.match(said[0] ?? '', /^Its TLS is as it was: .*key\.pem: It is not the key of /)
    assert.equal(serialOf(await enter()), serialOf(before), 'what was there is as it was')
    put('key', next.keyFile)
    await until('it is told that they fit', () => said.length > 1)
    assert.deepEqual(said.slice(1), ['Its TLS is that of the files as they are now.'])
    assert.notEqual(serialOf(await enter()), serialOf(before))
    before.write('still here')
    assert.equal(await greetingOf(before), 'still here')
  },
)

test('what has expired and what does not fit are told once each', openssl, async (context) => {
  const clock = new SystemClock()
  let aheadMs = 0
  const { door, put, said } = await makeBench(context, { nowMs: () => clock.nowMs() + aheadMs })
  await door.look()
  const other = await makeCertificate(context, {})
  put('key', other.keyFile)
  aheadMs = 1_000 * 86_400_000
  for (let looks = 0; looks < 4; looks += 1) await door.look()
  const expired = said.filter((sentence) => sentence.startsWith('Its certificate has expired on '))
  assert.equal(expired.length, 1)
  assert.ok(said.length <= 3, said.join('\n'))
  assert.match(door.trouble ?? '', /^Its TLS is as it was: /)
})

test(
  'an authority that is taken away is believed by nobody new, also not of an old session',
  openssl,
  async (context) => {
    const { door, put, enter, authority } = await makeBench(context, {})
    const client = await makeCertificate(context, { by: authority })
    const shown = { cert: client.certificate, key: client.key }
    const first = await enter(shown)
    let session: Buffer | undefined
    first.on('session', (given) => {
      session = given
    })
    assert.equal(await greetingOf(first), 'known')
    const other = await makeCertificate(context, { isAuthority: true, commonName: 'Other' })
    put('clientCa', other.certificateFile)
    await door.look()
    const again = await enter({ ...shown, ...(session && { session }) })
    assert.equal(again.isSessionReused(), false)
    assert.equal(await greetingOf(again), 'unknown')
  },
)

test('other files are taken only if they can be used', openssl, async (context) => {
  const { door, enter, folder } = await makeBench(context, {})
  const next = await makeCertificate(context)
  const clientCa = join(folder, 'clientCa.pem')
  const before = serialOf(await enter())
  const wrong = { certificate: next.certificateFile, key: join(folder, 'key.pem'), clientCa }
  assert.throws(
    () => door.become(wrong),
    (error) => isFault(error, 'certificate-unusable'),
  )
  assert.equal(serialOf(await enter()), before)
  door.become({ certificate: next.certificateFile, key: next.keyFile, clientCa })
  const after = await enter({ ca: next.certificate })
  assert.notEqual(serialOf(after), before)
})

/** A client that says nothing, and what resolves once it is let go. */
async function silent(port: number): Promise<{ readonly gone: Promise<unknown> }> {
  const socket = connectPlain(port, '127.0.0.1').on('error', () => undefined)
  const gone = once(socket, 'close')
  await once(socket, 'connect')
  socket.resume()
  return { gone }
}

test('who does not agree in time is let go, and that is told', openssl, async (context) => {
  const { port, said } = await makeBench(context, { handshakeMs: 200 })
  await (await silent(port)).gone
  await until('it is told', () => said.some((one) => one.endsWith('it took too long.')))
})

test('of too many who have not agreed the longest is let go', openssl, async (context) => {
  const { port, enter } = await makeBench(context, { handshakesMax: 2 })
  const first = await silent(port)
  const second = await silent(port)
  assert.equal(await greetingOf(await enter()), 'unknown', 'who comes last is served')
  await first.gone
  const waits = Promise.withResolvers<string>()
  second.gone.then(() => waits.resolve('gone'))
  setImmediate(() => waits.resolve('waits on'))
  assert.equal(await waits.promise, 'waits on')
})

test('versions of TLS before 1.2 are not spoken', openssl, async (context) => {
  const { enter } = await makeBench(context, {})
  const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  await assert.rejects(enter(old))
  const socket = await enter({ maxVersion: 'TLSv1.2' })
  assert.equal(socket.getProtocol(), 'TLSv1.2')
})

test(
  'a door whose files were never good is shut, and opens once with the first that are',
  openssl,
  async (context) => {
    const { door, folder, put } = await makeBench(context, {})
    door.close()
    const key = join(folder, 'key.pem')
    const good = await makeCertificate(context)
    put('key', good.keyFile)
    const said: string[] = []
    const tell = (sentence: string): void => void said.push(sentence)
    let opened = 0
    const open = async (): Promise<void> => {
      opened += 1
      assert.ok(opened > 1, 'it cannot listen yet')
    }
    const clock = new SystemClock()
    const told = { onRefused: tell, onTrouble: tell, nowMs: () => clock.nowMs(), open }
    const shut = new TlsDoor(
      { certificate: join(folder, 'certificate.pem'), key },
      { mode: 'tcp', ...told },
    )
    context.after(() => shut.close())
    assert.match(shut.trouble ?? '', /^It lets nobody in until .* It is not the key of/)
    await shut.look()
    assert.deepEqual([shut.isShut, opened], [true, 0])
    put('certificate', good.certificateFile)
    await shut.look()
    assert.deepEqual([shut.isShut, opened], [true, 1])
    await shut.look()
    assert.deepEqual([shut.isShut, shut.trouble], [false, undefined])
    assert.match(said.join(), /cannot listen yet.*,Its TLS is that of the files as they are now\.$/)
    await shut.look()
    assert.equal(opened, 2)
  },
)
