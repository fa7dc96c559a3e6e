import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { type ProbeName, probeInputs } from './index.ts'

const S3_KEYS = { accessKeyId: 'app', secretAccessKey: 'pw' }

/** What each probe reads out of what a contract says. */
const READ: readonly (readonly [ProbeName, unknown, unknown])[] = [
  ['exit', 0, { expect: [0] }],
  ['exit', [0, 3], { expect: [0, 3] }],
  ['exit', 'running', { expect: 'running' }],
  ['tcp', 'localhost:80', { address: 'localhost:80' }],
  ['tcp', '[::1]:80', { address: '[::1]:80' }],
  ['tcp', `localhost:\${self.ports.pg}`, { address: `localhost:\${self.ports.pg}` }],
  ['tcp', { host: 'db', port: 5432, owned: true }, { host: 'db', port: 5432, owned: true }],
  ['tcp', { host: 'db', port: 5432 }, { host: 'db', port: 5432 }],
  ['tcp', { host: 'db', port: `\${p}` }, { host: 'db', port: `\${p}` }],
  ['http', 'http://localhost:80/', { url: 'http://localhost:80/' }],
  ['http', `\${self.url}/ready`, { url: `\${self.url}/ready` }],
  ['http', { url: 'http://a/', status: 200 }, { url: 'http://a/', status: [200] }],
  ['http', { url: 'http://a/', status: ['2xx', 404] }, { url: 'http://a/', status: ['2xx', 404] }],
  ['http', { url: 'http://a/', bodyLimit: '1MiB' }, { url: 'http://a/', bodyLimit: 1_048_576 }],
  ['exec', { command: ['true'], expect: 0 }, { command: ['true'], expect: [0] }],
  ['dns', 'a.example', { name: 'a.example' }],
  [
    'dns',
    { name: 'a.example', expect: '10.0.0.1', maxTtl: '30s' },
    { name: 'a.example', expect: ['10.0.0.1'], maxTtl: 30_000 },
  ],
  ['tls', 'a.example:443', { address: 'a.example:443' }],
  ['tls', { host: 'a', alpn: 'h2' }, { host: 'a', alpn: ['h2'] }],
  ['grpc', '[::1]:50051', { address: '[::1]:50051' }],
  ['grpc', { host: 'a', port: 1, tls: {} }, { host: 'a', port: 1, tls: {} }],
  ['nats', 'nats://h', { url: 'nats://h' }],
  [
    'nats',
    { url: 'tls://h', stream: 'S', consumer: 'c', canary: { subject: 's', processedWithin: '1s' } },
    {
      url: 'tls://h',
      stream: 'S',
      consumer: 'c',
      canary: { subject: 's', processedWithin: 1_000 },
    },
  ],
  ['mysql', 'mysql://a:b@h/d', { url: 'mysql://a:b@h/d' }],
  [
    'mysql',
    { url: 'mariadb://h', tables: ['d.`my orders`'], replication: { lag: '2s' } },
    { url: 'mariadb://h', tables: { 'd.`my orders`': [] }, replication: { lag: 2_000 } },
  ],
  ['notify', 'ready', {}],
  ['notify', { watchdog: '10s' }, { watchdog: 10_000 }],
  ['file', 'a.json', { path: 'a.json' }],
  ['file', { path: 'a', absent: true }, { path: 'a', absent: true }],
  [
    'file',
    { path: 'a', minSize: '2GiB', stableFor: '1s' },
    { path: 'a', minSize: 2_147_483_648, stableFor: 1_000 },
  ],
  ['kafka', 'k:9092', { brokers: ['k:9092'] }],
  ['kafka', { brokers: 'k:9092', topic: 't' }, { brokers: ['k:9092'], topic: 't' }],
  ['log', 'ready on (?<port>\\d+)', { pattern: 'ready on (?<port>\\d+)' }],
  ['postgres', 'postgres://a:b@h/d', { url: 'postgres://a:b@h/d' }],
  [
    'postgres',
    { url: `\${u}`, tables: ['orders'], migrations: { table: 'm', head: 7 } },
    { url: `\${u}`, tables: { orders: [] }, migrations: { table: 'm', head: '7' } },
  ],
  [
    'postgres',
    { url: 'postgres://h/d', extensions: ['citext', { name: 'vector', version: '0.7' }] },
    { url: 'postgres://h/d', extensions: { citext: '', vector: '0.7' } },
  ],
  ['postgres', { url: 'postgres://h/d', write: true }, { url: 'postgres://h/d', write: {} }],
  [
    'postgres',
    { url: 'postgres://h/d', write: { table: 't', values: { id: -1, ok: true } } },
    { url: 'postgres://h/d', write: { table: 't', values: { id: '-1', ok: 'true' } } },
  ],
  [
    'postgres',
    { url: 'postgres://h/d', replication: { from: 'postgres://p/d', lag: '2s' } },
    { url: 'postgres://h/d', replication: { from: 'postgres://p/d', lag: 2_000 } },
  ],
  [
    'prometheus',
    { url: 'http://p', query: 'up', atLeast: 0.1, below: '250ms', maxAge: '30s' },
    { url: 'http://p', query: 'up', atLeast: '0.1', below: '250ms', maxAge: 30_000 },
  ],
  [
    'queue',
    {
      pgBoss: { url: 'postgres://h/d', queue: 'orders' },
      canary: { processedWithin: '1s', by: 'worker@1' },
      oldestWaiting: '1m',
    },
    {
      pgBoss: { url: 'postgres://h/d', queue: 'orders' },
      canary: { processedWithin: 1_000, by: 'worker@1' },
      oldestWaiting: 60_000,
    },
  ],
  [
    'smoke',
    [{ name: 'a', url: 'http://h/', capture: { id: 'json.id' } }],
    { steps: [{ name: 'a', url: 'http://h/', capture: { id: { from: 'json.id' } } }] },
  ],
  [
    'smoke',
    { steps: [{ name: 'a', url: 'http://h/{run}', send: [1], within: '5s' }], times: 3 },
    { steps: [{ name: 'a', url: 'http://h/{run}', send: [1], within: 5_000 }], times: 3 },
  ],
  [
    'warm',
    { urls: ['http://h/'], least: '95%', within: '50ms' },
    { urls: ['http://h/'], least: '95%', within: 50 },
  ],
  ['rabbitmq', 'amqp://h/shop', { url: 'amqp://h/shop' }],
  [
    'rabbitmq',
    { url: 'amqps://h', queue: 'q', consumers: `\${n}`, canary: { processedWithin: '1s' } },
    { url: 'amqps://h', queue: 'q', consumers: `\${n}`, canary: { processedWithin: 1_000 } },
  ],
  ['kubernetes', 'Deployment/api', { object: 'Deployment/api' }],
  [
    'kubernetes',
    { object: `Job/\${settings.job}`, endpoints: { service: 'api', least: 2 } },
    { object: `Job/\${settings.job}`, endpoints: { service: 'api', least: 2 } },
  ],
  ['redis', 'redis://:pw@h', { url: 'redis://:pw@h' }],
  ['redis', { url: `\${u}`, keyCount: `\${n}` }, { url: `\${u}`, keyCount: `\${n}` }],
  ['s3', { ...S3_KEYS, bucket: 'shop' }, { ...S3_KEYS, bucket: 'shop' }],
  [
    's3',
    { ...S3_KEYS, bucket: `\${b}`, prefix: `h/\${run.id}/` },
    { ...S3_KEYS, bucket: `\${b}`, prefix: `h/\${run.id}/` },
  ],
]

