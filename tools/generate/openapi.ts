/** The API's document, as a server of this version gives it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../src/core/units/json.ts'
import { openApi } from '../../src/server/api.ts'
import { openApp } from '../../src/server/app.ts'
import { openApiDocument } from '../../src/server/openapi/document.ts'
import type { OpenApiDocument } from '../../src/server/openapi/shape.ts'
import { addRoutes } from '../../src/server/routes.ts'
import { makeServerParts } from '../../test/support/server-parts.ts'
import { printFormattedJson } from '../formatted-json.ts'

/** The document, for reading. */
export async function openApiOf(repository: string): Promise<OpenApiDocument> {
  const { parts } = makeServerParts()
  const api = openApi(openApp(), parts)
  const text = readFileSync(join(repository, 'package.json'), 'utf8')
  const { version } = JSON.parse(text) as { readonly version: string }
  try {
    return await openApiDocument((app) => addRoutes(app, api), version)
  } finally {
    await api.close()
  }
}

/** The document, as docs/openapi.json keeps it. */
export function printOpenApi(document: OpenApiDocument): string {
  return printFormattedJson(JSON.parse(JSON.stringify(document)) as Json)
}
