import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { RampartClient } from '../../src/server/client/client.ts'
import { makeCertificate, openssl } from '../support/certificates.ts'
import { openWorkspace } from '../support/daemon.ts'
import { startPostgres } from '../support/postgres.ts'
import { rampart, type Started, startRampart } from '../support/rampart.ts'
import { until } from '../support/until.ts'

/** Where a server says that it listens. */
async function urlOf(served: Started): Promise<string> {
  const pattern = /Listening at (https?:[^\s"]+)\./
  await until(
    'the server listens',
    () => pattern.test(served.stderr()) || served.child.exitCode !== null,
    30_000,
  )
  const [, url] = pattern.exec(served.stderr()) ?? []
  assert.ok(url, served.stderr())
  return url
}

const CONTRACT = {
  apiVersion: 'rampart/v1',
  kind: 'Environment',
  metadata: { name: 'held' },
  spec: { components: { nap: { run: { command: ['sleep', '600'] } } } },
}

test('serves whoever has a token, and ends when it is told to', async (t) => {
  const cwd = openWorkspace(t)
  writeFileSync(join(cwd, 'own.key'), 'ab'.repeat(32))
  const args = ['serve', '--listen', '127.0.0.1:0', '--key-file', 'own.key']
  const served = startRampart(args, { cwd })
  t.after(() => served.child.kill('SIGKILL'))
  const url = await urlOf(served)
  assert.match(served.stderr(), /Nobody has a token yet.*rampart token create/)
  assert.equal((await fetch(`${url}/v1/ramps`)).status, 401)
  const made = await rampart(['token', 'create', 'ops', '--role', 'admin'], { cwd })
  assert.equal(made.exitCode, 0, made.stderr)
  const client = new RampartClient({ url, token: made.stdout.trim() })
  t.after(() => client.close())
  assert.equal((await client.me()).name, 'token:ops')
  assert.deepEqual((await client.ramps()).ramps, [])
  await client.addWebhook({ url: 'https://192.0.78.9/hook' })
  assert.ok(
    !existsSync(join(cwd, '.rampart/master.key')),
    'it is sealed with the key that was given',
  )
  served.child.kill('SIGTERM')
  assert.equal((await served.finished).exitCode, 0)
})

test('opens no door to others that shows what passes through it', async (t) => {
  const cwd = openWorkspace(t)
  const { exitCode, stderr } = await rampart(['serve', '--listen', '0.0.0.0:0'], { cwd })
  assert.equal(exitCode, 2)
  assert.match(stderr, /--tls-cert/)
})

test('says what is wrong with what it was given before it holds anything', openssl, async (t) => {
  const cwd = openWorkspace(t)
  const one = await makeCertificate(t, { names: ['IP:127.0.0.1'] })
  const other = await makeCertificate(t, { names: ['IP:127.0.0.1'] })
  writeFileSync(join(cwd, 'access.yaml'), 'peple: {}')
  const served = (words: readonly string[]): ReturnType<typeof rampart> =>
    rampart(['serve', '--listen', '127.0.0.1:0', ...words], { cwd })
  const pair = ['--tls-cert', one.certificateFile, '--tls-key', other.keyFile]
  const [mixed, absent, access, key, replica] = await Promise.all([
    served(pair),
    served(['--tls-cert', 'none.pem', '--tls-key', one.keyFile]),
    served(['--access', 'access.yaml']),
    served(['--key-file', 'none.key']),
    served(['--replica', 'one']),
  ])
  assert.match(mixed.stderr, /key\.pem: It is not the key of the certificate in /)
  assert.match(absent.stderr, /none\.pem: The certificate cannot be read: there is no such file/)
  assert.match(access.stderr, /access\.yaml:1:1: "peple" is not a key here.*did you mean people\?/)
  assert.match(key.stderr, /It cannot be read: ENOENT.*none\.key/)
  assert.equal(replica.exitCode, 2)
  assert.match(replica.stderr, /--replica names a server among those that share a database/)
  assert.ok(!existsSync(join(cwd, '.rampart')))
})

test('speaks TLS, and a client that trusts its authority believes it', openssl, async (t) => {
  const cwd = openWorkspace(t)
  const made = await makeCertificate(t, { names: ['IP:127.0.0.1'] })
  const args = ['serve', '--listen', '127.0.0.1:0', '--tls-cert', made.certificateFile]
  const served = startRampart([...args, '--tls-key', made.keyFile], { cwd })
  t.after(() => served.child.kill('SIGKILL'))
  const url = await urlOf(served)
  assert.match(url, /^https:/)
  const token = (await rampart(['token', 'create', 'a', '--role', 'viewer'], { cwd })).stdout.trim()
  const trusting = new RampartClient({ url, token, ca: made.certificate })
  const doubting = new RampartClient({ url, token })
  t.after(() => Promise.all([trusting.close(), doubting.close()]))
  assert.equal((await trusting.me()).name, 'token:a')
  await assert.rejects(doubting.me(), { code: 'daemon-lost' })
})

test('shares a database with another server: what one does, the other shows', async (t) => {
  const postgres = await startPostgres()
  t.after(() => postgres.stop())
  const key = Buffer.alloc(32, 7).toString('base64')
  const env = { RAMPART_DATABASE: postgres.url, RAMPART_KEY: key }
  const open = async (replica: string): Promise<{ cwd: string; url: string; served: Started }> => {
    const cwd = openWorkspace(t)
    const args = ['serve', '--listen', '127.0.0.1:0', '--replica', replica]
    const served = startRampart(args, { cwd, env })
    t.after(() => served.child.kill('SIGKILL'))
    return { cwd, url: await urlOf(served), served }
  }
  const one = await open('one')
  const two = await open('two')
  const made = await rampart(['token', 'create', 'ops', '--role', 'operator'], { cwd: one.cwd })
  const token = made.stdout.trim()
  const clients = [one, two].map(({ url }) => new RampartClient({ url, token }))
  t.after(() => Promise.all(clients.map((client) => client.close())))
  const [here, there] = clients as [RampartClient, RampartClient]
  const opening = { contract: CONTRACT, directory: one.cwd, settings: {}, by: 'x' }
  const ramp = await here.openRamp({ ...opening, goal: 'up' })
  await until('the other one shows it', async () => {
    const { ramps } = await there.ramps({ contract: 'held' })
    return ramps.some((one) => one.ramp === ramp && one.phase === 'ended')
  })
  for await (const _ of there.stream(await there.openRamp({ ...opening, goal: 'down' })));
  assert.equal((await here.ramps({ limit: 1 })).ramps[0]?.goal, 'down')
})
