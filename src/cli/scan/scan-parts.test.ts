/** What a scan is compared with: a baseline, contracts of the folder, and this machine. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openFolder } from '../../../test/support/rampart.ts'
import type { ScanFinding } from '../../scan/judge/finding.ts'
import type { KernelProcesses, SocketRow } from '../../seams/kernel-processes.ts'
import { readBaseline, writeBaseline } from './baseline.ts'
import { listenersOf } from './listeners.ts'
import { loadPolicies } from './port-policies.ts'

const FINDING: ScanFinding = {
  ...{ rule: 'conflict', severity: 'error', protocol: 'tcp', scope: 'host', first: 1, last: 1 },
  ...{ ports: [], sentence: 'Both want it.', remedy: 'Take another.', fingerprint: 'abc' },
}

test('what is written into a baseline is read from it', (t) => {
  const folder = openFolder(t)
  writeBaseline(folder, 'known.json', [FINDING])
  assert.deepEqual([...readBaseline(folder, 'known.json')], ['abc'])
})

test('what is no baseline is refused, and nothing is left out by mistake', (t) => {
  const folder = openFolder(t)
  for (const text of ['', '[]', 'null', '{"version":2,"findings":[]}', '{"version":1}']) {
    writeFileSync(join(folder, 'known.json'), text)
    assert.throws(() => readBaseline(folder, 'known.json'), { code: 'baseline-unusable' })
  }
  assert.throws(() => writeBaseline(folder, 'none/known.json', []), { code: 'report-unwritable' })
})

test('a contract that is a program is not run unless it is named', async (t) => {
  const folder = openFolder(t)
  writeFileSync(join(folder, 'rampart.config.ts'), 'throw new RangeError("it was run")\n')
  assert.deepEqual(await loadPolicies(folder, folder, undefined), { policies: [] })
  await assert.rejects(loadPolicies(folder, folder, 'rampart.config.ts'), /it was run/)
})

test('who listens is named by the process where that may be looked at', () => {
  const row = (port: number, inode: string): SocketRow => {
    return { protocol: 'tcp', address: '::', port, state: 'listening', inode }
  }
  const kernel: KernelProcesses = {
    bootId: () => 'boot',
    process: () => undefined,
    pids: () => [7],
    processes: () => [{ pid: 7, parentPid: 1, groupId: 7, sessionId: 7, started: '1' }],
    command: () => `node ${'x'.repeat(100)}`,
    listening: (protocol) => (protocol === 'tcp' ? [row(80, 'a'), row(81, 'b')] : undefined),
    sockets: () => undefined,
    client: () => undefined,
    holders: () => new Map([['a', [7]]]),
  }
  const [known, unknown] = listenersOf(kernel) ?? []
  assert.match(known?.who ?? '', /^process 7 \(node x{54}…\)$/)
  assert.deepEqual(unknown, { protocol: 'tcp', address: '::', port: 81 })
  assert.equal(listenersOf({ ...kernel, listening: () => undefined }), undefined)
})
