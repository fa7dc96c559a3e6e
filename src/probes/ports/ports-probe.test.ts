import assert from 'node:assert/strict'
import { test } from 'node:test'
import { granted, makePortBench, wish } from '../../../test/ports/workbench.ts'
import { readMachineFacts } from '../../ports/kernel/machine-facts.ts'
import { PortsProbe } from './ports-probe.ts'

test('tells what is left and who has it, and of every change', async (context) => {
  const broker = await makePortBench(context).open()
  const probe = new PortsProbe(broker, readMachineFacts)
  const { signal } = new AbortController()
  const ask = (port: number) => {
    const input = { port, protocol: 'tcp', addresses: [], service: 'shop/api', name: 'http' }
    return probe.ask({ input: { ...input, state: ['held'] }, self: {}, attempt: 1, signal })
  }
  const { promise: changed, resolve } = Promise.withResolvers<void>()
  const unwatch = probe.watch({ input: {}, self: {}, attempt: 1, signal }, resolve)
  const [lease] = granted(await broker.claim([wish('shop/web')]))
  await changed
  unwatch()
  const { port } = lease?.claim ?? assert.fail('it is leased')
  const answer = await ask(port)
  assert.equal(answer.verdict, 'failed')
  assert.match(answer.sentence, /not leased for shop\/api http \(\d+ is held: shop\/web http\)/)
})