/** What no contract may say. */
const REFUSED: readonly (readonly [ProbeName, unknown, RegExp])[] = [
  ['exit', 256, /255/],
  ['exit', 'runing', /running/],
  ['exit', [], /./],
  ['tcp', 'localhost', /host:port/],
  ['http', { url: 'http://a/', owned: 'yes' }, /template/],
  ['tcp', { host: 'db', port: '5432' }, /template/],
  ['tcp', { host: 'db', port: 5432, timeout: 3 }, /timeout/],
  ['http', 'localhost:80', /http:\/\//],
  ['http', { url: 'http://a/', status: '2x' }, /2xx/],
  ['http', { url: 'http://a/', expectHeaders: { etag: '(' } }, /RE2/],
  ['http', { url: 'http://a/', json: false, expectJson: { a: 'b' } }, /looks into the JSON/],
  ['http', { url: 'http://a/', expectJson: { 'a..b': 'c' } }, /items\.0\.id/],
  ['http', { url: 'http://a/', bodyLimit: '1MB' }, /1MiB/],
  ['http', { url: 'http://a/', method: 'GTE' }, /"GET"/],
  ['exec', { command: 'true' }, /array/],
  ['exec', { command: [] }, /./],
  ['dns', 'http://a.example', /name of the DNS/],
  ['dns', { name: 'a', type: 'CNAME', maxTtl: '30s' }, /only their TTL/],
  ['dns', { name: 'a', resolvers: ['dns.example'] }, /address of a resolver/],
  ['tls', 'a.example', /host:port/],
  ['tls', { host: 'a', minVersion: 'TLSv1' }, /TLSv1\.2/],
  ['grpc', 'http://a:1', /host:port/],
  ['grpc', { host: 'a', port: 1, metadata: { 'grpc-timeout': '1' } }, /name of metadata/],
  ['nats', 'localhost:4222', /nats:\/\//],
  ['nats', { url: 'nats://h', consumer: 'c' }, /name it with `stream`/],
  ['nats', { url: 'nats://h', stream: 'S', pending: 1 }, /about a consumer/],
  ['nats', { url: 'nats://h', stream: 'S.T' }, /without spaces/],
  ['mysql', 'postgres://a', /mysql:\/\//],
  ['mysql', { url: 'mysql://a', write: { table: 'a; drop table b' } }, /a name such as orders/],
  ['notify', 'READY=1', /ready/],
  ['notify', { watchdog: 10 }, /duration/],
  ['file', { path: 'a', absent: true, json: true }, /absent|json/],
  ['file', { path: 'a', stableFor: 3 }, /duration/],
  ['file', { path: 'a', sha256: 'abc' }, /64 hexadecimal/],
  ['kafka', 'kafka://k', /host:port/],
  ['kafka', { brokers: 'k:9092', group: 'g' }, /about a topic: name it/],
  ['kafka', { brokers: 'k:9092', topic: 't', canary: {} }, /for a group: name it/],
  [
    'kafka',
    { brokers: 'k:9092', topic: 't', group: 'g', canary: { by: '1' } },
    /name its topic with `replyTopic`/,
  ],
  ['log', '(?=x)', /look-around/],
  ['log', { pattern: 'a', stream: 'stdout' }, /"out"/],
  ['postgres', 'mysql://a', /postgres:\/\//],
  ['postgres', { url: 'postgres://h/d', role: 'standby' }, /replica/],
  [
    'postgres',
    { url: 'postgres://h/d', replication: { from: 'postgres://p/d', table: 'a; drop table b' } },
    /name of SQL/,
  ],
  ['prometheus', { url: 'http://p', query: 'up', below: '5 apples' }, /250ms/],
  ['prometheus', { url: 'p:9090', query: 'up' }, /http:\/\//],
  ['queue', { canary: {} }, /exactly one of pgBoss/],
  ['queue', { bullmq: { url: 'redis://h', queue: 'a:b' } }, /name of a queue/],
  ['queue', { pgBoss: { url: 'postgres://h/d', queue: 'a', schema: 'A-b' } }, /a schema of a-z/],
  ['smoke', [], /./],
  ['smoke', [{ name: 'a', url: 'http://h/{id}' }], /no step before captures {id}; known here: run/],
  ['smoke', [{ name: 'a', url: 'http://{run}/' }], /the host must not be captured/],
  ['smoke', [{ name: 'a', url: 'http://h/', capture: { run: 'body' } }], /name of the run/],
  ['smoke', [{ name: 'a', url: 'http://h/', capture: { id: 'cookie.id' } }], /json\.order\.id/],
  ['smoke', [1, 2].map(() => ({ name: 'a', url: 'http://h/' })), /two steps are called "a"/],
  ['warm', { urls: ['http://h/'], least: '95%' }, /`within` or `expectHeaders`/],
  ['warm', { urls: ['http://h/'], least: 95, within: '1s' }, /string/],
  ['warm', { urls: ['h'], least: '95%', within: '1s' }, /http:\/\//],
  ['rabbitmq', 'localhost:5672', /amqp:\/\//],
  ['rabbitmq', { url: 'amqp://h', consumers: 1 }, /about a queue/],
  ['rabbitmq', { url: 'amqp://h', queue: 'q', type: 'quorum' }, /name its URL with `management`/],
  [
    'rabbitmq',
    { url: 'amqp://h', management: 'http://h', queue: 'q', type: 'stream', canary: {} },
    /stays there/,
  ],
  ['kubernetes', 'api', /Deployment\/api/],
  ['kubernetes', { object: 'Pod/a', apiVersion: 'core' }, /apps\/v1/],
  ['kubernetes', { object: 'Pod/a', endpoints: { least: 0 } }, />=1/],
  ['redis', 'localhost:6379', /redis:\/\//],
  ['redis', { url: 'redis://h', sample: { keys: ['a'], least: '95' } }, /95%/],
  ['redis', { url: 'redis://h', keyCount: 0 }, />=1/],
  ['s3', { bucket: 'shop' }, /accessKeyId/],
  ['s3', { ...S3_KEYS, bucket: 'shop', endpoint: 'localhost:9000' }, /without user and path/],
  ['s3', { ...S3_KEYS, bucket: 'shop', versioning: true }, /"enabled"/],
]

describe('probe inputs', () => {
  for (const [name, written, read] of READ) {
    it(`reads ${name}: ${JSON.stringify(written)}`, () => {
      assert.deepEqual(probeInputs[name].schema.parse(written), read)
    })
  }

  for (const [name, written, expected] of REFUSED) {
    it(`refuses ${name}: ${JSON.stringify(written)}`, () => {
      const parsed = probeInputs[name].schema.safeParse(written)
      assert.equal(parsed.success, false)
      assert.match(JSON.stringify(parsed.error?.issues).replaceAll('\\"', '"'), expected)
    })
  }

  it('gives a JSON Schema for editors, for every probe', () => {
    for (const { schema, summary } of Object.values(probeInputs)) {
      const printed = z.toJSONSchema(schema, { io: 'input' })
      assert.ok(printed.anyOf !== undefined || printed.type === 'object')
      assert.match(summary, /^[A-Z].*\.$/)
    }
  })
})
