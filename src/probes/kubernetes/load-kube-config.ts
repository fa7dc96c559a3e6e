/**
 * Finds and reads the kubeconfig as kubectl does: the file that is named, else those of `KUBECONFIG`,
 * else `~/.kube/config`, else what a Pod is given. The client library is only loaded by then.
 */
import { existsSync, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'

/** Where to look. */
export interface KubeConfigPlace {
  /** Absolute; absent: as kubectl finds it. */
  readonly path: string | undefined
  readonly context: string | undefined
  /** `KUBECONFIG` and `HOME` are looked at. */
  readonly settings: Readonly<Record<string, string>>
  /** What relative paths of `KUBECONFIG` are counted from. */
  readonly folder: string
}

/** A kubeconfig with a context that leads to a cluster, or why there is none. */
export type LoadedKubeConfig =
  | { readonly config: KubeConfig; readonly server: URL; readonly namespace: string }
  | { readonly reason: 'kubeconfig-unreadable' | 'unknown-context'; readonly why: string }

const POD_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** The most kubeconfigs that are kept. */
const KEPT_MAX = 32

/**
 * Loads kubeconfigs, and keeps each for as long as its files stay as they are: the client keeps in it
 * what a plug-in has said, and a plug-in may take seconds.
 */
export class KubeConfigs {
  readonly #kept = new Map<string, LoadedKubeConfig>()

  /** Never throws for what stands in the files. */
  async load(place: KubeConfigPlace): Promise<LoadedKubeConfig> {
    const files = findFiles(place)
    const key = JSON.stringify([place.context, files.map((file) => [file, stampOf(file)])])
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const loaded = await loadFiles(files, place.context)
    if ('reason' in loaded) return loaded
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear()
    this.#kept.set(key, loaded)
    return loaded
  }
}

async function loadFiles(
  files: readonly string[],
  context: string | undefined,
): Promise<LoadedKubeConfig> {
  if (files.length === 0 && !existsSync(POD_TOKEN)) {
    return unreadable('there is no ~/.kube/config, and KUBECONFIG names none')
  }
  const client = await import('@kubernetes/client-node')
  const config = new client.KubeConfig()
  try {
    if (files.length === 0) config.loadFromCluster()
    for (const [index, file] of files.entries()) {
      const part = index === 0 ? config : new client.KubeConfig()
      part.loadFromFile(file)
      if (part !== config) merge(config, part)
    }
  } catch (thrown) {
    return unreadable(thrown instanceof Error ? thrown.message : String(thrown))
  }
  return chooseContext(config, context)
}

/** Of two things of one name the first counts, as for kubectl; the client would refuse the second. */
function merge(config: KubeConfig, part: KubeConfig): void {
  for (const cluster of part.getClusters()) {
    if (config.getCluster(cluster.name) === null) config.addCluster(cluster)
  }
  for (const user of part.getUsers()) {
    if (config.getUser(user.name) === null) config.addUser(user)
  }
  for (const context of part.getContexts()) {
    if (config.getContextObject(context.name) === null) config.addContext(context)
  }
  if (!config.getCurrentContext()) config.setCurrentContext(part.getCurrentContext())
}

/** When it was last changed. */
function stampOf(file: string): string {
  try {
    const stats = statSync(file)
    return `${stats.ino}:${stats.mtimeMs}:${stats.size}`
  } catch {
    // Reading it says why not.
    return 'unseen'
  }
}

function chooseContext(config: KubeConfig, wanted: string | undefined): LoadedKubeConfig {
  const name = wanted ?? config.getCurrentContext()
  const context = config.getContextObject(name)
  if (context === null) {
    const known = config.getContexts().map((one) => one.name)
    const choice =
      known.length === 0 ? 'there is none' : `there is ${known.slice(0, 10).join(', ')}`
    const asked = wanted === undefined && !name ? 'no current context' : `no context ${name}`
    return { reason: 'unknown-context', why: `${asked}; ${choice}` }
  }
  config.setCurrentContext(name)
  // Without any user the client would not even look at the cluster's authority.
  if (config.getCurrentUser() === null && context.user) config.addUser({ name: context.user })
  const server = URL.parse(config.getCurrentCluster()?.server ?? '')
  if (server === null) return { reason: 'unknown-context', why: `context ${name} has no server` }
  return { config, server, namespace: context.namespace ?? 'default' }
}

function findFiles({ path, settings, folder }: KubeConfigPlace): readonly string[] {
  if (path !== undefined) return [path]
  const named = (settings['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')
  if (named.length > 0) return named.map((file) => resolve(folder, file)).filter(existsSync)
  const own = join(settings['HOME'] ?? '/', '.kube', 'config')
  return existsSync(own) ? [own] : []
}

function unreadable(why: string): LoadedKubeConfig {
  return { reason: 'kubeconfig-unreadable', why }
}
