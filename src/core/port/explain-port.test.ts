import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainPort } from './explain-port.ts'
import type { PortLease } from './port-lease.ts'

const LEASE: PortLease = {
  id: '15001-1',
  claim: { protocol: 'tcp', addresses: ['127.0.0.1', '::1'], port: 15_001 },
  owner: { service: 'shop/api', port: 'http' },
  state: 'stolen',
  token: 1,
  rule: { range: 'built-in' },
  giving: 'number',
  thief: { pid: 7, command: 'other', address: '127.0.0.1' },
  grantedAtMs: 0,
  changedAtMs: 0,
  because: 'It was leased, but process 7 listens.',
}

const FACTS = {
  port: 15_001,
  leases: [LEASE],
  past: [],
  connections: 0,
  timeWaits: 0,
  circumstances: { ephemeral: { first: 32_768, last: 60_999 }, reserved: new Set<number>() },
} as const

test('a thief is told of once, and whoever else listens beside it', () => {
  const thief = { pid: 7, command: 'other', address: '127.0.0.1' }
  const sentences = explainPort({ ...FACTS, strangers: [thief, { pid: 8, address: '::1' }] })
  const told = (pid: number): number =>
    sentences.filter((sentence) => sentence.startsWith(`Process ${pid} `)).length
  assert.deepEqual([told(7), told(8)], [1, 1])
})

test('says how the process that a port was given to and the one that listens may be related', () => {
  const process = { pid: 6, started: '1', bootId: 'a' }
  const said = explainPort({ ...FACTS, leases: [{ ...LEASE, process }], strangers: [] }).join(' ')
  assert.match(said, /given to process 6; whoever listens.* may be one that this has started\./)
  for (const state of ['held', 'cooling'] as const) {
    const { thief: _, ...lease } = { ...LEASE, process, state }
    const after = explainPort({ ...FACTS, leases: [lease], strangers: [] }).join(' ')
    assert.match(after, /The last to have it was process 6\.$/)
  }
})
