import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import {
  askingOf,
  askOnce,
  askUntilPassed,
  gist,
  settleMsAfterAbort,
} from '../../../test/support/asking.ts'
import { listen } from '../../../test/support/listen.ts'
import { makeRedis, type RedisServer } from '../../../test/support/redis.ts'
import { requireRealPart } from '../../../test/support/require-part.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { readInfo } from './collect-facts.ts'
import { RedisProbe } from './redis-probe.ts'

const probe = new RedisProbe()

describe('the redis probe', requireRealPart('Redis'), () => {
  let server: RedisServer
  let admin: Redis
  let startUp: readonly string[] = []

  before(async () => {
    server = await makeRedis('--enable-debug-command', 'local')
    assert.equal(gist(await ask()), 'failed notYet refused')
    const asked = askUntilPassed(probe, () => askingOf({ url: url() }), 20_000)
    server.start()
    startUp = (await asked).map(gist)
    admin = server.client()
  })

  after(() => server.remove())

  const url = (): string => `redis://127.0.0.1:${server.port}`
  const ask = (more: JsonObject = {}): Promise<Answer> => askOnce(probe, { url: url(), ...more })

  async function expectNoSession(): Promise<void> {
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const clients = String(await admin.call('CLIENT', 'LIST'))
        .trim()
        .split('\n')
      if (clients.length === 1) return
      assert.ok(performance.now() < giveUpMs, `${clients.length - 1} sessions are left`)
    }
  }

  it('does not pass before the server has started', () => {
    assert.equal(startUp.at(-1), 'passed ready')
    for (const one of startUp.slice(0, -1)) assert.match(one, /^failed notYet (refused|reset)$/)
  })

  it('tells what it found, and leaves no session behind', async () => {
    const answer = await ask({ role: 'primary', memoryFree: '100%' })
    assert.equal(gist(answer), 'passed ready', answer.sentence)
    const { serverVersion, role, loading, family, replicaCount } = answer.evidence
    assert.match(String(serverVersion), /^\d+\.\d+/)
    assert.deepEqual([role, loading, family, replicaCount], ['primary', false, 'ipv4', 0])
    await expectNoSession()
  })

  it('says not yet while the server loads its data, and how far it has come', async (test) => {
    const loader = await makeRedis('--enable-debug-command', 'local')
    test.after(() => loader.remove())
    loader.start()
    const writer = loader.client()
    await writer.call('DEBUG', 'POPULATE', '3000', 'key')
    await writer.call('SAVE')
    await loader.stop()
    const input = { url: `redis://127.0.0.1:${loader.port}`, keyCount: 3_000 }
    // Answers commands often, and reads so slowly that it would load for six seconds.
    loader.start('--loading-process-events-interval-bytes', '1024', '--key-load-delay', '2000')
    let answer = await askOnce(probe, input)
    const giveUpMs = performance.now() + 60_000
    while (answer.reason !== 'loading') {
      assert.match(gist(answer), /^failed notYet (refused|reset|timed-out)$/)
      assert.ok(performance.now() < giveUpMs, answer.sentence)
      answer = await askOnce(probe, input)
    }
    assert.equal(gist(answer), 'failed notYet loading')
    assert.match(answer.sentence, /loads its data: \d+\.\d+ % is read/)
    assert.equal(answer.evidence['loading'], true)
    await loader.client().call('CONFIG', 'SET', 'key-load-delay', '0')
    const answers = await askUntilPassed(probe, () => askingOf(input), 20_000)
    assert.equal(answers.at(-1)?.evidence['keyCount'], 3_000)
  })

  it('waits until a replica has found its primary and has been given everything', async (test) => {
    const primary = await makeRedis('--repl-diskless-sync-delay', '0')
    const replica = await makeRedis()
    test.after(() => Promise.all([primary.remove(), replica.remove()]))
    replica.start('--replicaof', '127.0.0.1', String(primary.port))
    const input = { url: `redis://127.0.0.1:${replica.port}`, role: 'replica' }
    await replica.client().ping()
    const alone = await askOnce(probe, input)
    assert.equal(gist(alone), 'failed notYet link-down', alone.sentence)
    assert.equal(alone.evidence['linked'], false)
    assert.equal(
      gist(await askOnce(probe, { ...input, role: 'primary' })),
      'failed notYet wrong-role',
    )
    primary.start()
    const answers = await askUntilPassed(probe, () => askingOf(input), 20_000)
    assert.equal(answers.at(-1)?.evidence['linked'], true)
    for (const { reason } of answers.slice(0, -1)) assert.match(reason, /^(link-down|syncing)$/)
    await replica.client().call('CONFIG', 'SET', 'replica-serve-stale-data', 'no')
    await primary.stop()
    const cut = await askOnce(probe, input)
    assert.equal(gist(cut), 'failed notYet link-down', cut.sentence)
  })

  it('does not pass on a cache that is not warm', async () => {
    const cold = await ask({ keys: ['catalog:1', 'catalog:2'] })
    assert.equal(gist(cold), 'failed notYet missing-keys')
    assert.deepEqual(cold.evidence['missing'], ['catalog:1', 'catalog:2'])
    await admin.mset('catalog:1', 'a', 'catalog:2', 'b', 'page:1', 'c')
    assert.equal(gist(await ask({ keys: ['catalog:1', 'catalog:2'] })), 'passed ready')
    const few = await ask({ keyCount: 4 })
    assert.equal(gist(few), 'failed notYet too-few-keys')
    assert.match(few.sentence, /holds 3 keys; 4 expected/)
    const sample = { keys: ['page:1', 'page:2', 'page:3'], least: '66.67%' }
    await admin.set('page:2', 'd')
    const nearly = await ask({ sample })
    assert.equal(gist(nearly), 'failed notYet cold')
    assert.match(nearly.sentence, /holds 2 of 3 keys of the sample \(66\.66%\); 66\.67% expected/)
    assert.equal(gist(await ask({ sample: { ...sample, least: '66%' } })), 'passed ready')
  })

  it('judges how much memory is left of what it may use', async (test) => {
    test.after(() => admin.config('SET', 'maxmemory', '0'))
    await admin.config('SET', 'maxmemory', '1gb')
    assert.equal(gist(await ask({ memoryFree: '50%' })), 'passed ready')
    const full = await ask({ memoryFree: '100%' })
    assert.equal(gist(full), 'failed notYet memory-full')
    assert.match(full.sentence, /uses \d+ of 1073741824 bytes; 100% of it free expected/)
  })

  it('is terminal for wrong credentials and a missing database', async (test) => {
    test.after(() => admin.call('CONFIG', 'SET', 'requirepass', ''))
    const needless = await ask({ url: url().replace('//', '//:hunter2@') })
    assert.equal(gist(needless), 'failed terminal wrong-credentials', needless.sentence)
    await admin.config('SET', 'requirepass', 'swordfish')
    await admin.auth('swordfish')
    for (const user of ['', ':hunter2@', 'nobody:hunter2@']) {
      const answer = await ask({ url: url().replace('//', `//${user}`) })
      assert.equal(gist(answer), 'failed terminal wrong-credentials', answer.sentence)
      assert.doesNotMatch(JSON.stringify(answer), /hunter2/)
    }
    const signedIn = await ask({ url: url().replace('//', '//:swordfish@') })
    assert.equal(gist(signedIn), 'passed ready')
    assert.doesNotMatch(JSON.stringify(signedIn), /swordfish/)
    const nowhere = await ask({ url: `${url().replace('//', '//:swordfish@')}/99` })
    assert.equal(gist(nowhere), 'failed terminal missing-database', nowhere.sentence)
  })

  it('says not yet when a user may not ask, a script does not end, no client more fits', async () => {
    await admin.call('ACL', 'SETUSER', 'app', 'on', '>tiger', '~*', '+ping')
    const denied = await ask({ url: url().replace('//', '//app:tiger@') })
    assert.equal(gist(denied), 'failed notYet permission-denied', denied.sentence)
    await admin.config('SET', 'lua-time-limit', '1')
    const script = server.client().call('EVAL', 'while true do end', '0')
    const killed = assert.rejects(script, /killed/i)
    const busy = await askUntilReason('busy')
    assert.equal(gist(busy), 'failed notYet busy')
    await admin.call('SCRIPT', 'KILL')
    await killed
    await admin.config('SET', 'maxclients', '1')
    const full = await ask()
    await admin.config('SET', 'maxclients', '100')
    assert.equal(gist(full), 'failed notYet too-many-connections', full.sentence)
  })

  async function askUntilReason(reason: string): Promise<Answer> {
    const giveUpMs = performance.now() + 60_000
    for (;;) {
      const answer = await ask()
      if (answer.reason === reason) return answer
      assert.ok(performance.now() < giveUpMs, `${reason} expected: ${answer.sentence}`)
    }
  }

  it('settles at once when aborted, and leaves no connection', async (test) => {
    const silent = await listen(test, () => 'It says nothing.')
    const input = { url: `redis://127.0.0.1:${silent.port}` }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 100)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 400, `settled ${settleMs} ms after the abort`)
    await Promise.all(silent.sockets.map((socket) => socket.closed || once(socket, 'close')))
  })

  it('says not yet for what is not Redis, what cuts off, and what talks without end', async (test) => {
    const http = await listen(test, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const cut = await listen(test, (socket) => socket.resetAndDestroy())
    const endless = await listen(test, (socket) => {
      socket.write(`$900000000\r\n`)
      const flood = (error?: Error | null): void => {
        if (!error) socket.write('x'.repeat(1_048_576), flood)
      }
      flood()
    })
    for (const [{ port }, expected] of [
      [http, 'failed notYet not-redis'],
      [cut, 'failed notYet reset'],
      [endless, 'failed notYet too-much'],
    ] as const) {
      const answer = await askOnce(probe, { url: `redis://127.0.0.1:${port}` })
      assert.equal(gist(answer), expected, answer.sentence)
    }
  })

  it('errs when a template became no URL or no share, without showing a password', async () => {
    for (const input of [
      { url: 'app:hunter2@host' },
      { url: 'redis://:hunter2@host/first' },
      { url: 'redis://:hunter2@host', memoryFree: 'much' },
    ]) {
      const answer = await askOnce(probe, input)
      assert.equal(gist(answer), 'errored terminal malformed-input')
      assert.doesNotMatch(answer.sentence, /hunter2/)
    }
  })
})

describe('what the redis probe reads of INFO', () => {
  it('tells Valkey from Redis, and a sentinel from both roles', () => {
    const valkey = readInfo('redis_version:7.2.4\r\nvalkey_version:8.1.0\r\nrole:master\r\n')
    assert.deepEqual([valkey.server, valkey.version, valkey.role], ['valkey', '8.1.0', 'primary'])
    assert.equal(readInfo('redis_version:7.0.15\r\nredis_mode:sentinel\r\n').role, undefined)
  })
})
