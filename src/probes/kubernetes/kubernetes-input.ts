/** The input of the `kubernetes` probe, its templates resolved. */
import type { InputReader } from '../input/input-reader.ts'
import { knownPlace } from './kinds.ts'

/** Which object to look at, and what is expected of it. */
export interface KubernetesInput {
  /** Path of the kubeconfig; absent: as kubectl finds it. */
  readonly kubeconfig: string | undefined
  /** Name of a context in it; absent: its current one. */
  readonly context: string | undefined
  /** Absent: that of the context, or `default`. */
  readonly namespace: string | undefined
  readonly apiVersion: string | undefined
  readonly kind: string
  readonly name: string
  /** Whether there must be no such object any more. @default false */
  readonly isAbsent: boolean
  readonly endpoints: EndpointsInput | undefined
}

/** Who must be ready behind a Service. */
export interface EndpointsInput {
  readonly service: string
  /** How many at least; absent: as many as the object wants, or 1. */
  readonly least: number | undefined
}

const SHORT = /^([A-Z][A-Za-z0-9]*)\/([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)$/

/** Reads the input; what is wrong with it is kept by the reader. */
export function readKubernetesInput(reader: InputReader): KubernetesInput {
  const { kind, name } = readObject(reader)
  const apiVersion = reader.optionalText('apiVersion')
  if (apiVersion === undefined && knownPlace(kind, undefined) === undefined) {
    reader.refuse(`\`apiVersion\` must be given for ${kind}.`)
  }
  const isAbsent = reader.flag('absent', false)
  const endpoints = readEndpoints(reader, kind, name)
  if (isAbsent && endpoints !== undefined) {
    reader.refuse('`endpoints` cannot be expected of an object that must be absent.')
  }
  return {
    kubeconfig: reader.optionalText('kubeconfig'),
    context: reader.optionalText('context'),
    namespace: reader.optionalText('namespace'),
    apiVersion,
    kind,
    name,
    isAbsent,
    endpoints,
  }
}

function readObject(reader: InputReader): { readonly kind: string; readonly name: string } {
  const written = reader.text('object')
  const [, kind, name] = SHORT.exec(written) ?? []
  if (kind !== undefined && name !== undefined) return { kind, name }
  reader.refuse(`\`object\` must be like Deployment/api, and is ${written.slice(0, 80)}.`)
  return { kind: 'Pod', name: 'none' }
}

function readEndpoints(
  reader: InputReader,
  kind: string,
  name: string,
): EndpointsInput | undefined {
  const endpoints = reader.object('endpoints')
  if (endpoints === undefined) return undefined
  const service = endpoints.optionalText('service') ?? (kind === 'Service' ? name : undefined)
  const least = endpoints.has('least') ? endpoints.whole('least', undefined) : undefined
  if (endpoints.mistake !== undefined) reader.refuse(`endpoints: ${endpoints.mistake}`)
  if (service === undefined) reader.refuse('`endpoints.service` must name the Service.')
  return { service: service ?? '', least }
}
