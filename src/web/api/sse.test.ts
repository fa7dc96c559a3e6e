import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { EventAssembler } from './sse.ts'

const STREAM = [
  'event: entry\nid: 7\ndata: {"a":1}\n\n',
  ': still here\n\n',
  'data: one\ndata: two\n\n',
  'event: end\ndata: {}\n\n',
].join('')

const EVENTS = [
  { event: 'entry', id: '7', data: '{"a":1}' },
  { event: 'message', data: 'one\ntwo' },
  { event: 'end', data: '{}' },
]

test('puts events together wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
      const assembler = new EventAssembler()
      const places = [0, ...cuts.toSorted((one, other) => one - other), STREAM.length]
      const found = places.flatMap((place, index) =>
        assembler.take(STREAM.slice(place, places[index + 1] ?? place)),
      )
      assert.deepEqual(found, EVENTS)
    }),
  )
})

test('gives nothing before its empty line has come', () => {
  const assembler = new EventAssembler()
  assert.deepEqual(assembler.take('event: entry\ndata: 1\n'), [])
  assert.deepEqual(assembler.take('\n'), [{ event: 'entry', data: '1' }])
})
