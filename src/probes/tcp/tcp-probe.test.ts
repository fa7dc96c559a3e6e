import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { askOnce, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import { TcpProbe } from './tcp-probe.ts'

async function listen(
  test: TestContext,
  host: string,
  onSocket: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  server.listen(0, host)
  await once(server, 'listening')
  test.after(() => server.close())
  return { port: (server.address() as AddressInfo).port, server }
}

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const probe = new TcpProbe()

describe('the tcp probe', () => {
  it('finds a server of localhost on either family, and says which', async (test) => {
    for (const [host, family] of [
      ['127.0.0.1', 'ipv4'],
      ['::1', 'ipv6'],
    ] as const) {
      const { port } = await listen(test, host, (socket) => socket.end())
      const answer = await askOnce(probe, { address: `localhost:${port}` })
      assert.equal(gist(answer), 'passed connected')
      assert.equal(answer.evidence['family'], family)
      assert.equal(answer.evidence['address'], host)
    }
  })

  it('says not yet for a refused port, naming every address', async () => {
    const answer = await askOnce(probe, { host: 'localhost', port: await closedPort() })
    assert.equal(gist(answer), 'failed notYet refused')
    assert.match(String(answer.evidence['failed']), /127\.0\.0\.1 ECONNREFUSED,::1 E/)
  })

  it('says not yet for a name that is not known', async () => {
    const answer = await askOnce(probe, { host: 'nowhere.invalid', port: 80 })
    assert.match(gist(answer), /^failed notYet (unknown-host|dns-unavailable)$/)
  })

  it('passes when the banner matches, also over several chunks, after sending', async (test) => {
    const { port } = await listen(test, '127.0.0.1', (socket) => {
      socket.once('data', (data) => {
        socket.write(`+PO`)
        setImmediate(() => socket.write(`NG ${String(data).trim()}\r\n`))
      })
    })
    const input = { host: '127.0.0.1', port: String(port), send: 'PING\r\n', banner: '^\\+PONG P' }
    const answer = await askOnce(probe, input)
    assert.equal(gist(answer), 'passed banner')
  })

  it('says not yet for a wrong banner, for silence, and for a connection cut at once', async (test) => {
    const wrong = await listen(test, '127.0.0.1', (socket) => socket.end('-LOADING\r\n'))
    const cut = await listen(test, '127.0.0.1', (socket) => socket.resetAndDestroy())
    const input = { host: '127.0.0.1', banner: '^\\+OK' }
    const refused = await askOnce(probe, { ...input, port: wrong.port })
    assert.equal(gist(refused), 'failed notYet wrong-banner')
    assert.match(refused.sentence, /"-LOADING\\r\\n"; \/\^\\\+OK\/ expected/)
    const cutOff = await askOnce(probe, { ...input, port: cut.port })
    assert.equal(gist(cutOff), 'failed notYet reset')
  })

  it('settles at once when aborted, and leaves no connection', async (test) => {
    const sockets: Socket[] = []
    const { port, server } = await listen(test, '127.0.0.1', (socket) => sockets.push(socket))
    const input = { host: '127.0.0.1', port, banner: 'never' }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 50)
    assert.equal(gist(answer), 'failed notYet no-banner')
    assert.ok(settleMs < 200, `settled ${settleMs} ms after the abort`)
    const [socket] = sockets
    if (socket !== undefined && !socket.closed) await once(socket, 'close')
    const { promise, resolve } = Promise.withResolvers<number>()
    server.getConnections((_error, count) => resolve(count))
    assert.equal(await promise, 0)
  })

  it('does not connect at all once aborted', async () => {
    const answer = await askOnce(
      probe,
      { host: '127.0.0.1', port: await closedPort() },
      { signal: AbortSignal.abort() },
    )
    assert.equal(gist(answer), 'failed notYet timed-out')
  })

  it('errs when a template became no port', async () => {
    for (const port of ['http', 0, 65_536]) {
      const answer = await askOnce(probe, { host: '127.0.0.1', port })
      assert.equal(gist(answer), 'errored terminal malformed-input')
    }
  })
})
