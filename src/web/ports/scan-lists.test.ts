import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PublishedFinding, ScanConflict, ScanSummary } from '../../server/wire/scans.ts'
import { contestsOf, filterConflicts, filterFindings, worstFirst } from './scan-lists.ts'

const SPAN = { first: 8_080, last: 8_080, protocol: 'tcp', scope: 'host' } as const
const PLACE = { file: 'compose.yaml', line: 1, column: 1, service: 'web', text: '8080:80' }

function finding(more: Partial<PublishedFinding>): PublishedFinding {
  return {
    ...{ ...SPAN, rule: 'conflict', severity: 'error', sentence: 'Both want it.', remedy: 'Move.' },
    ...{ fingerprint: '', places: [PLACE], morePlaces: 0, ...more },
  }
}

const conflict: ScanConflict = {
  ...{ ...SPAN, severity: 'warning', sentence: 'Port 8080 is claimed by bank and shop.' },
  claims: ['bank', 'shop'].map((scan) => ({
    ...{ ...SPAN, ...PLACE, scan, addresses: ['::'], confidence: 'explicit' },
  })),
}

test('shows the worst first, finds by every word, and says how many guesses it leaves out', () => {
  const all = [finding({ severity: 'note' }), finding({ severity: 'warning' }), finding({})]
  const { shown, guesses } = filterFindings(all, { find: '', withGuesses: false })
  assert.deepEqual([shown.map(({ severity }) => severity), guesses], [['error', 'warning'], 1])
  const wanted = filterFindings(all, { find: 'WEB compose 8080', withGuesses: true })
  assert.equal(wanted.shown.length, 3)
  assert.equal(filterFindings(all, { find: 'web mail', withGuesses: true }).shown.length, 0)
})

test('tells which conflicts of others a port of a repository has a part in', () => {
  const of = (scan: string, more = {}) => contestsOf({ ...SPAN, scan, ...more }, [conflict]).length
  assert.equal(of('shop'), 1)
  assert.equal(of('mail'), 0)
  assert.equal(of('shop', { first: 8_081, last: 8_090 }), 0)
  assert.equal(of('shop', { protocol: 'udp' }), 0)
  assert.equal(filterConflicts([conflict], { find: 'bank', withGuesses: false }).shown.length, 1)
})

test('puts the repositories first in which most is wrong', () => {
  const scan = (name: string, errors: number, warnings: number): ScanSummary => {
    return { name, errors, warnings, notes: 0, claims: 1, by: 'ci', atMs: 0, etag: '"1"' }
  }
  const order = worstFirst([scan('b', 0, 1), scan('a', 0, 1), scan('c', 1, 0)])
  assert.deepEqual(
    order.map(({ name }) => name),
    ['c', 'a', 'b'],
  )
})
