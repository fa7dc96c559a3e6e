/** The hosts of a cluster by Envoy's own word, with what each one is doing. */
import * as z from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import { askEnvoy } from './admin-door.ts'

/** One endpoint, as Envoy has it. */
export interface EnvoyHost {
  readonly address: string
  readonly port: number
  /** What Envoy was told of it. */
  readonly state: 'routed' | 'draining' | 'unknown'
  /** Whether Envoy's own health checks, and its counts of errors, have nothing against it. */
  readonly isFit: boolean
  /** How many requests (connections, where it cannot look into them) are under way there. */
  readonly inFlight: number
}

/** Gauges are texts in the JSON of protocol buffers, and are left out when they are zero. */
const STAT = z.object({ name: z.string(), value: z.coerce.number().default(0) })

const HOST = z.object({
  address: z.object({
    socket_address: z.object({ address: z.string(), port_value: z.int() }).optional(),
  }),
  stats: z.array(STAT).default([]),
  health_status: z.looseObject({ eds_health_status: z.string().default('UNKNOWN') }),
})

const CLUSTERS = z.object({
  cluster_statuses: z
    .array(z.object({ name: z.string(), host_statuses: z.array(HOST).default([]) }))
    .default([]),
})

/** @throws data-plane-failed when Envoy does not answer, or has no such cluster */
export async function readHosts(admin: string, cluster: string): Promise<readonly EnvoyHost[]> {
  const { data, error } = CLUSTERS.safeParse(await askEnvoy(admin, '/clusters?format=json'))
  const found = data?.cluster_statuses.find(({ name }) => name === cluster)
  if (found === undefined) {
    const why = error?.issues[0]?.message ?? 'it has no such cluster'
    const hint = `Envoy cannot tell who is in its cluster ${cluster}: ${why}.`
    const operation = 'look at a cluster'
    throw new Fault({ code: 'data-plane-failed', operation, subject: admin, hint })
  }
  return found.host_statuses.flatMap(({ address: { socket_address: at }, ...host }) => {
    if (at === undefined) return []
    const { eds_health_status: told, ...flags } = host.health_status
    const isFit = !Object.values(flags).includes(true)
    const inFlight = host.stats.find(({ name }) => name === 'rq_active')?.value ?? 0
    const state = STATES.get(told) ?? 'unknown'
    return [{ address: at.address, port: at.port_value, state, isFit, inFlight }]
  })
}

const STATES: ReadonlyMap<string, EnvoyHost['state']> = new Map([
  ['HEALTHY', 'routed'],
  ['DRAINING', 'draining'],
])
