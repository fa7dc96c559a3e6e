import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gist } from '../../../test/support/asking.ts'
import type { PortListener } from '../../seams/processes.ts'
import { assessOwner, UNTOLD } from './assess-owner.ts'

const OWN = { isOwn: true }
const STRANGER = { isOwn: false, pid: 42, command: 'node old.ts --url=http://app:hunter2@db/' }

function judge(address: string, found: readonly PortListener[], self = { instance: 'shop/api#3' }) {
  const answer = assessOwner({
    listeners: { listeners: (_, port) => (port === 80 ? found : undefined) },
    self,
    address,
    port: 80,
    subject: 'TCP localhost:80',
    evidence: { latencyMs: 1 },
  })
  return answer === undefined ? 'own' : gist(answer)
}

describe('the owner of a port', () => {
  it('is whoever is bound nearest to the address that answered', () => {
    const v4 = '127.0.0.1'
    assert.equal(judge(v4, [{ address: v4, ...OWN }]), 'own')
    assert.equal(judge(v4, [{ address: '0.0.0.0', ...OWN }]), 'own')
    assert.equal(judge(v4, [{ address: '::', ...OWN }]), 'own')
    assert.equal(judge('::1', [{ address: '::', ...OWN }]), 'own')
    const foreign = 'failed notYet foreign-listener'
    assert.equal(
      judge(v4, [
        { address: '::1', ...OWN },
        { address: v4, ...STRANGER },
      ]),
      foreign,
    )
    assert.equal(
      judge(v4, [
        { address: '::', ...OWN },
        { address: '0.0.0.0', ...STRANGER },
      ]),
      foreign,
    )
    assert.equal(
      judge('::1', [
        { address: '0.0.0.0', ...STRANGER },
        { address: '::', ...OWN },
      ]),
      'own',
    )
  })

  it('is not the component when a stranger may answer as well', () => {
    const both = [
      { address: '0.0.0.0', ...OWN },
      { address: '0.0.0.0', ...STRANGER },
    ]
    assert.equal(judge('127.0.0.1', both), 'failed notYet shared-port')
  })

  it('cannot be told without a process, or where nobody is seen to listen', () => {
    assert.equal(judge('127.0.0.1', [], {} as never), 'errored terminal no-process')
    assert.equal(judge('10.0.0.9', []), 'errored notYet owner-unknown')
    assert.equal(judge('127.0.0.1', [{ address: '::1', ...OWN }]), 'errored notYet owner-unknown')
    assert.equal(UNTOLD.listeners('shop/api#3', 80), undefined)
  })

  it('is named with its process, without passwords', () => {
    const answer = assessOwner({
      listeners: { listeners: () => [{ address: '::', ...STRANGER }] },
      self: { instance: 'shop/api#3' },
      address: '::1',
      port: 80,
      subject: 'TCP localhost:80',
      evidence: {},
    })
    assert.match(
      answer?.sentence ?? '',
      /^TCP localhost:80 is answered by process 42 \(node old\.ts .*\), not by shop\/api#3\.$/,
    )
    assert.doesNotMatch(JSON.stringify(answer), /hunter2/)
    assert.deepEqual(answer?.evidence['listeners'], [{ address: '::', isOwn: false, pid: 42 }])
  })
})
