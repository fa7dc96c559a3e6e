import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../core/units/json.ts'
import { countEndpoints } from './count-endpoints.ts'

function slice(addressType: string, endpoints: readonly JsonObject[]): JsonObject {
  return { addressType, endpoints }
}

function endpoint(uid: string, ready?: boolean): JsonObject {
  return {
    addresses: [`10.0.0.${uid}`],
    conditions: ready === undefined ? {} : { ready },
    targetRef: { kind: 'Pod', uid },
  }
}

describe('ready endpoints', () => {
  it('are counted once over all slices; one that does not say is ready', () => {
    const slices = [
      slice('IPv4', [endpoint('1', true), endpoint('2', false)]),
      slice('IPv4', [endpoint('1', true), endpoint('3')]),
    ]
    assert.deepEqual(countEndpoints(slices), { ready: 2, known: 3, slices: 2 })
  })

  it('must be ready in every address family', () => {
    const slices = [
      slice('IPv4', [endpoint('1', true), endpoint('2', true)]),
      slice('IPv6', [endpoint('1', true), endpoint('2', false)]),
    ]
    assert.deepEqual(countEndpoints(slices), { ready: 1, known: 2, slices: 2 })
    assert.equal(countEndpoints([...slices, slice('IPv6', [])]).ready, 1)
  })

  it('are none where there is no slice, and known by address without a pod', () => {
    assert.deepEqual(countEndpoints([]), { ready: 0, known: 0, slices: 0 })
    const bare = slice('IPv4', [{ addresses: ['192.0.2.1'] }, { addresses: ['192.0.2.1'] }])
    assert.equal(countEndpoints([bare]).ready, 1)
    assert.equal(countEndpoints([slice('IPv4', [])]).ready, 0)
    // The API server prints an empty list of endpoints as null.
    assert.equal(countEndpoints([{ addressType: 'IPv4', endpoints: null }]).ready, 0)
  })
})
