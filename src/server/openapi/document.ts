/**
 * The API's own description, OpenAPI 3.1, made from the routes themselves. It is made on an app of its
 * own that never listens, so that a server that nobody asks for it does not pay for it.
 */
import { fastifySwagger } from '@fastify/swagger'
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type App, openApp } from '../app.ts'
import { PROBLEM_TYPE } from '../problem.ts'
import { PROBLEM } from '../schemas/problem.ts'
import type { OpenApiDocument } from './shape.ts'
import { tidyComponents } from './tidy-components.ts'

const ABOUT = `Environments, limits, rollouts, ports and services move only on proof.

Whatever is refused is told as \`application/problem+json\` with one of the codes of docs/errors.md.
Answers may have more members than are described here; leave alone what you do not know.`

type Options = Extract<Parameters<typeof fastifySwagger>[1], { readonly mode?: 'dynamic' }>
type Transform = NonNullable<Options['transform']>

const ZOD = { override: leaveOpen }

/** The document of an API that consists of the routes that `add` adds. */
export async function openApiDocument(
  add: (app: App) => void,
  version: string,
): Promise<OpenApiDocument> {
  const app = openApp()
  const options: Options = {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Rampart', version, description: ABOUT },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    convertConstToEnum: false,
    transform,
    transformObject: createJsonSchemaTransformObject({ zodToJsonConfig: ZOD }),
  }
  await app.register(fastifySwagger, options)
  add(app)
  await app.ready()
  try {
    return tidyComponents(withEtags(app.swagger() as unknown as OpenApiDocument))
  } finally {
    await app.close()
  }
}

const transformShapes = createJsonSchemaTransform({ zodToJsonConfig: ZOD })

/** One route: its shapes, what it asks of whoever calls it, and that it may refuse. */
const transform: Transform = (documented) => {
  const { schema, route } = documented
  const { permission, ifMatch, etag } = route.config ?? {}
  const content = { [PROBLEM_TYPE]: { schema: PROBLEM } }
  const stale = { description: 'It is not as If-Match says. Nothing was done.', content }
  const response = {
    ...(schema?.response as object | undefined),
    ...(ifMatch === true ? { 412: stale } : {}),
    default: { description: 'It was refused, or failed.', content },
  }
  const described = {
    ...schema,
    ...(ifMatch === true ? { headers: IF_MATCH } : {}),
    response,
    'x-permission': permission,
    ...(etag === true ? { [HAS_ETAG]: true } : {}),
    ...(permission === 'open' ? { security: [] } : {}),
  }
  return transformShapes({ ...documented, schema: described })
}

/** Marks operations whose answer carries an ETag, until the document is made. */
const HAS_ETAG = 'x-etag'

const IF_MATCH = z.object({
  'if-match': z
    .string()
    .optional()
    .describe('The ETag of what is to be changed, as it was seen; `*`: it must be there.'),
})

const ETAG_HEADER = {
  schema: { type: 'string' },
  description: 'For `If-Match`: what was seen of it.',
}

/** The document with the header where operations give it. */
function withEtags(document: OpenApiDocument): OpenApiDocument {
  const paths = Object.entries(document.paths).map(([path, methods]) => {
    const operations = Object.entries(methods).map(([method, operation]) => [
      method,
      withEtag(operation as unknown as MarkedOperation),
    ])
    return [path, Object.fromEntries(operations)]
  })
  return { ...document, paths: Object.fromEntries(paths) }
}

interface MarkedOperation {
  readonly responses: Readonly<Record<string, object>>
  readonly [HAS_ETAG]?: boolean
}

function withEtag({ [HAS_ETAG]: isMarked, ...operation }: MarkedOperation): object {
  if (isMarked !== true) return operation
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    status,
    status.startsWith('2') ? { ...response, headers: { etag: ETAG_HEADER } } : response,
  ])
  return { ...operation, responses: Object.fromEntries(responses) }
}

/** The members of a shape that is being described. */
interface Described {
  additionalProperties?: unknown
  propertyNames?: unknown
  minimum?: number
  maximum?: number
}

/**
 * Answers grow within a major version, so nobody may be told that there is nothing else in them. What
 * every reader of JSON knows anyway is left out: names are strings, integers are safe.
 */
function leaveOpen(made: { readonly zodSchema: unknown; readonly jsonSchema: object }): void {
  const shape = made.jsonSchema as Described
  const { additionalProperties: rest } = shape
  const isOpen = typeof rest === 'object' && rest !== null && Object.keys(rest).length === 0
  if (isOpen || (rest === false && !isStrict(made.zodSchema))) delete shape.additionalProperties
  delete shape.propertyNames
  if (shape.maximum === Number.MAX_SAFE_INTEGER) delete shape.maximum
  if (shape.minimum === Number.MIN_SAFE_INTEGER) delete shape.minimum
}

/** What is sent is strict: a member that nobody knows is a mistake of whoever sent it. */
function isStrict(shape: unknown): boolean {
  const { def } = (shape as { _zod: { def: { catchall?: { _zod: { def: { type: string } } } } } })
    ._zod
  return def.catchall?._zod.def.type === 'never'
}
