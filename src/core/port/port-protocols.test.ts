import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printPorts, protocolOf, protocolsIn } from './port-protocols.ts'

test('only what is not of TCP is written', () => {
  assert.deepEqual(protocolsIn({ http: {}, admin: { protocol: 'tcp' } }), {})
  const { protocols } = protocolsIn({ dns: { protocol: 'udp' }, a: { protocol: 'udp' }, http: {} })
  assert.deepEqual(Object.entries(protocols ?? {}), [
    ['a', 'udp'],
    ['dns', 'udp'],
  ])
})

test('a port of which nothing is written is of TCP, whatever it is called', () => {
  const names = ['dns', 'http', 'toString']
  assert.deepEqual(
    names.map((name) => protocolOf({ dns: 'udp' }, name)),
    ['udp', 'tcp', 'tcp'],
  )
  assert.equal(protocolOf(undefined, 'dns'), 'tcp')
})

test('people are told which port is of UDP', () => {
  const ports = printPorts({ dns: 21_053, http: 8_080 }, { dns: 'udp' })
  assert.deepEqual(ports, ['dns 21053/udp', 'http 8080'])
})
