import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OpenApiDocument } from './shape.ts'
import { tidyComponents } from './tidy-components.ts'

test('keeps what something refers to, by its own name where it is needed once', () => {
  const refer = (name: string): object => ({ $ref: `#/components/schemas/${name}` })
  const document = {
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    paths: { '/a': { get: { sent: refer('AInput'), given: refer('B') } } },
    components: {
      schemas: {
        A: { type: 'object' },
        AInput: { properties: { b: refer('BInput') } },
        B: { type: 'string' },
        BInput: { type: 'string' },
        C: {},
      },
    },
  } as unknown as OpenApiDocument
  const { components, paths } = tidyComponents(document)
  assert.deepEqual(components.schemas, {
    A: { properties: { b: refer('B') } },
    B: { type: 'string' },
  })
  assert.deepEqual(paths['/a']?.['get'], { sent: refer('A'), given: refer('B') })
})
