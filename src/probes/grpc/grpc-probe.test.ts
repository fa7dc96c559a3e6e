import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { GrpcProbe } from './grpc-probe.ts'

const probe = new GrpcProbe()

const UNKNOWN = 0
const SERVING = 1
const NOT_SERVING = 2
const SERVICE_UNKNOWN = 3

interface Request {
  readonly service: string
}

const METHOD = {
  requestStream: false,
  requestSerialize: ({ service }: Request) => Buffer.from(service),
  requestDeserialize: (bytes: Buffer): Request => ({ service: bytes.subarray(2).toString() }),
  responseSerialize: (serving: number) => Buffer.from([0x08, serving]),
  responseDeserialize: (bytes: Buffer) => bytes[1] ?? UNKNOWN,
}
const CHECK = { ...METHOD, path: '/grpc.health.v1.Health/Check', responseStream: false }
const WATCH = { ...METHOD, path: '/grpc.health.v1.Health/Watch', responseStream: true }

interface Options {
  readonly offers?: 'both' | 'check' | 'nothing'
  readonly credentials?: ServerCredentials
  readonly token?: string
  readonly address?: string
}

/** A real server that says of itself what it is told to. */
class HealthServer {
  readonly server = new Server()
  readonly #statuses = new Map<string, number>()
  readonly #streams = new Map<ServerWritableStream<Request, number>, string>()
  #opened = Promise.withResolvers<void>()
  readonly #token: string | undefined
  port = 0

  constructor(options: Options) {
    const { offers = 'both' } = options
    this.#token = options.token
    const methods: ServiceDefinition = {
      ...(offers === 'nothing'
        ? { other: { ...CHECK, path: '/shop.Orders/Get' } }
        : { check: CHECK }),
      ...(offers === 'both' ? { watch: WATCH } : {}),
    }
    this.server.addService(methods, {
      check: (call: ServerUnaryCall<Request, number>, reply: sendUnaryData<number>) =>
        this.#check(call, reply),
      watch: (call: ServerWritableStream<Request, number>) => this.#watch(call),
    })
  }

  /** When the next stream is opened. */
  nextStream(): Promise<void> {
    this.#opened = Promise.withResolvers<void>()
    return this.#opened.promise
  }

  set(service: string, serving: number): void {
    this.#statuses.set(service, serving)
    for (const [call, name] of this.#streams) if (name === service) call.write(serving)
  }

  #check(call: ServerUnaryCall<Request, number>, reply: sendUnaryData<number>): void {
    const serving = this.#statuses.get(call.request.service)
    if (serving === undefined) reply({ code: status.NOT_FOUND, details: 'unknown service' })
    else reply(null, serving)
  }

