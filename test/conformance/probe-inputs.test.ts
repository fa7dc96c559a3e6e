/**
 * What contracts may write and what probes read are declared in two places, because neither may
 * import the other. This holds them together: whatever the schema lets through, the reader takes.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ProbeName, probeInputs } from '../../src/contracts/probes/index.ts'
import type { JsonObject } from '../../src/core/units/json.ts'
import { readDnsInput } from '../../src/probes/dns/dns-input.ts'
import { readExpectation } from '../../src/probes/exchange/expectation.ts'
import { readExecInput } from '../../src/probes/exec/exec-input.ts'
import { readExpectedExit } from '../../src/probes/exit/exit-probe.ts'
import { readFileInput } from '../../src/probes/file/file-input.ts'
import { readGrpcInput } from '../../src/probes/grpc/grpc-input.ts'
import { InputReader } from '../../src/probes/input/input-reader.ts'
import { readKafkaInput } from '../../src/probes/kafka/kafka-input.ts'
import { readKubernetesInput } from '../../src/probes/kubernetes/kubernetes-input.ts'
import { readLogInput } from '../../src/probes/log/log-input.ts'
import { readMysqlInput } from '../../src/probes/mysql/mysql-input.ts'
import { readNatsInput } from '../../src/probes/nats/nats-input.ts'
import { readNotifyInput } from '../../src/probes/notify/notify-input.ts'
import { readPostgresInput } from '../../src/probes/postgres/postgres-input.ts'
import { readPrometheusInput } from '../../src/probes/prometheus/prometheus-input.ts'
import { readQueueInput } from '../../src/probes/queue/queue-input.ts'
import { readRabbitmqInput } from '../../src/probes/rabbitmq/rabbitmq-input.ts'
import { readRedisInput } from '../../src/probes/redis/redis-input.ts'
import { readS3Input } from '../../src/probes/s3/s3-input.ts'
import { readSmokeInput } from '../../src/probes/smoke/smoke-input.ts'
import { readTcpInput } from '../../src/probes/tcp/tcp-input.ts'
import { readTlsProbeInput } from '../../src/probes/tls/tls-input.ts'
import { readWarmInput } from '../../src/probes/warm/warm-input.ts'

const READERS: Readonly<Record<ProbeName, (reader: InputReader) => unknown>> = {
  dns: readDnsInput,
  exec: readExecInput,
  exit: readExpectedExit,
  file: (reader) => readFileInput(reader, '/'),
  grpc: readGrpcInput,
  http: readExpectation,
  kafka: readKafkaInput,
  kubernetes: readKubernetesInput,
  log: (reader) => readLogInput(reader, {}),
  nats: readNatsInput,
  mysql: readMysqlInput,
  notify: readNotifyInput,
  postgres: readPostgresInput,
  prometheus: readPrometheusInput,
  queue: readQueueInput,
  rabbitmq: readRabbitmqInput,
  redis: readRedisInput,
  smoke: readSmokeInput,
  s3: readS3Input,
  tcp: readTcpInput,
  tls: readTlsProbeInput,
  warm: readWarmInput,
}

/** For each probe the shortest and the fullest way to write it. */
const WRITTEN: Readonly<Record<ProbeName, readonly unknown[]>> = {
  dns: [
    'api.shop.example',
    { name: 'old.shop.example', type: 'CNAME', absent: true },
    {
      name: 'api.shop.example',
      type: 'AAAA',
      resolvers: ['10.0.0.2', '10.0.0.2:5353', 'fd00::2', '[fd00::2]:53'],
      expect: ['2001:db8::1'],
      maxTtl: '1m',
      whenUnknown: 'terminal',
    },
  ],
  exec: [
    { command: ['true'] },
    {
      command: ['node', 'check.ts'],
      cwd: 'tools',
      env: { MODE: 'deep' },
      expect: [0, 4],
      notYet: 75,
      terminal: [9],
      stdoutJson: true,
      outputLimit: '64KiB',
    },
  ],
  exit: [0, [0, 3], 'running'],
  file: [
    'evidence.json',
    { path: 'app.pid', absent: true },
    { path: '/run/app.sock', type: 'socket' },
    {
      path: 'evidence.json',
      type: 'file',
      minSize: '1GiB',
      stableFor: '2s',
      sha256: 'a'.repeat(64),
      content: '"done"',
      json: true,
      readLimit: '64KiB',
    },
  ],
  grpc: [
    'localhost:50051',
    {
      host: 'orders',
      port: 50_051,
      service: 'shop.Orders',
      metadata: { authorization: 'Bearer secret' },
      tls: { ca: 'ca.pem', servername: 'orders.internal', insecure: false },
    },
  ],
  http: [
    'http://localhost:8080/ready',
    {
      url: 'https://localhost/ready',
      method: 'POST',
      status: ['2xx', 304],
      headers: { accept: 'application/json' },
      expectHeaders: { 'X-Build': '^abc' },
      expectJson: { 'order.status': '^paid$' },
      owned: true,
      body: 'ok',
      json: true,
      bodyLimit: 4_096,
      followRedirects: 2,
      tls: { ca: 'ca.pem', servername: 'localhost', insecure: false },
    },
  ],
  kafka: [
    'localhost:9092',
    { brokers: '[::1]:9092', topic: 'orders' },
    {
      brokers: ['kafka-1:9092', 'kafka-2:9092'],
      sasl: { mechanism: 'scram-sha-512', user: 'app', password: 'secret' },
      topic: 'orders',
      partitions: 12,
      inSyncReplicas: 2,
      group: 'shop-worker',
      canary: {
        payload: '{"kind":"canary"}',
        headers: { kind: 'canary' },
        partitions: [0, 1],
        processedWithin: '3s',
        replyTopic: 'orders-answers',
        by: '1.4.2',
      },
      tls: { ca: 'ca.pem', servername: 'kafka', insecure: false },
    },
  ],
  kubernetes: [
    'Deployment/api',
    { object: 'Widget/one', apiVersion: 'a.example/v1alpha1', absent: true },
    {
      object: 'StatefulSet/db',
      apiVersion: 'apps/v1',
      namespace: 'shop',
      context: 'production-eu',
      kubeconfig: 'clusters.yaml',
      endpoints: { service: 'db', least: 3 },
    },
  ],
  log: ['ready', { pattern: 'port (?<port>\\d+)', fatal: '^FATAL', stream: 'err' }],
  nats: [
    'nats://localhost',
    {
      url: 'tls://app:secret@localhost:4222',
      credentials: 'app.creds',
      inboxPrefix: '_INBOX_app',
      jetstream: true,
      stream: 'ORDERS',
      consumer: 'workers',
      pullsWaiting: 1,
      pending: 100,
      unacknowledged: 10,
      canary: {
        subject: 'orders.canary',
        payload: '{"canary":true}',
        headers: { 'X-Tenant': 'shop' },
        processedWithin: '2s',
        by: '1.4.2',
      },
      tls: { ca: 'ca.pem', servername: 'localhost', insecure: false },
    },
  ],
  mysql: [
    'mysql://app:secret@localhost:3306/shop',
    {
      url: 'mariadb://app:secret@localhost/shop',
      query: 'select 1',
      tables: { orders: ['id'], 'shop.`order lines`': [] },
      migrations: { table: 'knex_migrations', head: '0007' },
      role: 'replica',
      write: { table: 'shop.orders', values: { id: -1, note: 'canary' } },
      replication: { from: 'mysql://beat@eu/shop', lag: '2s', table: 'ops.beats' },
      tls: { ca: 'ca.pem', servername: 'db.internal', insecure: false },
    },
    { url: 'mysql://app@localhost', tables: ['orders'], replication: {} },
  ],
  notify: ['ready', { status: '^serving', startWithin: '1m', watchdog: '10s' }],
  postgres: [
    'postgres://app:secret@localhost:5432/shop',
    {
      url: 'postgres://app:secret@localhost/shop',
      query: 'select 1',
      tables: { orders: ['id'], 'shop.lines': [] },
      indexes: ['orders_pkey'],
      migrations: { table: 'schema_migrations', head: '0007' },
      role: 'primary',
      extensions: ['pgcrypto', { name: 'vector', version: '0.7' }],
      connectionsFree: 10,
      write: { table: 'shop.orders', values: { id: -1, note: 'canary' } },
      replication: {
        from: 'postgres://beat:secret@eu.shop.example/shop',
        lag: '2s',
        table: 'ops."Heartbeats"',
      },
    },
    { url: 'postgres://app@localhost/shop', write: true },
    { url: 'postgres://app@localhost/shop', tables: ['orders'], migrations: { table: 'm' } },
  ],
  prometheus: [
    { url: 'http://localhost:9090', query: 'up' },
    {
      url: 'https://user:secret@localhost/prometheus/',
      query: 'histogram_quantile(0.99, sum by (le) (rate(seconds_bucket[1m])))',
      above: 0,
      atLeast: '1e-3',
      below: '250ms',
      atMost: '2%',
      maxAge: '1m',
      freshBy: 'up{job="api"}',
      headers: { 'X-Scope-OrgID': 'shop' },
      tls: { ca: 'ca.pem' },
    },
  ],
  queue: [
    { pgBoss: { url: 'postgres://app:secret@localhost/shop', queue: 'orders' } },
    {
      pgBoss: {
        url: 'postgres://app:secret@localhost:5432/shop',
        schema: 'jobs',
        queue: 'orders',
        canaryQueue: 'canary',
        session: 'shop worker',
      },
      canary: { data: { kind: ['canary'] }, processedWithin: '500ms', by: 'worker@1.0.0' },
      waiting: 100,
      oldestWaiting: '30s',
    },
    {
      bullmq: {
        url: 'rediss://:secret@localhost:6379/1',
        prefix: 'jobs',
        queue: 'orders',
        canaryQueue: 'canary',
        canaryName: 'canary',
        tls: { ca: 'ca.pem', servername: 'localhost', insecure: false },
      },
    },
    {
      graphileWorker: {
        url: 'postgres://app:secret@localhost/shop',
        schema: 'jobs',
        task: 'process_order',
        canaryTask: 'canary',
      },
    },
  ],
  rabbitmq: [
    'amqp://localhost',
    {
      url: 'amqps://app:secret@localhost:5671/shop',
      management: 'https://monitor:secret@localhost:15671',
      queue: 'orders',
      type: 'quorum',
      consumers: 2,
      waiting: 100,
      unacknowledged: 10,
      canary: {
        exchange: 'shop',
        routingKey: 'orders.canary',
        payload: '{"canary":true}',
        headers: { 'x-tenant': 'shop' },
        processedWithin: '2s',
        by: '1.4.2',
      },
      tls: { ca: 'ca.pem', servername: 'localhost', insecure: false },
    },
  ],
  redis: [
    'redis://localhost',
    {
      url: 'rediss://app:secret@localhost:6379/2',
      role: 'primary',
      keys: ['catalog:1'],
      keyCount: 1_000,
      sample: { keys: ['page:1', 'page:2'], least: '95%' },
      memoryFree: '12.5%',
      tls: { ca: 'ca.pem', servername: 'localhost', insecure: false },
    },
  ],
  smoke: [
    [{ name: 'home', url: 'http://localhost/' }],
    {
      steps: [
        {
          name: 'order',
          method: 'POST',
          url: 'https://user:secret@localhost/orders?mark={run}',
          headers: { 'X-Mark': '{run}' },
          send: { sku: 'mug', count: 1 },
          status: [201, '3xx'],
          expectHeaders: { location: '/orders/' },
          expectJson: { 'order.status': 'placed' },
          body: 'placed',
          json: true,
          bodyLimit: '64KiB',
          followRedirects: 1,
          tls: { ca: 'ca.pem' },
          capture: { id: 'json.order.id', at: { from: 'header.location', pattern: '(.*)' } },
          within: '5s',
        },
        { name: 'read', url: 'http://localhost/orders/{id}', send: 'as it is' },
      ],
      cleanup: [{ name: 'cancel', method: 'DELETE', url: 'http://localhost/orders/{id}' }],
      times: 3,
      retries: 1,
    },
  ],
  s3: [
    { bucket: 'shop-uploads', accessKeyId: 'app', secretAccessKey: 'secret' },
    {
      bucket: 'shop-uploads',
      endpoint: 'https://localhost:9000',
      region: 'eu-central-1',
      accessKeyId: 'app',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      forcePathStyle: true,
      prefix: 'health/shop/',
      versioning: 'enabled',
      replicated: 'images/logo.png',
      tls: { ca: 'ca.pem', servername: 'localhost', insecure: false },
    },
  ],
  tcp: [
    'localhost:5432',
    '[::1]:5432',
    { host: 'db', port: 5_432, send: 'PING\r\n', banner: '^\\+PONG', owned: true },
  ],
  tls: [
    'api.shop.example:443',
    '[::1]:8443',
    {
      host: 'api.shop.example',
      port: 8_443,
      servername: 'shop.example',
      ca: 'ca.pem',
      daysLeft: 14,
      minVersion: 'TLSv1.3',
      alpn: ['h2', 'http/1.1'],
      fingerprint: 'ab'.repeat(32),
      allAddresses: true,
    },
  ],
  warm: [
    { urls: ['http://localhost/'], least: '100%', within: '50ms' },
    {
      urls: ['http://localhost/', 'https://user:secret@localhost/busy'],
      least: '99.5%',
      within: '50ms',
      atOnce: 8,
      method: 'GET',
      headers: { 'Cache-Control': 'only-if-cached' },
      status: 200,
      expectHeaders: { 'X-Cache': '(?i)^hit' },
      bodyLimit: '4MiB',
      followRedirects: 0,
      tls: { insecure: true },
    },
  ],
}

describe('probe inputs', () => {
  for (const name of Object.keys(probeInputs) as ProbeName[]) {
    for (const written of WRITTEN[name]) {
      it(`are read by the ${name} probe as contracts write them: ${JSON.stringify(written)}`, () => {
        const input: JsonObject = probeInputs[name].schema.parse(written)
        assert.equal(mistakeOf(name, input), undefined)
      })
    }
  }

  it('are read by the probe when templates became texts', () => {
    const written = { host: 'localhost', port: `\${self.ports.pg}` }
    const input = probeInputs.tcp.schema.parse(written)
    assert.equal(mistakeOf('tcp', { ...input, port: '5432' }), undefined)
    assert.match(mistakeOf('tcp', input) ?? '', /`port` must be a whole number/)
  })
})

function mistakeOf(name: ProbeName, input: JsonObject): string | undefined {
  const reader = new InputReader(input)
  READERS[name](reader)
  return reader.mistake
}
