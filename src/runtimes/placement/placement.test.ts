/** Where components listen: free ports, and the words that stand for them. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import type { PortProtocols } from '../../core/port/port-protocols.ts'
import type { PortRequest, PortReservation, PortSource } from './port-source.ts'
import { PortAllocator } from './ports.ts'
import { findUnknownPort, substitute } from './variables.ts'

test('only the two placeholders are replaced, and an unknown port is found', () => {
  const placement = { host: '127.0.0.1', ports: { http: 80 } }
  const text = `\${self.host}:\${self.ports.http} \${self.ports.toString} \${self.pid} $&`
  assert.equal(substitute(text, placement), `127.0.0.1:80 \${self.ports.toString} \${self.pid} $&`)
  assert.equal(findUnknownPort([text], placement.ports), 'toString')
  assert.equal(findUnknownPort(['plain'], {}), undefined)
})

test('a port that somebody listens on, on whichever address, is not handed out again', async () => {
  const allocator = new PortAllocator()
  for (const host of ['127.0.0.1', '::1', '0.0.0.0', '::']) {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, host, resolve))
    const address = server.address()
    const http = typeof address === 'object' ? (address?.port ?? 0) : 0
    const request = {
      subject: 'api',
      names: ['http'],
      previous: { http },
      taken: new Set<number>(),
    }
    const reservation = await reserve(allocator, request)
    assert.notEqual(reservation.ports['http'], http, `taken on ${host}`)
    await new Promise((resolve) => server.close(resolve))
    reservation.release()
    const again = await reserve(allocator, request)
    assert.equal(again.ports['http'], http, `free again on ${host}`)
  }
})

test('of a port of UDP only whoever is bound to it by UDP is in the way', async () => {
  const allocator = new PortAllocator()
  for (const address of ['127.0.0.1', '::1', '0.0.0.0', '::']) {
    const type = address.includes(':') ? 'udp6' : 'udp4'
    const [socket, port] = [createSocket(type), await freePort()]
    await new Promise<void>((resolve) => socket.bind(port, address, resolve))
    const request = (protocols: PortProtocols): PortRequest => {
      const taken = new Set<number>()
      return { subject: 'dns', names: ['dns'], protocols, previous: { dns: port }, taken }
    }
    const reservation = await reserve(allocator, request({ dns: 'udp' }))
    assert.notEqual(reservation.ports['dns'], port, `bound on ${address}`)
    reservation.release()
    const other = await reserve(allocator, request({}))
    assert.equal(other.ports['dns'], port, 'it is free of TCP')
    other.release()
    await new Promise<void>((resolve) => socket.close(resolve))
    const again = await reserve(allocator, request({ dns: 'udp' }))
    assert.equal(again.ports['dns'], port, `free again on ${address}`)
    again.release()
  }
})

async function reserve(source: PortSource, request: PortRequest): Promise<PortReservation> {
  const reservation = await source.reserve(request)
  return 'sentence' in reservation ? assert.fail(reservation.sentence) : reservation
}

test('where no socket is held, none is inherited, and what to take out is said', async () => {
  const sentenceFor = async (shared: readonly string[]): Promise<string> => {
    const wish = { subject: 'shop/api', names: ['http'], inherited: ['http'], shared }
    const answer = await new PortAllocator().reserve({ ...wish, previous: {}, taken: new Set() })
    return 'sentence' in answer ? answer.sentence : assert.fail('there is none')
  }
  assert.match(await sentenceFor([]), /Take `run\.ports\.http\.inherit` out/)
  assert.match(await sentenceFor(['http']), /Take `roll\.by` out/)
})
