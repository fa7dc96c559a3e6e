/** A real Kafka for tests: one broker that is its own controller, in its own folder, on free ports. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Admin } from '@platformatic/kafka'
import { freePort } from './free-port.ts'
import { findPart, REAL_PARTS } from './real-parts.ts'

/** Any 16 bytes in base64 do. */
const CLUSTER_ID = 'cmFtcGFydCBmb3IgdGVzdA'

/** A server that can be started. */
export interface KafkaServer {
  /** Where nobody signs in. */
  readonly port: number
  /** Where one signs in, as `app` with `swordfish` (may do anything) or `guest` with `tiger` (nothing). */
  readonly saslPort: number
  /** Settles at once, before it accepts. */
  start(): void
  /** A client that may do anything. */
  admin(): Admin
  startWorker(options: KafkaWorkerOptions): Promise<KafkaWorker>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/** What a worker does. */
export interface KafkaWorkerOptions {
  readonly topic: string
  readonly group: string
  /** What it answers with; without one it does not answer. */
  readonly version?: string
  /** The protocol of its group. @default classic */
  readonly protocol?: 'classic' | 'consumer'
}

/** A worker, as its own process. */
export interface KafkaWorker {
  /** Stays in the group, takes records and does nothing with them. */
  hold(): Promise<void>
  resume(): Promise<void>
  /** Leaves the group and ends. */
  stop(): Promise<void>
  /** Ends at once; the group takes it for a member until it misses it. */
  kill(): Promise<void>
}

/** Makes a server without starting it. */
export async function makeKafka(): Promise<KafkaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-kafka-'))
  const port = await freePort()
  const saslPort = await freePort()
  const configFile = join(folder, 'server.properties')
  await writeFile(configFile, configFor({ folder, port, saslPort, controller: await freePort() }))
  const program = findPart(REAL_PARTS.find(({ name }) => name === 'Kafka') ?? assert.fail()) ?? ''
  const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', configFile]
  await promisify(execFile)(program, format)
  let server: ChildProcess | undefined
  const admins: Admin[] = []
  const workers: ChildProcess[] = []
  return {
    port,
    saslPort,
    start: () => {
      server = spawn(program, ['kafka.Kafka', configFile], { stdio: 'ignore' })
    },
    admin: () => {
      const admin = new Admin({ clientId: 'admin', bootstrapBrokers: [`127.0.0.1:${port}`] })
      admins.push(admin)
      return admin
    },
    startWorker: (options) => startWorker(port, options, workers),
    remove: async () => {
      for (const admin of admins) await admin.close()
      for (const child of [...workers, server]) await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Places {
  readonly folder: string
  readonly port: number
  readonly saslPort: number
  readonly controller: number
}

function configFor({ folder, port, saslPort, controller }: Places): string {
  const plain = `PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:${saslPort}`
  const signIn = 'org.apache.kafka.common.security.plain.PlainLoginModule required'
  const users = 'user_app="swordfish" user_guest="tiger"'
  const protocols = 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT'
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
controller.listener.names=CONTROLLER
listeners=${plain},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=${plain}
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=${protocols}
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config=${signIn} ${users};
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:app
log.dirs=${join(folder, 'data')}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=100
auto.create.topics.enable=false
`
}

async function startWorker(
  port: number,
  options: KafkaWorkerOptions,
  workers: ChildProcess[],
): Promise<KafkaWorker> {
  const { topic, group, version = '', protocol = 'classic' } = options
  const words = [String(port), topic, group, version, protocol]
  const worker = fork(join(import.meta.dirname, 'kafka-worker.ts'), words)
  workers.push(worker)
  const tell = async (word: string): Promise<void> => {
    const told = once(worker, 'message')
    worker.send(word)
    await told
  }
  await once(worker, 'message')
  return {
    hold: () => tell('hold'),
    resume: () => tell('resume'),
    stop: async () => {
      const ended = once(worker, 'exit')
      worker.send('leave')
      await ended
    },
    kill: () => end(worker),
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
