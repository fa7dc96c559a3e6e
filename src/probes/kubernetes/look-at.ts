/** What one asking reads: where the kind is kept, the object, and who is behind its Service. */
import type { ClusterSession, Reading } from './cluster-session.ts'
import {
  type KindPlace,
  knownPlace,
  objectPath,
  placeFrom,
  slicesPath,
  versionPath,
} from './kinds.ts'
import type { KubernetesInput } from './kubernetes-input.ts'

/** What was read. */
export interface Seen {
  /** Absent when the cluster does not know the kind. */
  readonly object?: Reading
  /** Of EndpointSlices, when they were asked for. */
  readonly slices?: Reading
}

/** Reads all of it; never rejects. */
export async function lookAt(
  session: ClusterSession,
  input: KubernetesInput,
  namespace: string,
  signal: AbortSignal,
): Promise<Seen> {
  const { endpoints } = input
  const [object, slices] = await Promise.all([
    readObject(session, input, namespace, signal),
    endpoints === undefined
      ? undefined
      : session.read(slicesPath(namespace, endpoints.service), signal),
  ])
  return {
    ...(object === undefined ? {} : { object }),
    ...(slices === undefined ? {} : { slices }),
  }
}

/**
 * Where the kind is kept; a reading when the cluster could not be asked, undefined when it has no
 * such kind.
 */
export async function findPlace(
  session: ClusterSession,
  { kind, apiVersion }: KubernetesInput,
  signal: AbortSignal,
): Promise<KindPlace | Reading | undefined> {
  const known = knownPlace(kind, apiVersion)
  if (known !== undefined || apiVersion === undefined) return known
  const resources = await session.read(versionPath(apiVersion), signal)
  if ('failure' in resources) return resources
  if (resources.status === 404) return undefined
  return resources.status === 200 ? placeFrom(resources.document, kind, apiVersion) : resources
}

async function readObject(
  session: ClusterSession,
  input: KubernetesInput,
  namespace: string,
  signal: AbortSignal,
): Promise<Reading | undefined> {
  const place = await findPlace(session, input, signal)
  if (place === undefined || !('plural' in place)) return place
  return await session.read(objectPath(place, namespace, input.name), signal)
}
