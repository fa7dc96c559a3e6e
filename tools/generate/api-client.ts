/**
 * The types of the API as its own document tells them, for clients: every named shape, and every
 * operation with what it takes and gives.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JsonObject } from '../../src/core/units/json.ts'
import type { OpenApiDocument, Operation, Parameter } from '../../src/server/openapi/shape.ts'

const BIOME = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url))

/** The type of a digest. */
const DIGEST = ['`sha256:$', '{string}`'].join('')

const HEAD = `/**
 * Made from docs/openapi.json by tools/generate.ts, and never edited: the shapes of the API, and its
 * operations with what they take and give.
 */
`

/** The file, as the formatter of the repository has it. */
export function apiClient(document: OpenApiDocument): string {
  const args = ['format', '--stdin-file-path=src/server/client/generated.ts']
  return execFileSync(BIOME, args, { input: printTypes(document), encoding: 'utf8' })
}

function printTypes(document: OpenApiDocument): string {
  const shapes = Object.entries(document.components.schemas).map(([name, schema]) => {
    const about = doc(schema['description'] ?? `The shape \`${name}\` of the API.`)
    return `${about}export type ${name} = ${typeOf(schema)}\n`
  })
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    .filter(({ operation }) => operation.operationId !== undefined)
    .sort((one, other) => (one.operation.operationId < other.operation.operationId ? -1 : 1))
  const types = operations.map(({ operation }) => operationType(operation))
  const places = operations.map(({ path, method, operation }) => {
    const place = `{ method: '${method.toUpperCase()}', path: '${path}' }`
    return `  ${operation.operationId}: ${place},`
  })
  return [
    HEAD,
    ...shapes,
    '/** Every operation: what its path, its query and its body are, and what it gives. */',
    'export interface Operations {',
    ...types,
    '}\n',
    '/** Where an operation is. */',
    'export interface OperationPlace {',
    "  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'",
    '  readonly path: string',
    '}\n',
    '/** Where every operation is. */',
    'export const OPERATIONS: Readonly<Record<keyof Operations, OperationPlace>> = {',
    ...places,
    '}\n',
  ].join('\n')
}

function operationType({
  operationId,
  summary,
  parameters = [],
  requestBody,
  responses,
}: Operation): string {
  const body = requestBody?.content['application/json']?.schema
  const success = Object.entries(responses).find(([status]) => /^2\d\d$/.test(status))?.[1]
  const isConditional = parameters.some(({ name }) => name === 'if-match')
  const reply = success?.content?.['application/json']?.schema
  return [
    `  /** ${summary} */`,
    `  readonly ${operationId}: {`,
    `    readonly path: ${parametersType(parameters.filter((one) => one.in === 'path'))}`,
    `    readonly query: ${parametersType(parameters.filter((one) => one.in === 'query'))}`,
    `    readonly body: ${body === undefined ? 'undefined' : typeOf(body)}`,
    ...(isConditional ? ['    readonly ifMatch: true'] : []),
    `    readonly reply: ${reply === undefined ? 'undefined' : typeOf(reply)}`,
    '  }',
  ].join('\n')
}

function parametersType(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return 'object'
  const members = parameters.map(({ name, required, schema }) => {
    const mark = required === true ? '' : '?'
    return `readonly ${name}${mark}: ${typeOf(schema)}${mark === '' ? '' : ' | undefined'}`
  })
  return `{ ${members.join('; ')} }`
}

/** A shape as a type. What the document leaves open stays open. */
function typeOf(schema: JsonObject): string {
  const reference = schema['$ref']
  if (typeof reference === 'string') return reference.slice(reference.lastIndexOf('/') + 1)
  const either = (schema['anyOf'] ?? schema['oneOf']) as readonly JsonObject[] | undefined
  if (either !== undefined) return either.map((one) => `(${typeOf(one)})`).join(' | ')
  const all = schema['allOf'] as readonly JsonObject[] | undefined
  if (all !== undefined) return all.map((one) => `(${typeOf(one)})`).join(' & ')
  if (schema['const'] !== undefined) return literal(schema['const'])
  const choices = schema['enum']
  if (Array.isArray(choices)) return choices.map(literal).join(' | ')
  return plainType(schema)
}

function plainType(schema: JsonObject): string {
  switch (schema['type']) {
    case 'string':
      return String(schema['pattern']).startsWith('^sha256:') ? DIGEST : 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return `readonly (${typeOf((schema['items'] ?? {}) as JsonObject)})[]`
    case 'object':
      return objectType(schema)
    default:
      return 'unknown'
  }
}

function objectType(schema: JsonObject): string {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonObject>)
  const required = (schema['required'] ?? []) as readonly string[]
  const rest = schema['additionalProperties']
  const members = properties.map(([name, property]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`
    const about = property['description']
    const isNeeded = required.includes(name)
    const line = `readonly ${key}${isNeeded ? '' : '?'}: ${typeOf(property)}`
    return typeof about === 'string' ? `${doc(about)}${line}` : line
  })
  if (typeof rest === 'object' && rest !== null) {
    members.push(`readonly [member: string]: ${typeOf(rest as JsonObject)}`)
  }
  return members.length === 0 ? 'object' : `{\n${members.join('\n')}\n}`
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value)
}

function doc(text: unknown): string {
  return `/** ${String(text).replaceAll('*/', '* /').replaceAll('\n', ' ')} */\n`
}
