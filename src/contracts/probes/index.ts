/**
 * The literal registry of probe inputs: what a contract may ask the world, and how it is written.
 * A condition's key (`http: …`) is a name of this table; the probe of the same name is put in
 * where the parts are put together.
 */
import type { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { dnsInput } from './dns.ts'
import { execInput } from './exec.ts'
import { exitInput } from './exit.ts'
import { fileInput } from './file.ts'
import { grpcInput } from './grpc.ts'
import { httpInput } from './http.ts'
import { kafkaInput } from './kafka.ts'
import { kubernetesInput } from './kubernetes.ts'
import { logInput } from './log.ts'
import { mysqlInput } from './mysql.ts'
import { natsInput } from './nats.ts'
import { notifyInput } from './notify.ts'
import { postgresInput } from './postgres.ts'
import { prometheusInput } from './prometheus.ts'
import { queueInput } from './queue.ts'
import { rabbitmqInput } from './rabbitmq.ts'
import { redisInput } from './redis.ts'
import { s3Input } from './s3.ts'
import { smokeInput } from './smoke.ts'
import { tcpInput } from './tcp.ts'
import { tlsInput } from './tls.ts'
import { warmInput } from './warm.ts'

/** How one kind of probe is written in a contract. */
export interface ProbeInput {
  /** Parses what is written into the probe's input, templates still unresolved. */
  readonly schema: z.ZodType<JsonObject>
  /** One sentence for editors and documentation. */
  readonly summary: string
  /** How long one attempt may take when the contract does not say. @unit ms */
  readonly timeoutMs: number
  /** The member that is a path, counted from the contract's folder unless it is absolute. */
  readonly path?: string
}

/** The names of all probes. */
export type ProbeName =
  | 'dns'
  | 'exec'
  | 'exit'
  | 'file'
  | 'grpc'
  | 'http'
  | 'kafka'
  | 'kubernetes'
  | 'log'
  | 'nats'
  | 'mysql'
  | 'notify'
  | 'postgres'
  | 'prometheus'
  | 'queue'
  | 'rabbitmq'
  | 'redis'
  | 'smoke'
  | 's3'
  | 'tcp'
  | 'tls'
  | 'warm'

/** Every probe's input by its name. */
export const probeInputs: Readonly<Record<ProbeName, ProbeInput>> = {
  dns: {
    schema: dnsInput,
    summary: 'Asks resolvers for a name and judges the records they give.',
    timeoutMs: 5_000,
  },
  exec: {
    schema: execInput,
    summary: 'Runs a command and judges its exit code and output.',
    timeoutMs: 10_000,
    path: 'cwd',
  },
  exit: {
    schema: exitInput,
    summary: "Waits for the component's own process to exit with a code, or to keep running.",
    timeoutMs: 1_000,
  },
  file: {
    schema: fileInput,
    summary: 'Looks at a path and judges what is there, or that nothing is.',
    timeoutMs: 5_000,
    path: 'path',
  },
  grpc: {
    schema: grpcInput,
    summary:
      'Asks a gRPC server for its health by grpc.health.v1, holding a stream between attempts.',
    timeoutMs: 2_000,
  },
  http: {
    schema: httpInput,
    summary: 'Asks a URL and judges status, headers and body.',
    timeoutMs: 2_000,
  },
  kafka: {
    schema: kafkaInput,
    summary: 'Describes a topic of Kafka and a group, and sends records that it must commit past.',
    timeoutMs: 5_000,
  },
  kubernetes: {
    schema: kubernetesInput,
    summary: 'Looks at an object of Kubernetes, and at who is ready behind a Service.',
    timeoutMs: 5_000,
    path: 'kubeconfig',
  },
  log: {
    schema: logInput,
    summary: "Waits for a line in what the component's own process puts out.",
    timeoutMs: 1_000,
  },
  nats: {
    schema: natsInput,
    summary:
      'Signs in to NATS and judges JetStream, a consumer, and a canary that it acknowledges.',
    timeoutMs: 5_000,
  },
  mysql: {
    schema: mysqlInput,
    summary:
      'Signs in to MySQL or MariaDB and judges its schema, migrations, writes and replication.',
    timeoutMs: 2_000,
  },
  notify: {
    schema: notifyInput,
    summary: "Waits for what the component's own process says of itself by systemd's protocol.",
    timeoutMs: 1_000,
  },
  postgres: {
    schema: postgresInput,
    summary: 'Signs in to PostgreSQL and judges its schema, migrations and answers.',
    timeoutMs: 2_000,
  },
  prometheus: {
    schema: prometheusInput,
    summary: 'Asks a query of Prometheus and compares every value of it.',
    timeoutMs: 5_000,
  },
  queue: {
    schema: queueInput,
    summary: 'Sends a canary through a job queue, and judges which worker has done it how soon.',
    timeoutMs: 5_000,
  },
  rabbitmq: {
    schema: rabbitmqInput,
    summary: 'Signs in to RabbitMQ and judges alarms, a queue, and a canary that a worker answers.',
    timeoutMs: 5_000,
  },
  redis: {
    schema: redisInput,
    summary: 'Signs in to Redis or Valkey and judges its role, its link and its keys.',
    timeoutMs: 2_000,
  },
  smoke: {
    schema: smokeInput,
    summary: 'Walks a journey of HTTP steps, and asks for so many good runs in a row.',
    timeoutMs: 30_000,
  },
  s3: {
    schema: s3Input,
    summary: 'Puts an object into an S3 bucket, gets the same back and deletes it.',
    timeoutMs: 5_000,
  },
  tcp: {
    schema: tcpInput,
    summary: 'Connects to a port, and judges what answers there.',
    timeoutMs: 2_000,
  },
  tls: {
    schema: tlsInput,
    summary: 'Shakes hands by TLS and judges the certificate and what was agreed on.',
    timeoutMs: 5_000,
  },
  warm: {
    schema: warmInput,
    summary: 'Asks for a sample of URLs and judges how large a share of them is cached.',
    timeoutMs: 10_000,
  },
}

/** The names of all probes, sorted. */
export const PROBE_NAMES: readonly ProbeName[] = (Object.keys(probeInputs) as ProbeName[]).sort()
