/** Requests made from the API's own document: mostly as it describes them, now and then anything. */
import fc from 'fast-check'
import type { Json, JsonObject } from '../../src/core/units/json.ts'
import type { OpenApiDocument, Operation, Parameter } from '../../src/server/openapi/shape.ts'

/** One request. */
export interface MadeRequest {
  readonly operationId: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

type Schemas = Readonly<Record<string, JsonObject>>

/** Values that mean something to this server, so that not every request is refused at its door. */
export interface Known {
  readonly strings: readonly string[]
  readonly json: readonly Json[]
}

/** Requests of every operation but those that are left out. */
export function arbitraryRequest(
  document: OpenApiDocument,
  known: Known,
  leftOut: ReadonlySet<string>,
): fc.Arbitrary<MadeRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const maker = new Maker(document.components.schemas, known)
  return fc
    .constantFrom(...operations.filter(({ operation }) => !leftOut.has(operation.operationId)))
    .chain(({ path, method, operation }) => maker.request(path, method.toUpperCase(), operation))
}

class Maker {
  readonly #schemas: Schemas
  readonly #known: Known

  constructor(schemas: Schemas, known: Known) {
    this.#schemas = schemas
    this.#known = known
  }

  request(path: string, method: string, operation: Operation): fc.Arbitrary<MadeRequest> {
    const { operationId, parameters = [], requestBody } = operation
    const schema = requestBody?.content['application/json']?.schema
    const body =
      schema === undefined
        ? fc.constant(undefined)
        : fc.oneof(
            { weight: 6, arbitrary: this.#value(schema, 0).map((value) => JSON.stringify(value)) },
            { weight: 1, arbitrary: fc.json() },
            { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
          )
    return fc
      .record({
        parts: fc.tuple(...parameters.map((parameter) => this.#parameter(parameter))),
        body,
        key: fc.option(fc.constantFrom('k1', 'k2', 'k3'), { nil: undefined, freq: 4 }),
        match: fc.option(fc.string(), { nil: undefined, freq: 5 }),
      })
      .map(({ parts, body: text, key, match }) => {
        const filled = fill(path, parts)
        return {
          ...{ operationId, method, path: filled.url },
          headers: {
            ...filled.headers,
            ...(text === undefined ? {} : { 'content-type': 'application/json' }),
            ...(key === undefined ? {} : { 'idempotency-key': key }),
            ...(match === undefined ? {} : { 'if-match': asHeader(match) }),
          },
          ...(text === undefined ? {} : { body: text }),
        }
      })
  }

  #parameter(parameter: Parameter): fc.Arbitrary<readonly [Parameter, Json | undefined]> {
    const value = this.#value(parameter.schema, 0)
    const given = parameter.required === true ? value : fc.option(value, { nil: undefined })
    return given.map((made) => [parameter, made] as const)
  }

  #value(schema: JsonObject, depth: number): fc.Arbitrary<Json> {
    const junk = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>
    return fc.oneof(
      { weight: 30, arbitrary: this.#described(schema, depth) },
      { weight: 1, arbitrary: junk },
    )
  }

  #described(schema: JsonObject, depth: number): fc.Arbitrary<Json> {
    const reference = schema['$ref']
    if (typeof reference === 'string') {
      const name = reference.slice(reference.lastIndexOf('/') + 1)
      if (name.startsWith('Json')) return fc.constantFrom(...this.#known.json)
      return this.#described(this.#schemas[name] ?? {}, depth)
    }
    const either = (schema['anyOf'] ?? schema['oneOf']) as readonly JsonObject[] | undefined
    if (either !== undefined) return fc.oneof(...either.map((one) => this.#described(one, depth)))
    if (schema['const'] !== undefined) return fc.constant(schema['const'])
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as Json[]))
    return this.#typed(schema, depth)
  }

  #typed(schema: JsonObject, depth: number): fc.Arbitrary<Json> {
    switch (schema['type']) {
      case 'string':
        return fc.oneof(fc.constantFrom(...this.#known.strings), fc.string({ unit: 'binary' }))
      case 'integer':
      case 'number':
        return fc.oneof(fc.integer({ min: 0, max: 500 }), fc.maxSafeInteger(), fc.double())
      case 'boolean':
        return fc.boolean()
      case 'array':
        if (depth > 5) return fc.constant([])
        return fc.array(this.#value((schema['items'] ?? {}) as JsonObject, depth + 1), {
          maxLength: 4,
        })
      case 'object':
        return this.#object(schema, depth)
      default:
        return fc.constantFrom(...this.#known.json)
    }
  }

  #object(schema: JsonObject, depth: number): fc.Arbitrary<Json> {
    const properties = (schema['properties'] ?? {}) as Schemas
    const required = (schema['required'] ?? []) as readonly string[]
    const made = Object.entries(properties).map(
      ([name, property]) => [name, this.#value(property, depth + 1)] as const,
    )
    return fc.record(Object.fromEntries(made), {
      requiredKeys: [...required],
    }) as fc.Arbitrary<Json>
  }
}

function fill(
  path: string,
  parts: readonly (readonly [Parameter, Json | undefined])[],
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const query = new URLSearchParams()
  const headers: Record<string, string> = {}
  let filled = path
  for (const [{ name, in: place }, value] of parts) {
    if (value === undefined) continue
    const texts = [value].flat().map(asText)
    const [text = ''] = texts
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(text) || '%20')
    else if (place === 'header') headers[name] = asHeader(text)
    else for (const one of texts) query.append(name, one)
  }
  return { url: query.size === 0 ? filled : `${filled}?${query}`, headers }
}

function asText(value: Json): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed()
}

/** What may stand in a header at all. */
function asHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').trim()
}
