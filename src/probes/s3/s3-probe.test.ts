import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { after, before, describe, it } from 'node:test'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { askingOf, askOnce, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import { makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { listen } from '../../../test/support/listen.ts'
import { type Meddling, startRelay } from '../../../test/support/relay.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import { ANY_KEYS, makeS3, S3_PART, type S3Keys, type S3Store } from '../../../test/support/s3.ts'
import { startTlsFront } from '../../../test/support/tls-front.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { S3Probe } from './s3-probe.ts'

const BUCKET = 'shop-uploads'
const VERSIONED = 'shop-archive'

const EVERYTHING = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
const LISTING = { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }
const NO_DELETING = { Effect: 'Deny', Action: 's3:DeleteObject*', Resource: '*' }

describe(`the s3 probe, with ${S3_PART}`, requireRealPart(S3_PART), () => {
  const probe = new S3Probe({ instance: 'test' })
  let store: S3Store
  let startUp: readonly Answer[] = []

  before(async () => {
    store = await makeS3()
    assert.equal(gist(await ask()), 'failed notYet refused')
    store.start()
    startUp = await askUntilPassedMakingBuckets()
  })

  after(() => store.remove())

  const ask = (more: JsonObject = {}, signal?: AbortSignal): Promise<Answer> =>
    askOnce(probe, inputFor(more), signal === undefined ? {} : { signal })

  const inputFor = (more: JsonObject = {}, keys: S3Keys = ANY_KEYS): JsonObject => ({
    bucket: BUCKET,
    endpoint: store.url,
    ...keys,
    ...more,
  })

  /** The bucket is made only once the probe has missed it. */
  async function askUntilPassedMakingBuckets(): Promise<readonly Answer[]> {
    const answers: Answer[] = []
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const answer = await ask()
      answers.push(answer)
      if (answer.verdict === 'passed') return answers
      assert.ok(performance.now() < giveUpMs, answer.sentence)
      if (answer.reason === 'missing-bucket') await makeBuckets()
    }
  }

  async function makeBuckets(): Promise<void> {
    const admin = store.client()
    await admin.send(new CreateBucketCommand({ Bucket: BUCKET }))
    await admin.send(new CreateBucketCommand({ Bucket: VERSIONED }))
    await setVersioning('Enabled')
  }

  async function setVersioning(Status: 'Enabled' | 'Suspended'): Promise<void> {
    const VersioningConfiguration = { Status }
    const more = { Bucket: VERSIONED, VersioningConfiguration }
    await store.client().send(new PutBucketVersioningCommand(more))
  }

  it('does not pass before the store runs and the bucket is there', () => {
    const gists = startUp.map(gist)
    assert.equal(gists.at(-1), 'passed ready')
    assert.ok(gists.includes('failed notYet missing-bucket'), gists.join())
    for (const one of gists.slice(0, -1)) {
      assert.match(one, /^failed notYet (refused|reset|missing-bucket)$/)
    }
  })

  it('puts an object, gets the same back and deletes it, and tells how long each took', async () => {
    const answer = await ask({ prefix: 'health/' })
    assert.equal(gist(answer), 'passed ready', answer.sentence)
    const { key, checksum, checksumBack, family } = answer.evidence
    assert.match(String(key), /^health\/[0-9a-f]{24}-0$/)
    assert.match(String(checksum), /^sha256:[0-9a-f]{64}$/)
    assert.equal(checksumBack, checksum)
    assert.equal(family, 'ipv4')
    for (const name of ['putMs', 'getMs', 'deleteMs', 'latencyMs']) {
      assert.equal(typeof answer.evidence[name], 'number', name)
    }
    assert.deepEqual(await store.left(BUCKET), [])
  })

  it('uses one key all along, and others only side by side', async () => {
    const [one, other] = await Promise.all([ask(), ask()])
    assert.equal(gist(one), 'passed ready', one.sentence)
    assert.equal(gist(other), 'passed ready', other.sentence)
    assert.notEqual(one.evidence['key'], other.evidence['key'])
    const again = await ask()
    assert.ok([one.evidence['key'], other.evidence['key']].includes(again.evidence['key'] ?? ''))
    assert.deepEqual(await store.left(BUCKET), [])
  })

  it('leaves neither version nor marker in a bucket that keeps old versions', async (test) => {
    test.after(() => setVersioning('Enabled'))
    for (const versioning of ['enabled', 'suspended']) {
      const answer = await ask({ bucket: VERSIONED, versioning })
      assert.equal(gist(answer), 'passed ready', answer.sentence)
      assert.equal(answer.evidence['versioning'], versioning)
      assert.deepEqual(await store.left(VERSIONED), [])
      await setVersioning('Suspended')
    }
  })

  it('says not yet for another versioning, and puts nothing then', async () => {
    const answer = await ask({ versioning: 'enabled' })
    assert.equal(gist(answer), 'failed notYet wrong-versioning')
    assert.match(answer.sentence, /has a versioning that is off; enabled expected/)
    assert.equal(answer.evidence['key'], undefined)
  })

  it('takes back what an earlier daemon could not, version by version', async () => {
    const { key } = (await ask({ bucket: VERSIONED })).evidence
    for (const Body of ['one', 'two']) {
      const object = { Bucket: VERSIONED, Key: String(key), Body }
      await store.client().send(new PutObjectCommand(object))
    }
    assert.equal((await store.left(VERSIONED)).length, 2)
    const restarted = new S3Probe({ instance: 'test' })
    const answer = await askOnce(restarted, inputFor({ bucket: VERSIONED }))
    assert.equal(gist(answer), 'passed ready', answer.sentence)
    assert.deepEqual(await store.left(VERSIONED), [])
  })

  it('waits for a replication that is under way, and names every other state', async (test) => {
    let status: string | undefined
    const { url } = await startRelay(test, store.url, {
      after: (asked, answer) => {
        if (asked.method !== 'HEAD' || status === undefined) return
        answer.headers['x-amz-replication-status'] = status
      },
    })
    const input = { endpoint: url, replicated: 'images/logo.png' }
    assert.equal(gist(await ask(input)), 'failed notYet missing-object')
    const object = { Bucket: BUCKET, Key: 'images/logo.png', Body: 'logo' }
    await store.client().send(new PutObjectCommand(object))
    const states = [
      [undefined, 'failed notYet not-replicated'],
      ['PENDING', 'failed notYet replicating'],
      ['FAILED', 'failed notYet replication-failed'],
      ['COMPLETED', 'passed ready'],
      ['REPLICA', 'passed ready'],
    ] as const
    for (const [word, expected] of states) {
      status = word
      const answer = await ask(input)
      assert.equal(gist(answer), expected, answer.sentence)
    }
    assert.deepEqual(await store.left(BUCKET), ['images/logo.png'])
  })

  it('is terminal for keys that are not known, do not fit, or have no access', async (test) => {
    const app = await store.addUser('app', [EVERYTHING])
    const stranger = await store.addUser('stranger', [LISTING])
    test.after(() => store.openDoors())
    await store.closeDoors()
    assert.equal(gist(await askOnce(probe, inputFor({}, app))), 'passed ready')
    const wrong = { ...app, secretAccessKey: 'swordfish' }
    for (const keys of [wrong, { accessKeyId: 'nobody', secretAccessKey: 'swordfish' }]) {
      for (const more of [{ sessionToken: 'tiger' }, { replicated: 'a' }, { versioning: 'off' }]) {
        const answer = await askOnce(probe, inputFor(more, keys))
        assert.equal(gist(answer), 'failed terminal wrong-credentials', answer.sentence)
        assert.doesNotMatch(JSON.stringify(answer), /swordfish|tiger/)
      }
    }
    const denied = await askOnce(probe, inputFor({}, stranger))
    assert.equal(gist(denied), 'failed notYet permission-denied', denied.sentence)
    const nowhere = await askOnce(probe, inputFor({ bucket: 'nowhere', replicated: 'a' }, app))
    assert.equal(gist(nowhere), 'failed notYet missing-bucket', nowhere.sentence)
  })

  it('puts no second object where deleting is refused', async (test) => {
    const keys = await store.addUser('hoarder', [EVERYTHING, NO_DELETING])
    test.after(() => store.openDoors())
    await store.closeDoors()
    const own = new S3Probe({ instance: 'hoarder' })
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const answer = await askOnce(own, inputFor({ bucket: VERSIONED }, keys))
      assert.equal(gist(answer), 'failed notYet permission-denied', answer.sentence)
      assert.match(answer.sentence, /when deleting the canary; the canary may be left there/)
      assert.ok(answer.evidence['leftBehind'])
    }
    await store.openDoors()
    assert.equal((await store.left(VERSIONED)).length, 1)
    const allowed = await askOnce(own, inputFor({ bucket: VERSIONED }, keys))
    assert.equal(gist(allowed), 'passed ready', allowed.sentence)
    assert.deepEqual(await store.left(VERSIONED), [])
  })

  it('notices other bytes, and an object that is gone when asked for', async (test) => {
    const cases: readonly (readonly [string, Meddling])[] = [
      [
        'altered',
        {
          after: (asked, answer) => {
            if (asked.method === 'GET') answer.body = Buffer.from(answer.body).reverse()
          },
        },
      ],
      [
        'lost',
        {
          before: (asked, answer) =>
            asked.method === 'GET' && refuse(answer, 404, 'NoSuchKey', 'It is not there.'),
        },
      ],
      [
        'unavailable',
        {
          before: (asked, answer) =>
            asked.method === 'PUT' && refuse(answer, 503, 'SlowDown', 'Please reduce your rate.'),
        },
      ],
      ['full', { before: (_, answer) => refuse(answer, 507, 'XMinioStorageFull', 'Full.') }],
      [
        'clock-skew',
        { before: (_, answer) => refuse(answer, 403, 'RequestTimeTooSkewed', 'Late.') },
      ],
    ]
    for (const [reason, meddling] of cases) {
      const { url } = await startRelay(test, store.url, meddling)
      const answer = await ask({ endpoint: url, bucket: VERSIONED })
      assert.equal(gist(answer), `failed notYet ${reason}`, answer.sentence)
      assert.deepEqual(await store.left(VERSIONED), [], reason)
    }
  })

  it('is terminal where the bucket belongs to another region', async (test) => {
    const message = "the region 'us-east-1' is wrong; expecting 'eu-central-1'"
    for (const [status, code] of [
      [400, 'AuthorizationHeaderMalformed'],
      [301, 'PermanentRedirect'],
    ] as const) {
      const { url } = await startRelay(test, store.url, {
        before: (asked, answer) => asked.method === 'PUT' && refuse(answer, status, code, message),
      })
      const answer = await ask({ endpoint: url })
      assert.equal(gist(answer), 'failed terminal wrong-region', answer.sentence)
    }
  })

  it('settles soon when aborted, and takes back what it had put', async (test) => {
    const { promise: reached, resolve } = Promise.withResolvers<void>()
    const { url, openConnections } = await startRelay(test, store.url, {
      before: (asked) => {
        if (asked.method !== 'GET') return false
        resolve()
        return true
      },
    })
    const aborting = new AbortController()
    const asked = ask({ endpoint: url, bucket: VERSIONED }, aborting.signal)
    await reached
    assert.equal((await store.left(VERSIONED)).length, 1)
    const abortedMs = performance.now()
    aborting.abort()
    const answer = await asked
    const settleMs = performance.now() - abortedMs
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 1_000, `settled ${settleMs} ms after the abort`)
    assert.deepEqual(await store.left(VERSIONED), [])
    await untilNone(openConnections)
  })

  it('finds what it has put before the answer was cut off', async (test) => {
    const { url } = await startRelay(test, store.url, {
      after: (asked, _answer, socket) => {
        if (asked.method === 'PUT') socket.resetAndDestroy()
      },
    })
    const answer = await ask({ endpoint: url, bucket: VERSIONED })
    assert.equal(gist(answer), 'failed notYet reset', answer.sentence)
    assert.deepEqual(await store.left(VERSIONED), [])
  })

  it('settles at once when aborted before it has put anything', async (test) => {
    const silent = await listen(test, () => 'It says nothing.')
    const input = inputFor({ endpoint: `http://127.0.0.1:${silent.port}` })
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 100)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 400, `settled ${settleMs} ms after the abort`)
    await Promise.all(silent.sockets.map((socket) => socket.closed || once(socket, 'close')))
  })

  it('says not yet for what is not S3, what cuts off, and what talks without end', async (test) => {
    const redis = await listen(test, (socket) => socket.end('-ERR unknown command\r\n'))
    const page = await listen(test, (socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>'),
    )
    const cut = await listen(test, (socket) => socket.resetAndDestroy())
    const endless = await listen(test, (socket) => {
      socket.write('HTTP/1.1 500 Trouble\r\nContent-Length: 900000000\r\n\r\n')
      const flood = (error?: Error | null): void => {
        if (!error) socket.write('x'.repeat(65_536), flood)
      }
      flood()
    })
    for (const [{ port }, expected] of [
      [redis, 'failed notYet not-s3'],
      [page, 'failed notYet not-s3'],
      [cut, 'failed notYet reset'],
      [endless, 'failed notYet too-much'],
    ] as const) {
      const answer = await ask({ endpoint: `http://127.0.0.1:${port}`, versioning: 'off' })
      assert.equal(gist(answer), expected, answer.sentence)
    }
  })

  it('judges the certificate where TLS is spoken', openssl, async (test) => {
    const made = await makeCertificate(test)
    const port = await startTlsFront(test, Number(new URL(store.url).port), made)
    const endpoint = `https://localhost:${port}`
    const trusted = await ask({ endpoint, tls: { ca: made.certificate } })
    assert.equal(gist(trusted), 'passed ready', trusted.sentence)
    const untrusted = await ask({ endpoint })
    assert.equal(gist(untrusted), 'failed terminal untrusted-certificate', untrusted.sentence)
    const unread = await ask({ endpoint, tls: { ca: 'nowhere.pem' } })
    assert.equal(gist(unread), 'errored terminal malformed-input', unread.sentence)
    const plain = await ask({ endpoint: store.url.replace('http:', 'https:') })
    assert.match(gist(plain), /^failed notYet (no-tls|reset)$/)
    assert.deepEqual(await store.left(BUCKET), ['images/logo.png'])
  })

  it('heeds nothing of what is set for other tools on the machine', async (test) => {
    const names = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_PROFILE', 'AWS_CONFIG_FILE']
    test.after(() => {
      for (const name of names) delete process.env[name]
    })
    for (const name of names) process.env[name] = 'http://127.0.0.1:1'
    const answer = await ask()
    assert.equal(gist(answer), 'passed ready', answer.sentence)
  })

  it('says not yet again when the bucket is deleted', async () => {
    const admin = store.client()
    await admin.send(new CreateBucketCommand({ Bucket: 'short-lived' }))
    assert.equal(gist(await ask({ bucket: 'short-lived' })), 'passed ready')
    await admin.send(new DeleteBucketCommand({ Bucket: 'short-lived' }))
    const answer = await ask({ bucket: 'short-lived' })
    assert.equal(gist(answer), 'failed notYet missing-bucket', answer.sentence)
  })

  it('errs when a template became no endpoint or no bucket, without showing a secret', async () => {
    for (const more of [
      { endpoint: 'http://app:swordfish@host/' },
      { bucket: 'no bucket' },
      { versioning: 'on' },
      { secretAccessKey: 'swordfish', region: 'US East' },
      { secretAccessKey: '' },
    ]) {
      const answer = await probe.ask(askingOf(inputFor(more)))
      assert.equal(gist(answer), 'errored terminal malformed-input')
      assert.doesNotMatch(answer.sentence, /swordfish/)
    }
  })
})

function refuse(answer: ServerResponse, status: number, code: string, message: string): true {
  answer.writeHead(status, { 'content-type': 'application/xml' })
  answer.end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`)
  return true
}

async function untilNone(count: () => Promise<number>): Promise<void> {
  const giveUpMs = performance.now() + 60_000
  while ((await count()) > 0) assert.ok(performance.now() < giveUpMs, 'connections are left')
}
