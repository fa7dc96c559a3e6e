/** The probes that are loaded late: what only some contracts ask, and takes much code to ask. */
import { hostname } from 'node:os'
import type { Clock } from '../seams/clock.ts'
import type { Probe } from '../seams/probe.ts'
import type { LateProbe } from './late-probe.ts'

/** What some of them are made with. */
export interface LatelyLoadedOptions {
  /** The workspace. */
  readonly folder: string
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string>>
  readonly clock: Clock
}

/** Every one, by kind. */
export function latelyLoaded(options: LatelyLoadedOptions): readonly LateProbe[] {
  const { folder, settings, clock } = options
  const instance = `${hostname()}:${folder}`
  return [
    late('dns', async () => new (await import('../probes/dns/dns-probe.ts')).DnsProbe()),
    lateWatching(
      'grpc',
      async () => new (await import('../probes/grpc/grpc-probe.ts')).GrpcProbe(),
    ),
    late('kafka', async () => new (await import('../probes/kafka/kafka-probe.ts')).KafkaProbe()),
    lateWatching(
      'kubernetes',
      async () =>
        new (await import('../probes/kubernetes/kubernetes-probe.ts')).KubernetesProbe({
          folder,
          settings,
        }),
    ),
    late(
      'mysql',
      async () => new (await import('../probes/mysql/mysql-probe.ts')).MysqlProbe(clock),
    ),
    late('nats', async () => new (await import('../probes/nats/nats-probe.ts')).NatsProbe()),
    late(
      'postgres',
      async () => new (await import('../probes/postgres/postgres-probe.ts')).PostgresProbe(clock),
    ),
    late(
      'prometheus',
      async () => new (await import('../probes/prometheus/prometheus-probe.ts')).PrometheusProbe(),
    ),
    late('queue', async () => new (await import('../probes/queue/queue-probe.ts')).QueueProbe()),
    late(
      'rabbitmq',
      async () => new (await import('../probes/rabbitmq/rabbitmq-probe.ts')).RabbitmqProbe(),
    ),
    late('redis', async () => new (await import('../probes/redis/redis-probe.ts')).RedisProbe()),
    late('s3', async () => new (await import('../probes/s3/s3-probe.ts')).S3Probe({ instance })),
    late('smoke', async () => new (await import('../probes/smoke/smoke-probe.ts')).SmokeProbe()),
    late('tls', async () => new (await import('../probes/tls/tls-probe.ts')).TlsProbe(clock)),
    late('warm', async () => new (await import('../probes/warm/warm-probe.ts')).WarmProbe()),
  ]
}

function late(kind: string, load: () => Promise<Probe>): LateProbe {
  return { kind, load, watches: false }
}

function lateWatching(kind: string, load: () => Promise<Probe>): LateProbe {
  return { kind, load, watches: true }
}
