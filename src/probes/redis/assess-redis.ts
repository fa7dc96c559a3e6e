/**
 * Judges what one attempt saw of a Redis server. The first row that fits counts; a session that ended
 * early is judged by assess-failure.ts. Nothing here is terminal: data is loaded, links come back and
 * caches are warmed.
 *
 * | found | reason |
 * |---|---|
 * | it reads its data | loading |
 * | another role than expected | wrong-role |
 * | a replica that is being given everything anew | syncing |
 * | a replica that is not connected to its primary | link-down |
 * | a cluster that says it is not ok | cluster-down |
 * | fewer keys than expected | too-few-keys |
 * | keys that are not there | missing-keys |
 * | too small a share of the sample | cold |
 * | too little memory left | memory-full |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { printShare } from '../../core/units/share.ts'
import { notYet, passed, printLatency } from '../answer/answer.ts'
import { printFailedAddresses } from '../connection/connection-failure.ts'
import { assessRedisFailure } from './assess-failure.ts'
import type { RedisFacts, ServerFacts } from './facts.ts'
import type { RedisInput } from './redis-input.ts'

/** How many missing keys are named. */
const SHOWN_MAX = 20

/** Something that is not as it should be. */
interface Shortcoming {
  readonly reason: string
  readonly says: string
}

/** Judges what one attempt saw. */
export function assessRedis(input: RedisInput, facts: RedisFacts): Answer {
  const { info, failure } = facts
  const subject = `${info?.server === 'valkey' ? 'Valkey' : 'Redis'} ${input.shown}`
  const latency = printLatency(facts.latencyMs)
  const evidence = evidenceOf(input, facts)
  if (info === undefined || failure !== undefined) {
    const ended = failure ?? { code: 'UNKNOWN', message: 'it ended early' }
    return assessRedisFailure(ended, { subject, latency, evidence })
  }
  const shortcoming = findWrongState(input, facts, info) ?? findMissing(input, facts, info)
  if (shortcoming !== undefined) {
    const { reason, says } = shortcoming
    return notYet({ reason, sentence: `${subject} ${says} (asked within ${latency}).`, evidence })
  }
  const role = info.role === undefined ? '' : `, ${info.role}`
  const sentence = `${subject} (${info.version}${role}) is as expected; asked within ${latency}.`
  return passed({ reason: 'ready', sentence, evidence })
}

function findWrongState(
  input: RedisInput,
  facts: RedisFacts,
  info: ServerFacts,
): Shortcoming | undefined {
  if (info.isLoading) {
    const read = info.loadedPercent === undefined ? '' : `: ${info.loadedPercent} % is read`
    return { reason: 'loading', says: `loads its data${read}` }
  }
  if (input.role !== undefined && input.role !== info.role) {
    const found = info.role === undefined ? 'stores nothing' : `is a ${info.role}`
    return { reason: 'wrong-role', says: `${found}; ${input.role} expected` }
  }
  if (info.isSyncing === true) {
    return { reason: 'syncing', says: 'is a replica that its primary is giving everything anew' }
  }
  if (info.isLinked === false) {
    return { reason: 'link-down', says: 'is a replica that is not connected to its primary' }
  }
  if (facts.clusterState !== undefined && facts.clusterState !== 'ok') {
    return { reason: 'cluster-down', says: `belongs to a cluster whose state is not ok` }
  }
  return undefined
}

function findMissing(
  input: RedisInput,
  facts: RedisFacts,
  info: ServerFacts,
): Shortcoming | undefined {
  const { keyCount = 0, missingKeys = [] } = facts
  if (input.keyCountMin !== undefined && keyCount < input.keyCountMin) {
    return { reason: 'too-few-keys', says: `holds ${keyCount} keys; ${input.keyCountMin} expected` }
  }
  if (missingKeys.length > 0) {
    const named = missingKeys.slice(0, SHOWN_MAX).join(', ')
    const says = `lacks ${missingKeys.length} of ${input.keys.length} keys: ${named}`
    return { reason: 'missing-keys', says }
  }
  const share = sampleShareBp(input, facts)
  if (input.sample !== undefined && share !== undefined && share < input.sample.leastBp) {
    const found = `${facts.sampleFound} of ${input.sample.keys.length} keys of the sample`
    const least = printShare(input.sample.leastBp)
    return { reason: 'cold', says: `holds ${found} (${printShare(share)}); ${least} expected` }
  }
  const free = memoryFreeBp(info)
  if (input.memoryFreeBpMin !== undefined && free < input.memoryFreeBpMin) {
    const least = printShare(input.memoryFreeBpMin)
    const says = `uses ${info.usedBytes} of ${info.maxBytes} bytes; ${least} of it free expected`
    return { reason: 'memory-full', says }
  }
  return undefined
}

/** Rounded down, so that a sample that is not whole never looks like it. */
function sampleShareBp(input: RedisInput, facts: RedisFacts): number | undefined {
  if (input.sample === undefined || facts.sampleFound === undefined) return undefined
  return Math.floor((facts.sampleFound * 10_000) / input.sample.keys.length)
}

function memoryFreeBp(info: ServerFacts): number {
  if (info.maxBytes === 0) return 10_000
  return Math.max(0, Math.floor(((info.maxBytes - info.usedBytes) * 10_000) / info.maxBytes))
}

function evidenceOf(input: RedisInput, facts: RedisFacts): JsonObject {
  const { info, clusterState, keyCount, missingKeys, sampleFound } = facts
  const share = sampleShareBp(input, facts)
  return {
    latencyMs: facts.latencyMs,
    ...facts.connected,
    ...(facts.failed.length === 0 ? {} : { failed: printFailedAddresses(facts.failed) }),
    ...(info === undefined ? {} : serverEvidence(info)),
    ...(clusterState === undefined ? {} : { clusterState }),
    ...(keyCount === undefined ? {} : { keyCount }),
    ...(missingKeys === undefined ? {} : { missing: missingKeys.slice(0, SHOWN_MAX) }),
    ...(share === undefined ? {} : { sampleFound: sampleFound ?? 0, sampleShareBp: share }),
  }
}

function serverEvidence(info: ServerFacts): JsonObject {
  const { server, version, isLoading, isLinked, isCluster, ...rest } = info
  const memory = info.maxBytes === 0 ? {} : { memoryFreeBp: memoryFreeBp(info) }
  return {
    server,
    serverVersion: version,
    loading: isLoading,
    ...(isLinked === undefined ? {} : { linked: isLinked }),
    ...(isCluster ? { cluster: true } : {}),
    ...withoutSyncing(rest),
    ...memory,
  }
}

function withoutSyncing({
  isSyncing,
  ...rest
}: Omit<ServerFacts, 'server' | 'version' | 'isLoading' | 'isLinked' | 'isCluster'>): JsonObject {
  return { ...rest, ...(isSyncing === undefined ? {} : { syncing: isSyncing }) }
}
