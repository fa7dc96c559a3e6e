/**
 * The file from which an Envoy takes the endpoints of one cluster, and sees whenever it is replaced:
 * written as a whole, moved into its place, and read back, so that what another daemon has written is
 * known. Backends that drain stay in it, marked.
 *
 * @source envoy/config/endpoint/v3/endpoint.proto
 */
import { existsSync, readFileSync } from 'node:fs'
import * as z from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import type { RoutedBackend } from '../../seams/data-plane.ts'
import { writeProxyFile } from '../backend/proxy-file.ts'

/** One file, for one cluster. */
export interface EndpointsFile {
  readonly cluster: string
  /** Its absolute path. */
  readonly path: string
}

const TYPE = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment'

/** The part of the metadata that is Rampart's; nothing of Envoy looks at it. */
const SPACE = 'rampart'

const WRITTEN = z.object({
  endpoint: z.object({
    address: z.object({
      socket_address: z.object({ address: z.string(), port_value: z.int() }),
    }),
  }),
  health_status: z.enum(['HEALTHY', 'DRAINING']),
  metadata: z.object({
    filter_metadata: z.object({ [SPACE]: z.object({ lease: z.string() }) }),
  }),
})

const FILE = z.object({
  resources: z.array(
    z.object({
      cluster_name: z.string(),
      endpoints: z.array(z.object({ lb_endpoints: z.array(z.unknown()) })).default([]),
    }),
  ),
})

/**
 * Replaces it in one step, unless it is so already.
 *
 * @returns whether it was another one
 * @throws data-plane-failed when it cannot be written
 */
export function writeEndpoints(file: EndpointsFile, backends: readonly RoutedBackend[]): boolean {
  const lb_endpoints = backends.map(({ id, address, port, state }) => ({
    endpoint: { address: { socket_address: { address, port_value: port } } },
    health_status: state === 'routed' ? 'HEALTHY' : 'DRAINING',
    metadata: { filter_metadata: { [SPACE]: { lease: id } } },
  }))
  const assignment = { '@type': TYPE, cluster_name: file.cluster, endpoints: [{ lb_endpoints }] }
  const text = `${JSON.stringify({ resources: [assignment] }, undefined, 2)}\n`
  try {
    if (existsSync(file.path) && readFileSync(file.path, 'utf8') === text) return false
    // Envoy only hears of files that are moved here.
    writeProxyFile(file.path, text)
    return true
  } catch (cause) {
    const hint = cause instanceof Error ? cause.message : String(cause)
    const operation = 'write endpoints'
    throw new Fault({ code: 'data-plane-failed', operation, subject: file.path, hint, cause })
  }
}

/** What Rampart has written there; nothing when there is no such file. */
export function readEndpoints(file: EndpointsFile): readonly RoutedBackend[] {
  const { data } = FILE.safeParse(readJson(file.path))
  const [assignment] = data?.resources ?? []
  return (assignment?.endpoints ?? [])
    .flatMap(({ lb_endpoints }) => lb_endpoints)
    .flatMap((one) => {
      const { data: written } = WRITTEN.safeParse(one)
      if (written === undefined) return []
      const { address, port_value: port } = written.endpoint.address.socket_address
      const state = written.health_status === 'HEALTHY' ? 'routed' : 'draining'
      return [{ id: written.metadata.filter_metadata[SPACE].lease, address, port, state } as const]
    })
}

/** Why it may not be overwritten; undefined when it may. */
export function objectionToFile({ cluster, path }: EndpointsFile): string | undefined {
  if (!existsSync(path)) return `there is no ${path}; begin it with {"resources": []}`
  const { data } = FILE.safeParse(readJson(path))
  if (data === undefined)
    return `${path} is no list of endpoints; name a file that is Rampart's alone`
  const other = data.resources.find((one) => one.cluster_name !== cluster)
  if (other === undefined) return undefined
  return `${path} has the endpoints of ${other.cluster_name}; name a file that is Rampart's alone`
}

function readJson(path: string): unknown {
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    // What is no JSON holds nothing of ours.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
