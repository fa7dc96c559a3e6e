/** `/v1/replicas`: the processes that serve from one database. */
import { z } from 'zod'
import type { App } from '../app.ts'
import type { ServerParts } from '../parts.ts'
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

const REPLICA_LIST: z.ZodType<{ readonly replicas: readonly ReplicaView[] }> = named(
  'ReplicaList',
  z.object({ replicas: listOf(REPLICA_VIEW) }),
)

/** Adds the routes. */
export function addReplicaRoutes(app: App, { replicas }: ServerParts): void {
  app.get(
    '/v1/replicas',
    {
      schema: {
        operationId: 'listReplicas',
        summary: 'List the processes that serve from one database; none where one serves alone',
        tags: ['agents'],
        response: { 200: REPLICA_LIST },
      },
      config: { permission: 'agents.read' },
    },
    async () => ({ replicas: replicas === undefined ? [] : await replicas.list() }),
  )
}
