/** The members of an OpenAPI 3.1 document that this house reads or writes. */
import type { Json, JsonObject } from '../../core/units/json.ts'

/** One operation: a method of one path. */
export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> }
  readonly responses: Readonly<Record<string, OperationResponse>>
  readonly security?: readonly JsonObject[]
  /** What whoever calls it must be allowed to do. */
  readonly 'x-permission': string
}

/** A part of the path, the query or the headers. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: JsonObject
}

/** What is sent or given in one media type. */
export interface MediaType {
  readonly schema?: JsonObject
}

/** One answer. */
export interface OperationResponse {
  readonly description: string
  readonly content?: Readonly<Record<string, MediaType>>
}

/** A document. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  /** Operations by path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonObject>>
    readonly [members: string]: Json | Readonly<Record<string, JsonObject>>
  }
}
