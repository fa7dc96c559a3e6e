/**
 * Whether a cluster of Envoy is configured so that hand-overs by it lose nothing. What Envoy does by
 * default is made for many hosts of which each may fail, and not for the two of a hand-over.
 *
 * @source envoy/config/cluster/v3/cluster.proto
 */
import * as z from 'zod'
import { askEnvoy } from './admin-door.ts'
import type { EndpointsFile } from './endpoints-file.ts'

const CLUSTER = z.object({
  name: z.string(),
  type: z.string().optional(),
  eds_cluster_config: z
    .object({
      eds_config: z
        .object({
          path: z.string().optional(),
          path_config_source: z.object({ path: z.string() }).optional(),
        })
        .optional(),
      service_name: z.string().optional(),
    })
    .optional(),
  common_lb_config: z
    .object({
      healthy_panic_threshold: z.object({ value: z.number().default(0) }).optional(),
      update_merge_window: z.string().optional(),
    })
    .default({}),
  health_checks: z.array(z.unknown()).default([]),
  ignore_health_on_host_removal: z.boolean().default(false),
  close_connections_on_host_health_failure: z.boolean().default(false),
})

type Cluster = z.infer<typeof CLUSTER>

const DUMP = z.object({
  configs: z.array(z.object({ cluster: z.looseObject({ name: z.string() }) })).default([]),
})

const SOURCES = ['static_clusters', 'dynamic_active_clusters']

/**
 * What to write otherwise into Envoy's configuration; undefined when nothing.
 *
 * @throws data-plane-failed when Envoy does not answer
 */
export async function objectionToCluster(
  admin: string,
  file: EndpointsFile,
): Promise<string | undefined> {
  for (const source of SOURCES) {
    const { data } = DUMP.safeParse(await askEnvoy(admin, `/config_dump?resource=${source}`))
    const found = data?.configs.find(({ cluster }) => cluster.name === file.cluster)
    if (found === undefined) continue
    const cluster = CLUSTER.safeParse(found.cluster)
    if (cluster.data === undefined) return `its cluster ${file.cluster} is not understood`
    return objectionTo(cluster.data, file)
  }
  return `it has no cluster ${file.cluster}`
}

function objectionTo(cluster: Cluster, { path }: EndpointsFile): string | undefined {
  const { eds_config, service_name = '' } = cluster.eds_cluster_config ?? {}
  const read = eds_config?.path_config_source?.path ?? eds_config?.path
  if (cluster.type !== 'EDS' || read !== path) {
    const from = read === undefined ? 'from no file' : `from ${read}`
    const wanted = `type: EDS with path_config_source: { path: ${path} }`
    return `its cluster ${cluster.name} takes its endpoints ${from}; write \`${wanted}\``
  }
  if (service_name !== '' && service_name !== cluster.name) {
    return `its cluster ${cluster.name} has a service_name; leave that out`
  }
  const wrong = RULES.find(({ isKept }) => !isKept(cluster))
  return wrong && `${wrong.why}; write \`${wrong.write}\` at its cluster ${cluster.name}`
}

interface Rule {
  readonly write: string
  readonly why: string
  readonly isKept: (cluster: Cluster) => boolean
}

const RULES: readonly Rule[] = [
  {
    write: 'common_lb_config: { healthy_panic_threshold: { value: 0 } }',
    why: 'where too few hosts are healthy it sends requests to those that drain, too',
    isKept: ({ common_lb_config: { healthy_panic_threshold: panic } }) => panic?.value === 0,
  },
  {
    write: 'common_lb_config: { update_merge_window: 0s }',
    why: 'older versions gather changes for a second, in which what drains would get new requests',
    isKept: ({ common_lb_config: { update_merge_window: window } }) => window === '0s',
  },
  {
    write: 'close_connections_on_host_health_failure: false',
    why: 'it cuts off what is under way at a host that drains',
    isKept: (cluster) => !cluster.close_connections_on_host_health_failure,
  },
  {
    write: 'ignore_health_on_host_removal: true',
    why: 'it keeps hosts that are removed for as long as its health checks find them well',
    isKept: (cluster) =>
      cluster.health_checks.length === 0 || cluster.ignore_health_on_host_removal,
  },
]
