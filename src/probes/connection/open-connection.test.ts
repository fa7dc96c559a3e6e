import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import { assessFailedAttempt } from './connection-failure.ts'
import { openConnection } from './open-connection.ts'

const never = new AbortController().signal

describe('opening a connection', () => {
  it('goes on to the next address of localhost when the first refuses, and says so', async () => {
    const server = createServer((socket) => socket.end())
    server.listen(0, '::1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const connection = await openConnection({ host: 'localhost', port }, never)
    assert.ok(connection.opened)
    assert.equal(connection.family, 'ipv6')
    assert.deepEqual(connection.failed, [
      { address: '127.0.0.1', family: 'ipv4', code: 'ECONNREFUSED' },
    ])
    connection.socket.destroy()
    server.close()
  })

  it('takes an address in brackets, as URLs have it', async () => {
    const connection = await openConnection({ host: '[::1]', port: await freePort() }, never)
    assert.equal(connection.opened, false)
    assert.equal(connection.failed[0]?.address, '::1')
  })

  it('gives up at once when aborted', async () => {
    const aborted = await openConnection({ host: 'localhost', port: 1 }, AbortSignal.abort())
    assert.deepEqual(aborted, { opened: false, code: 'ABORTED', failed: [] })
    // An address that no network has (RFC 5737), so nothing answers, or there is no way to it.
    const { opened } = await openConnection({ host: '192.0.2.1', port: 9 }, AbortSignal.timeout(50))
    assert.equal(opened, false)
  })
})

describe('connection failures', () => {
  it('waits for what may come, and gives up on what will not', () => {
    const attempt = { subject: 'TCP a:1', latency: '3 ms', evidence: {} }
    const cases = [
      ['ECONNREFUSED', 'failed', 'notYet'],
      ['ENOTFOUND', 'failed', 'notYet'],
      ['CERT_NOT_YET_VALID', 'failed', 'notYet'],
      ['CERT_HAS_EXPIRED', 'failed', 'terminal'],
      ['ERR_TLS_CERT_ALTNAME_INVALID', 'failed', 'terminal'],
      ['EMFILE', 'errored', 'notYet'],
    ] as const
    for (const [code, verdict, outlook] of cases) {
      const answer = assessFailedAttempt({ ...attempt, code })
      assert.deepEqual([answer?.verdict, answer?.outlook], [verdict, outlook], code)
    }
    assert.equal(assessFailedAttempt({ ...attempt, code: 'SOMETHING' }), undefined)
  })
})
