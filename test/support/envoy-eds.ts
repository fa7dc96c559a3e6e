/** Clusters of an Envoy that asks us for its endpoints, and the doors at which it asks. */
import type { Json } from '../../src/core/units/json.ts'
import { socketAddress } from './envoy.ts'

/** What the clusters are called that are the doors. */
const DOORS = { GRPC: 'rampart', REST: 'rampart-http' } as const

const PROTOCOLS = {
  GRPC: { http2_protocol_options: {} },
  REST: { http_protocol_options: {} },
} as const

/** Asks by gRPC, for the state of the world or what is different. */
export function edsByGrpc(api_type: 'GRPC' | 'DELTA_GRPC'): Json {
  const grpc_services = [{ envoy_grpc: { cluster_name: DOORS.GRPC } }]
  return { api_type, transport_api_version: 'V3', grpc_services }
}

/** Asks by HTTP, again and again. */
export function edsByHttp(): Json {
  const often = { refresh_delay: '0.1s', request_timeout: '1s' }
  const cluster_names = [DOORS.REST]
  return { api_type: 'REST', transport_api_version: 'V3', cluster_names, ...often }
}

/** A cluster. @param service what it asks for; its own name when not given */
export function edsCluster(name: string, api_config_source: Json, service?: string): Json {
  const eds_config = { resource_api_version: 'V3', api_config_source }
  const named = service === undefined ? {} : { service_name: service }
  return { name, type: 'EDS', eds_cluster_config: { eds_config, ...named } }
}

/** Where Envoy asks. */
export function edsDoor(way: keyof typeof DOORS, port: number): Json {
  const type = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'
  const explicit_http_config = PROTOCOLS[way]
  const options = { '@type': `type.googleapis.com/${type}`, explicit_http_config }
  const cluster_name = DOORS[way]
  return {
    name: cluster_name,
    type: 'STATIC',
    typed_extension_protocol_options: { [type]: options },
    load_assignment: {
      cluster_name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(port) } }] }],
    },
  }
}