  #watch(call: ServerWritableStream<Request, number>): void {
    const { service } = call.request
    if (this.#token !== undefined && call.metadata.get('authorization')[0] !== this.#token) {
      const details = `bad token ${String(call.metadata.get('authorization')[0])}`
      call.emit('error', { code: status.UNAUTHENTICATED, details })
      return
    }
    this.#streams.set(call, service)
    call.on('cancelled', () => this.#streams.delete(call))
    call.write(this.#statuses.get(service) ?? SERVICE_UNKNOWN)
    this.#opened.resolve()
  }
}

async function serve(test: TestContext, options: Options = {}): Promise<HealthServer> {
  const health = new HealthServer(options)
  const { address = '127.0.0.1:0', credentials = ServerCredentials.createInsecure() } = options
  health.port = await new Promise<number>((resolve, reject) => {
    health.server.bindAsync(address, credentials, (error, port) =>
      error === null ? resolve(port) : reject(error),
    )
  })
  test.after(() => health.server.forceShutdown())
  return health
}

describe('the grpc probe', { timeout: 120_000 }, () => {
  it('waits until the server says that it is serving', async (test) => {
    const health = await serve(test)
    const input = { address: `127.0.0.1:${health.port}` }
    for (const [serving, reason] of [
      [SERVICE_UNKNOWN, 'unknown-service'],
      [UNKNOWN, 'unknown-status'],
      [NOT_SERVING, 'not-serving'],
    ] as const) {
      health.set('', serving)
      assert.equal(gist(await askOnce(probe, input)), `failed notYet ${reason}`)
    }
    health.set('', SERVING)
    const answer = await askOnce(probe, input)
    assert.equal(gist(answer), 'passed serving')
    assert.equal(answer.evidence['method'], 'Watch')
    assert.equal(answer.evidence['family'], 'ipv4')
    assert.match(answer.sentence, /^gRPC 127\.0\.0\.1:\d+ is serving, it says after [\d.]+ ms\.$/)
  })

  it('asks about the service that is named, which may be registered late', async (test) => {
    const health = await serve(test)
    health.set('', SERVING)
    const input = { host: 'localhost', port: health.port, service: 'shop.Orders' }
    const unknown = await askOnce(probe, input)
    assert.equal(gist(unknown), 'failed notYet unknown-service')
    assert.match(unknown.sentence, /shop\.Orders does not know the service yet/)
    health.set('shop.Orders', SERVING)
    assert.equal(gist(await askOnce(probe, input)), 'passed serving')
  })

  it('falls back to Check, for which an unknown service is terminal', async (test) => {
    const health = await serve(test, { offers: 'check' })
    health.set('', SERVING)
    const input = { host: '127.0.0.1', port: health.port }
    const answer = await askOnce(probe, input)
    assert.equal(gist(answer), 'passed serving')
    assert.equal(answer.evidence['method'], 'Check')
    const unknown = await askOnce(probe, { ...input, service: 'shop.Orders' })
    assert.equal(gist(unknown), 'failed terminal unknown-service')
  })

  it('is terminal for a server without the health service', async (test) => {
    const health = await serve(test, { offers: 'nothing' })
    const answer = await askOnce(probe, { host: '127.0.0.1', port: health.port })
    assert.equal(gist(answer), 'failed terminal no-health-service')
  })

  it('sends metadata, is terminal when it is refused, and never shows it', async (test) => {
    const health = await serve(test, { token: 'Bearer hunter2' })
    health.set('', SERVING)
    const input = { host: '127.0.0.1', port: health.port }
    const good = await askOnce(probe, { ...input, metadata: { authorization: 'Bearer hunter2' } })
    assert.equal(gist(good), 'passed serving')
    const bad = await askOnce(probe, { ...input, metadata: { authorization: 'Bearer s3cr3t' } })
    assert.equal(gist(bad), 'failed terminal unauthorized')
    assert.doesNotMatch(JSON.stringify([good, bad]), /hunter2|s3cr3t/)
  })

  it('finds a server on either address of localhost, and waits while it is refused', async (test) => {
    const health = await serve(test, { address: '[::1]:0' })
    health.set('', SERVING)
    const answer = await askOnce(probe, { address: `localhost:${health.port}` })
    assert.equal(gist(answer), 'passed serving')
    assert.equal(answer.evidence['family'], 'ipv6')
    const port = await freePort()
    const refused = await askOnce(probe, { address: `127.0.0.1:${port}` })
    assert.equal(gist(refused), 'failed notYet refused')
    const late = serve(test, { address: `127.0.0.1:${port}` }).then((one) => one.set('', SERVING))
    await askUntilPassed(probe, () => askingOf({ address: `127.0.0.1:${port}` }), 5_000)
    await late
  })

  it('says not yet of what is no server of gRPC', async (test) => {
    const http = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    const http2 = createHttp2Server((_request, response) => {
      response.writeHead(404)
      response.end()
    })
    for (const [server, reason] of [
      [http, /not-grpc/],
      [http2, /not-grpc/],
    ] as const) {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      test.after(() => server.close())
      const { port } = server.address() as AddressInfo
      const answer = await askOnce(probe, { host: '127.0.0.1', port })
      assert.match(gist(answer), reason)
      assert.equal(answer.outlook, 'notYet')
    }
  })

  it('settles at once when aborted, and leaves no connection', async (test) => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.resume()
      sockets.push(socket)
    })
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    test.after(() => silent.close())
    const { port } = silent.address() as AddressInfo
    const { settleMs, answer } = await settleMsAfterAbort(probe, { host: '127.0.0.1', port }, 100)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 200, `settled ${settleMs} ms after the abort`)
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close')
  })

  it('tells by the held stream when the status changes, and when the server goes', async (test) => {
    const health = await serve(test)
    health.set('', NOT_SERVING)
    let changed = Promise.withResolvers<void>()
    const next = (): Promise<void> => {
      changed = Promise.withResolvers<void>()
      return changed.promise
    }
    const first = next()
    const opened = health.nextStream()
    const asking = askingOf({ host: '127.0.0.1', port: health.port })
    const stop = probe.watch(asking, () => changed.resolve())
    await opened
    await first
    const second = next()
    const startedMs = performance.now()
    health.set('', SERVING)
    await second
    const tookMs = performance.now() - startedMs
    assert.ok(tookMs < 500, `told after ${tookMs} ms`)
    const third = next()
    health.server.forceShutdown()
    await third
    stop()
    stop()
  })

  it('holds no stream once nobody watches, nor after asking', async (test) => {
    const health = await serve(test)
    health.set('', SERVING)
    const input = { host: '127.0.0.1', port: health.port }
    await askOnce(probe, input)
    const opened = health.nextStream()
    const stop = probe.watch(askingOf(input), () => undefined)
    await opened
    stop()
    // Shutting down in order waits for every stream and connection to end.
    await new Promise<void>((resolve, reject) => {
      health.server.tryShutdown((error) => (error === undefined ? resolve() : reject(error)))
    })
  })

  it('speaks TLS when asked to, and judges the certificate', openssl, async (test) => {
    const shown = await makeCertificate(test)
    const pair = { private_key: Buffer.from(shown.key), cert_chain: Buffer.from(shown.certificate) }
    const credentials = ServerCredentials.createSsl(null, [pair])
    const health = await serve(test, { credentials })
    health.set('', SERVING)
    const input = { host: 'localhost', port: health.port }
    const ca = shown.certificateFile
    assert.equal(gist(await askOnce(probe, { ...input, tls: { ca } })), 'passed serving')
    assert.equal(
      gist(await askOnce(probe, { ...input, tls: { insecure: true } })),
      'passed serving',
    )
    const untrusted = await askOnce(probe, { ...input, tls: {} })
    assert.equal(gist(untrusted), 'failed terminal untrusted-certificate')
    const wrong = await askOnce(probe, { ...input, tls: { ca, servername: 'api.test' } })
    assert.equal(gist(wrong), 'failed terminal wrong-certificate-name')
    const unreadable = await askOnce(probe, { ...input, tls: { ca: '/nowhere.pem' } })
    assert.equal(gist(unreadable), 'errored notYet authorities-unreadable')
    const plain = await serve(test)
    const noTls = await askOnce(probe, { host: 'localhost', port: plain.port, tls: { ca } })
    assert.equal(noTls.outlook, 'notYet')
    assert.equal(noTls.verdict, 'failed')
  })

  it('errs when a template became no port', async () => {
    for (const port of ['grpc', 0, 65_536]) {
      const answer = await askOnce(probe, { host: '127.0.0.1', port })
      assert.equal(gist(answer), 'errored terminal malformed-input')
    }
  })
})
