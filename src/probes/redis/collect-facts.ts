/** Asks an open session everything that the input wants to know. Reads only. */
import type { CollectedFacts, ServerFacts } from './facts.ts'
import type { RedisInput } from './redis-input.ts'
import { isRefusal, type Session } from './session.ts'

/** How many keys are asked for with one command. */
const KEYS_AT_ONCE = 100

/** Asks; `report` gets what is known after every step, so that a failure later loses nothing. */
export async function collectFacts(
  session: Session,
  input: RedisInput,
  report: (facts: CollectedFacts) => void,
): Promise<void> {
  await signIn(session, input)
  await session.call('PING').catch((thrown: unknown) => {
    // INFO is answered while loading, and tells how far it has come.
    if (!isRefusal(thrown) || !thrown.message.startsWith('LOADING')) throw thrown
  })
  const info = readInfo(String(await session.call('INFO')))
  let facts: CollectedFacts = { info }
  report(facts)
  if (info.isLoading) return
  if (info.isCluster) {
    const state = /cluster_state:(\w+)/.exec(String(await session.call('CLUSTER', 'INFO')))?.[1]
    facts = { ...facts, clusterState: state ?? 'unknown' }
    report(facts)
  }
  if (input.keyCountMin !== undefined) {
    facts = { ...facts, keyCount: Number(await session.call('DBSIZE')) }
    report(facts)
  }
  if (input.keys.length > 0) {
    facts = { ...facts, missingKeys: await findMissing(session, input.keys) }
    report(facts)
  }
  if (input.sample === undefined) return
  const { keys } = input.sample
  const missing = await findMissing(session, keys)
  report({ ...facts, sampleFound: keys.length - missing.length })
}

async function signIn(session: Session, input: RedisInput): Promise<void> {
  const { user, password, database } = input
  if (user !== '') await session.call('AUTH', user, password)
  else if (password !== '') await session.call('AUTH', password)
  if (database !== 0) await session.call('SELECT', String(database))
}

/** EXISTS does not count as a use of the key, so that it is evicted no later for being asked. */
async function findMissing(session: Session, keys: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = []
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
    const some = keys.slice(at, at + KEYS_AT_ONCE)
    const found = await Promise.all(some.map((key) => session.call('EXISTS', key)))
    missing.push(...some.filter((_key, index) => Number(found[index]) === 0))
  }
  return missing
}

/** Reads the lines `name:value` of `INFO`. */
export function readInfo(text: string): ServerFacts {
  const info = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) info.set(line.slice(0, colon), line.slice(colon + 1))
  }
  const number = (name: string): number => Number(info.get(name) ?? 0) || 0
  const valkey = info.get('valkey_version')
  const isReplica = info.get('role') === 'slave'
  const isLoading = info.get('loading') === '1' || info.get('async_loading') === '1'
  const percent = info.get('loading_loaded_perc')
  return {
    server: valkey === undefined ? 'redis' : 'valkey',
    version: valkey ?? info.get('redis_version') ?? '',
    ...(isReplica ? { role: 'replica', ...readLink(info) } : {}),
    ...(info.get('role') === 'master'
      ? { role: 'primary', replicaCount: number('connected_slaves') }
      : {}),
    isLoading,
    ...(isLoading && percent !== undefined ? { loadedPercent: percent } : {}),
    usedBytes: number('used_memory'),
    maxBytes: number('maxmemory'),
    evictedKeys: number('evicted_keys'),
    isCluster: info.get('cluster_enabled') === '1',
  }
}

function readLink(info: ReadonlyMap<string, string>): Partial<ServerFacts> {
  const silentSeconds = Number(info.get('master_last_io_seconds_ago') ?? -1)
  return {
    isLinked: info.get('master_link_status') === 'up',
    isSyncing: info.get('master_sync_in_progress') === '1',
    ...(silentSeconds >= 0 ? { silentSeconds } : {}),
  }
}
