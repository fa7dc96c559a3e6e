/**
 * The messages of Envoy's endpoint discovery as bytes. Only the fields that are needed are read; all
 * others are skipped, as protocol buffers want it.
 *
 * @source envoy/service/discovery/v3/discovery.proto, envoy/config/endpoint/v3/endpoint.proto
 */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { ASSIGNMENT_TYPE, type ClusterAssignment } from './cluster-assignment.ts'

/** A DiscoveryRequest: all that the client wants from now on. */
export interface StateRequest {
  readonly names: readonly string[]
  readonly type: string
  readonly nonce: string
}

/** A DeltaDiscoveryRequest: what the client wants more, and no longer. */
export interface DeltaRequest {
  readonly subscribe: readonly string[]
  readonly unsubscribe: readonly string[]
  /** What it has from an earlier stream: versions by name. */
  readonly has: ReadonlyMap<string, string>
  readonly type: string
  readonly nonce: string
}

/** What every response has. */
export interface ResponseHead {
  readonly version: string
  readonly nonce: string
}

/** @throws Error when these bytes are no such message */
export function parseStateRequest(bytes: Uint8Array): StateRequest {
  const fields = readFields(bytes)
  return { names: textsOf(fields, 3), type: textOf(fields, 4), nonce: textOf(fields, 5) }
}

/** @throws Error when these bytes are no such message */
export function parseDeltaRequest(bytes: Uint8Array): DeltaRequest {
  const fields = readFields(bytes)
  const has = (fields.get(5) ?? []).map((entry): [string, string] => {
    const pair = readFields(entry)
    return [textOf(pair, 1), textOf(pair, 2)]
  })
  return {
    subscribe: textsOf(fields, 3),
    unsubscribe: textsOf(fields, 4),
    has: new Map(has),
    type: textOf(fields, 2),
    nonce: textOf(fields, 6),
  }
}

/** A DiscoveryResponse with all of it. */
export function printState(all: readonly ClusterAssignment[], head: ResponseHead): Uint8Array {
  const writer = new BinaryWriter()
  text(writer, 1, head.version)
  for (const one of all) inside(writer, 2, (any) => writeAny(any, one))
  text(writer, 4, ASSIGNMENT_TYPE)
  text(writer, 5, head.nonce)
  return writer.finish()
}

/** A DeltaDiscoveryResponse with what has changed. */
export function printDelta(changed: readonly ClusterAssignment[], head: ResponseHead): Uint8Array {
  const writer = new BinaryWriter()
  text(writer, 1, head.version)
  for (const one of changed) {
    inside(writer, 2, (resource) => {
      text(resource, 1, one.version)
      inside(resource, 2, (any) => writeAny(any, one))
      text(resource, 3, one.clusterName)
    })
  }
  text(writer, 4, ASSIGNMENT_TYPE)
  text(writer, 5, head.nonce)
  return writer.finish()
}

function writeAny(writer: BinaryWriter, one: ClusterAssignment): void {
  text(writer, 1, ASSIGNMENT_TYPE)
  inside(writer, 2, (assignment) => writeAssignment(assignment, one))
}

function writeAssignment(writer: BinaryWriter, { clusterName, hosts }: ClusterAssignment): void {
  text(writer, 1, clusterName)
  if (hosts.length === 0) return
  inside(writer, 2, (locality) => {
    for (const host of hosts) {
      // LbEndpoint, Endpoint, Address, SocketAddress: each has the next in its first field.
      inside(locality, 2, (one) =>
        inside(one, 1, (endpoint) =>
          inside(endpoint, 1, (address) =>
            inside(address, 1, (socket) => writeSocketAddress(socket, host)),
          ),
        ),
      )
    }
  })
}

function writeSocketAddress(writer: BinaryWriter, host: ClusterAssignment['hosts'][number]): void {
  if (host.protocol === 'udp') writer.tag(1, WireType.Varint).int32(1)
  text(writer, 2, host.address)
  writer.tag(3, WireType.Varint).uint32(host.number)
}

function text(writer: BinaryWriter, field: number, value: string): void {
  if (value !== '') writer.tag(field, WireType.LengthDelimited).string(value)
}

function inside(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  write(writer)
  writer.join()
}

type Fields = ReadonlyMap<number, readonly Uint8Array[]>

/** Texts and messages, by the number of their field. */
function readFields(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes)
  const fields = new Map<number, Uint8Array[]>()
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (wireType !== WireType.LengthDelimited) {
      reader.skip(wireType, field)
      continue
    }
    const values = fields.get(field)
    if (values === undefined) fields.set(field, [reader.bytes()])
    else values.push(reader.bytes())
  }
  return fields
}

function textsOf(fields: Fields, field: number): readonly string[] {
  return (fields.get(field) ?? []).map((bytes) => Buffer.from(bytes).toString())
}

/** Of a field that is there several times the last one counts. */
function textOf(fields: Fields, field: number): string {
  return textsOf(fields, field).at(-1) ?? ''
}
