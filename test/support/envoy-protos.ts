/** Envoy's own definitions of its protocol, as they are published, for tests that speak it. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import {
  loadPackageDefinition,
  type MethodDefinition,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'

/** The part of proto-loader that is used. */
interface ProtoLoader {
  loadSync(files: readonly string[], options: object): Parameters<typeof loadPackageDefinition>[0]
}

// They come with a package for clients of gRPC, which also has what reads them.
const ofXds = createRequire(createRequire(import.meta.url).resolve('@grpc/grpc-js-xds'))
const DEPS = join(dirname(ofXds.resolve('@grpc/grpc-js-xds/package.json')), 'deps')
const FOLDERS = ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate']

// The second one is what is inside of `Any`, which the first does not name.
const FILES = ['envoy/service/endpoint/v3/eds.proto', 'envoy/config/endpoint/v3/endpoint.proto']

const definitions = (ofXds('@grpc/proto-loader') as ProtoLoader).loadSync(FILES, {
  keepCase: true,
  json: true,
  enums: String,
  longs: Number,
  includeDirs: FOLDERS.map((name) => join(DEPS, name)),
})

const SERVICE = 'envoy.service.endpoint.v3.EndpointDiscoveryService'

/** A client of the service, by its definition. */
export function edsClient(): ServiceClientConstructor {
  let found: unknown = loadPackageDefinition(definitions)
  for (const name of SERVICE.split('.')) found = (found as Record<string, unknown>)[name]
  return found as ServiceClientConstructor
}

/** A DiscoveryResponse in JSON, to bytes and back: what the definition does not know is gone. */
export function throughDefinition(response: object): object {
  const { FetchEndpoints } = definitions[SERVICE] as Record<
    string,
    MethodDefinition<object, object>
  >
  if (FetchEndpoints === undefined) throw new TypeError('the definition has no FetchEndpoints')
  return FetchEndpoints.responseDeserialize(FetchEndpoints.responseSerialize(response))
}
