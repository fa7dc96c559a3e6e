/** `/v1/replicas`: the processes that serve from one database. */
import { z } from 'zod'
import { pageOf } from '../../core/units/page-of.ts'
import type { App } from '../app.ts'
import type { ServerParts } from '../parts.ts'
import { NEXT, PAGE_OF } from '../schemas/paging.ts'
import { COUNT, INSTANT, listOf, named } from '../schemas/promised.ts'
import type { ReplicaView } from '../wire/agents.ts'

const REPLICA_VIEW: z.ZodType<ReplicaView> = named(
  'Replica',
  z.object({
    name: z.string(),
    version: z.string(),
    startedAtMs: INSTANT,
    lastSeenAtMs: INSTANT,
    leases: COUNT.describe('How many subjects it owns.'),
  }),
)

const REPLICA_LIST: z.ZodType<{
  readonly replicas: readonly ReplicaView[]
  readonly next?: string
}> = named('ReplicaList', z.object({ replicas: listOf(REPLICA_VIEW), next: NEXT }))

/** Adds the routes. */
export function addReplicaRoutes(app: App, { replicas }: ServerParts): void {
  app.get(
    '/v1/replicas',
    {
      schema: {
        operationId: 'listReplicas',
        summary: 'List the processes that serve from one database; none where one serves alone',
        tags: ['agents'],
        querystring: PAGE_OF,
        response: { 200: REPLICA_LIST },
      },
      config: { permission: 'agents.read' },
    },
    async ({ query }) => {
      const known = replicas === undefined ? [] : await replicas.list()
      const { items, ...next } = pageOf(known, ({ name }) => name, query)
      return { replicas: items, ...next }
    },
  )
}
