/** Asks JetStream how a consumer is. */
import type { ConsumerInfo, JetStreamManager } from '@nats-io/jetstream'
import { orAborted } from '../connection/or-aborted.ts'
import type { ConsumerFacts } from './facts.ts'

/** Asks how a consumer is. */
export async function askConsumer(
  manager: JetStreamManager,
  names: { readonly streamName: string; readonly consumerName: string },
  signal: AbortSignal,
): Promise<ConsumerFacts> {
  const { streamName, consumerName } = names
  return readConsumer(await orAborted(manager.consumers.info(streamName, consumerName), signal))
}

function readConsumer(info: ConsumerInfo): ConsumerFacts {
  const { config, cluster } = info
  const { filter_subject: filter, filter_subjects: filters = [] } = config
  return {
    isPaused: info.paused === true,
    isPush: config.deliver_subject !== undefined,
    isBound: info.push_bound === true,
    waiting: info.num_waiting,
    pending: info.num_pending,
    unacknowledged: info.num_ack_pending,
    delivered: info.delivered.stream_seq,
    acknowledged: info.ack_floor.stream_seq,
    acknowledges: config.ack_policy,
    filters: filter === undefined || filter === '' ? filters : [filter],
    ...(cluster === undefined ? {} : { leader: cluster.leader ?? '' }),
  }
}
