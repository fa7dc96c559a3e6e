/** Ports, addresses, environments and variables as files write them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionsIn } from './connections.ts'
import { environmentOf } from './environment-of.ts'
import { within } from './paths.ts'
import { addressesOf, parsePort, parseSpan } from './port-words.ts'
import { fillIn } from './variables.ts'

test('a port is between 1 and 65535, and a span goes upwards', () => {
  assert.deepEqual(['0', '80', '65536', '8o'].map(parsePort), [undefined, 80, undefined, undefined])
  assert.deepEqual(parseSpan('8000-8002'), { first: 8000, last: 8002 })
  assert.equal(parseSpan('9-8'), undefined)
})

test('an address has one spelling', () => {
  const words = ['', 'localhost', '127.1', '[0:0::1]', 'db.internal']
  assert.deepEqual(words.map(addressesOf), [
    ['0.0.0.0', '::'],
    ['127.0.0.1', '::1'],
    ['127.0.0.1'],
    ['::1'],
    ['0.0.0.0', '::'],
  ])
})

test('an environment is named by a file, else by a folder that can mean nothing else', () => {
  const paths = [
    'compose.prod.yaml',
    'k8s/overlays/eu/a.yaml',
    'test/compose.yaml',
    'staging/a.yaml',
  ]
  assert.deepEqual(paths.map(environmentOf), ['production', 'eu', undefined, 'staging'])
})

test('variables are filled in as compose does', () => {
  const lookUp = (name: string): string | undefined => (name === 'A' ? '1' : undefined)
  const texts = ['$A', '$' + '{B:-2}', '$' + '{B-$' + '{A}}', '$' + '{A:+3}', '$$A', '$' + '{B}']
  assert.deepEqual(
    texts.map((text) => fillIn(text, lookUp).text),
    ['1', '2', '1', '3', '$A', ''],
  )
})

test('braces that nobody closes are letters, however many they are', () => {
  const open = '$' + '{'
  assert.equal(fillIn(`${open}A ${open}B:-1}`, () => undefined).text, `${open}A 1`)
  assert.equal(fillIn(open.repeat(5_000), () => undefined).text, open.repeat(5_000))
  const long = fillIn('$A$A', () => 'x'.repeat(20_000))
  assert.deepEqual([long.text, long.isFilled], ['$A$A', false])
})

test('a connection names its host and port and never its password', () => {
  const [found] = connectionsIn('postgres://me:secret@db:5432/shop')
  assert.deepEqual([found?.host, found?.port, found?.text], ['db', 5432, 'postgres://db:5432'])
})

test('no path leads out of what is scanned', () => {
  assert.deepEqual(
    [within('a', '../b'), within('a', '../../b'), within('', '/etc')],
    ['b', undefined, undefined],
  )
})
