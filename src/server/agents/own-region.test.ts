import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ComponentView, LogLine } from '../wire.ts'
import { ownComponents, ownLines } from './own-region.ts'

function start(instance: string, subject = instance.split('#')[0] ?? ''): ComponentView {
  return { subject, instance, pid: 1, status: 'running', ports: {}, sinceMs: 1 }
}

function line(subject: string, text = ''): LogLine {
  return { subject, stream: 'out', atMs: 1, text }
}

test('takes from an agent only the components of its region', () => {
  const told = [
    start('shop/eu/api#1'),
    start('shop/us/api#1'),
    start('shop/api#1'),
    start('bank/eu/api#3'),
    start('eu/api#1'),
    start('shop/eu/#1'),
    start('/eu/api#1'),
    start('shop/us/api#1', 'shop/eu/api'),
  ]
  assert.deepEqual(
    ownComponents('eu', told).map(({ instance }) => instance),
    ['shop/eu/api#1', 'bank/eu/api#3'],
  )
  assert.deepEqual(
    ownComponents('default', told).map(({ instance }) => instance),
    ['shop/api#1', 'eu/api#1'],
  )
})

test('takes from an agent only the lines that were asked for, of its region', () => {
  const told = [line('shop/eu/api', 'a'), line('shop/us/api', 'b'), line('shop/eu/db', 'c')]
  const textsOf = (lines: readonly LogLine[]): string => lines.map(({ text }) => text).join('')
  assert.equal(textsOf(ownLines('eu', { tailLines: 10 }, told)), 'ac')
  assert.equal(textsOf(ownLines('eu', { tailLines: 1 }, told)), 'c')
  assert.equal(textsOf(ownLines('eu', { tailLines: 0 }, told)), '')
  assert.equal(textsOf(ownLines('eu', { subject: 'shop/eu/api', tailLines: 9 }, told)), 'a')
  assert.equal(textsOf(ownLines('eu', { subject: 'shop/us/api', tailLines: 9 }, told)), '')
})
