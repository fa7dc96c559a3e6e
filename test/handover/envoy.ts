/** A real Envoy in front of one cluster, configured as the guide says, in a scratch folder. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Json, JsonObject } from '../../src/core/units/json.ts'
import { blocksOf } from '../docs/markdown-blocks.ts'
import { listenerTo, type StartedEnvoy, startEnvoy } from '../support/envoy.ts'
import { freePort } from '../support/free-port.ts'
import type { Afterwards } from './support.ts'

const GUIDE = join(import.meta.dirname, '../../docs/guides/hand-over.md')

/** The file that the guide's cluster reads. */
const GUIDE_PATH = '/etc/envoy/rampart/api.json'

/** One that is started, with a cluster `api`. */
export interface EnvoyFront extends StartedEnvoy {
  readonly port: number
  /** The file from which the cluster takes its endpoints. */
  readonly path: string
}

/** What the guide wants written into Envoy's configuration. @param path of the file of endpoints */
export function guideCluster(path: string): JsonObject {
  const text = blocksOf(readFileSync(GUIDE, 'utf8')).find((block) =>
    block.text.includes(GUIDE_PATH),
  )
  const written = text?.text.replaceAll(GUIDE_PATH, path) ?? assert.fail('it is in there')
  const { static_resources } = parse(written)
  return static_resources.clusters[0]
}

/** Starts it, and ends it after the test. @param edit what a test writes otherwise */
export async function startEnvoyFront(
  context: Afterwards,
  folder: string,
  edit: (clusters: readonly Json[]) => readonly Json[] = (clusters) => clusters,
): Promise<EnvoyFront> {
  const place = join(folder, 'envoy')
  mkdirSync(place)
  chmodSync(folder, 0o755)
  const path = join(place, 'api.json')
  writeFileSync(path, '{"resources": []}')
  const [port, adminPort] = [await freePort(), await freePort()]
  const config = {
    adminPort,
    listeners: [listenerTo('api', port)],
    clusters: edit([guideCluster(path)]),
  }
  return { ...(await startEnvoy(context, folder, config)), port, path }
}
