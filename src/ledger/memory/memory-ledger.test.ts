/** What is the memory ledger's own; its promises are tested by test/conformance. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Entry } from '../../core/entry/entry.ts'
import { MemoryLedger } from './memory-ledger.ts'

const entry: Entry = { type: 'stage.started', stage: 'api', atMs: 1 }

describe('a ledger in memory', () => {
  it('has appended by the time the call returns, so that a simulation needs no event loop', () => {
    const ledger = new MemoryLedger()
    ledger.append({ stream: 'a', after: 0, entries: [entry] })
    const settled = ledger.append({ stream: 'a', after: 1, entries: [entry] })
    return settled.then(([recorded]) => assert.equal(recorded?.position, 2))
  })

  it('shows its hash to whoever looks, copies or prints', async () => {
    const ledger = new MemoryLedger()
    const [recorded] = await ledger.append({ stream: 'a', after: 0, entries: [entry] })
    assert(recorded !== undefined)
    assert.match(recorded.hash, /^[0-9a-f]{64}$/)
    assert.equal({ ...recorded }.hash, recorded.hash)
    assert.equal(JSON.parse(JSON.stringify(recorded)).hash, recorded.hash)
  })
})

describe('a ledger in memory that knows the leases', () => {
  it('refuses an append by a lease that another replica has taken since, and appends nothing', async () => {
    let latest = 1
    const leases = { isLatest: ({ token }: { readonly token: number }) => token === latest }
    const ledger = new MemoryLedger({ leases })
    const lease = { subject: 'Environment/shop', token: 1 }
    await ledger.append({ stream: 'a', after: 0, entries: [entry], lease })
    latest = 2
    const fenced = ledger.append({ stream: 'a', after: 1, entries: [entry], lease })
    await assert.rejects(fenced, { code: 'ledger-fenced' })
    await ledger.append({ stream: 'a', after: 1, entries: [entry], lease: { ...lease, token: 2 } })
  })
})
