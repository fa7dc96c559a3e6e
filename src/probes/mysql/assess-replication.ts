/**
 * Judges whether changes of the primary arrive. Everything may still come, because replication is set
 * up, resumed and caught up with. What the primary itself does not answer is judged like any session.
 *
 * | found | reason |
 * |---|---|
 * | no primary gives it changes, and no heartbeat arrives | not-replicating |
 * | a thread that receives or applies does not run | replication-stopped |
 * | the server cannot say how far behind it is | replication-stopped |
 * | `from` is this server, or takes no writes | wrong-primary |
 * | it is further behind, or the heartbeat later, than may be | lagging |
 */
import type { JsonObject } from '../../core/units/json.ts'
import { printLatency } from '../answer/answer.ts'
import { redactText } from '../redaction/redact.ts'
import type { ChannelFacts, HeartbeatFacts, ReplicationFacts } from './facts.ts'
import type { ReplicationInput } from './mysql-input.ts'

/** What is wrong, as it stands after the server's name. */
export interface ReplicationShortcoming {
  readonly reason: string
  readonly says: string
}

const STOPPED = 'replication-stopped'
const NOT_REPLICATING = 'not-replicating'

/** What is wrong with replication; undefined when nothing is. */
export function findReplicationShortcoming(
  input: ReplicationInput,
  facts: ReplicationFacts,
): ReplicationShortcoming | undefined {
  const { channels = [], heartbeat, failure } = facts
  const from = input.from?.shown
  for (const channel of channels) {
    const stopped = findStopped(channel)
    if (stopped !== undefined) return stopped
  }
  if (from === undefined) return findLagging(input, channels)
  if (facts.isSameServer === true) {
    return { reason: 'wrong-primary', says: `is ${from} itself; \`from\` must name the primary` }
  }
  if (facts.isFromReadOnly === true) {
    const says = `cannot be given heartbeats of ${from}, which is set to read only`
    return { reason: 'wrong-primary', says }
  }
  if (failure !== undefined || heartbeat === undefined) return undefined
  return findLate(input, heartbeat, facts)
}

function findStopped(channel: ChannelFacts): ReplicationShortcoming | undefined {
  const { receiver, applier, source } = channel
  const name = channel.name === '' ? '' : ` (channel ${channel.name})`
  const error = channel.error === '' ? '' : `: ${redactText(channel.error).slice(0, 300)}`
  if (applier !== 'Yes') {
    const says = `does not apply what it is given by ${source}${name}${error}`
    return { reason: STOPPED, says }
  }
  if (receiver !== 'Yes') {
    const connecting = receiver === 'Connecting' ? ', it tries to connect' : ''
    return { reason: STOPPED, says: `is given nothing by ${source}${name}${connecting}${error}` }
  }
  return undefined
}

function findLagging(
  { lagMsMax }: ReplicationInput,
  channels: readonly ChannelFacts[],
): ReplicationShortcoming | undefined {
  if (channels.length === 0) {
    return { reason: NOT_REPLICATING, says: 'is no replica: it has no primary' }
  }
  for (const { source, behindSeconds } of channels) {
    if (behindSeconds === undefined) {
      return { reason: STOPPED, says: `cannot say how far it is behind ${source}` }
    }
    if (behindSeconds * 1_000 <= lagMsMax) continue
    const says = `is ${behindSeconds} s behind ${source}; ${lagMsMax} ms expected`
    return { reason: 'lagging', says }
  }
  return undefined
}

function findLate(
  { from, lagMsMax }: ReplicationInput,
  { hasArrived, waitedMs }: HeartbeatFacts,
  { channels }: ReplicationFacts,
): ReplicationShortcoming | undefined {
  const waited = printLatency(waitedMs)
  const expected = `${lagMsMax} ms expected`
  if (hasArrived) {
    if (waitedMs <= lagMsMax) return undefined
    const says = `was given a heartbeat of ${from?.shown} after ${waited}; ${expected}`
    return { reason: 'lagging', says }
  }
  const bound = waitedMs < lagMsMax ? `the attempt's time was up before the ${expected}` : expected
  const says = `was not given a heartbeat of ${from?.shown} within ${waited} (${bound})`
  if (channels?.length === 0) return { reason: NOT_REPLICATING, says: `${says}: it has no primary` }
  return { reason: 'lagging', says }
}

/** What replication shows of itself. */
export function replicationEvidence(
  { from }: ReplicationInput,
  { channels, heartbeat }: ReplicationFacts,
): JsonObject {
  const lag = heartbeat?.hasArrived === true ? 'lagMs' : 'waitedMs'
  return {
    ...(from === undefined ? {} : { replicatedFrom: from.shown }),
    ...(heartbeat === undefined ? {} : { [lag]: heartbeat.waitedMs }),
    ...(channels === undefined
      ? {}
      : {
          channels: channels.map(({ error: _error, behindSeconds = null, ...channel }) => ({
            ...channel,
            behindSeconds,
          })),
        }),
  }
}
