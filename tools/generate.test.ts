import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Json } from '../src/core/units/json.ts'
import { printFormattedJson } from './formatted-json.ts'
import { generateFiles, staleFiles } from './generate.ts'

test('what is generated is what is kept', async () => {
  const stale = await staleFiles(join(import.meta.dirname, '..'))
  assert.deepEqual(stale, [], 'run: node tools/generate.ts')
})

test('every key of a schema is described', async () => {
  const files = await generateFiles()
  const schemas = files.filter(({ path }) => path.startsWith('docs/schema/'))
  assert.notEqual(schemas.length, 0)
  for (const { path, text } of schemas) {
    for (const key of keysWithoutDescription(JSON.parse(text), '')) {
      assert.fail(`${path}: ${key} has no description`)
    }
  }
})

/** Keys of components and conditions that a person would look up; probes' inputs are their own. */
function keysWithoutDescription(schema: unknown, at: string): readonly string[] {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return []
  const properties = schema.properties as Readonly<Record<string, object>>
  const isSpec = at === ''
  return Object.entries(properties).flatMap(([key, property]) => {
    const path = at === '' ? key : `${at}.${key}`
    const own = 'description' in property || isSpec ? [] : [path]
    if (key === 'spec' || key === 'metadata') return keysWithoutDescription(property, path)
    if (!('additionalProperties' in property)) return own
    return [...own, ...keysWithoutDescription(property.additionalProperties, path)]
  })
}

test('formatted JSON is the same JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.parse(JSON.stringify(value)) as Json
      assert.deepEqual(JSON.parse(printFormattedJson(json)), json)
    }),
  )
})
