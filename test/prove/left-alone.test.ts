/** What a proof leaves: nothing of its copy however it ends, and everything that is not of the copy. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { makePostgres } from '../support/postgres.ts'
import { openFolder, startRampart } from '../support/rampart.ts'

const SERVER = `import { createServer } from 'node:http'
import { appendFileSync } from 'node:fs'
appendFileSync('pids', process.pid + '\\n')
createServer((_, response) => response.end('{}')).listen(process.env.PORT, '127.0.0.1')
`

function contractOf(component: string, settings = ''): string {
  return `apiVersion: rampart/v1
kind: Environment
metadata: { name: brief }
spec:
${settings}
  components:
    web:
      run: { command: [node, server.mjs], ports: { http: {} } }
${component}
`
}

function place(t: TestContext, contract: string): string {
  const folder = openFolder(t, 'left')
  writeFileSync(join(folder, 'rampart.yaml'), contract)
  writeFileSync(join(folder, 'server.mjs'), SERVER)
  return folder
}

/** Whether every process that the contract started is gone. */
function areGone(folder: string): boolean {
  const pids = readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number)
  return pids.every((pid) => !existsSync(`/proc/${pid}`) || stateOf(pid) === 'Z')
}

async function untilSaid(stderr: () => string, said: RegExp): Promise<string> {
  const endMs = performance.now() + 30_000
  while (!said.test(stderr())) {
    assert.ok(performance.now() < endMs, `${said} was not said: ${stderr()}`)
    await delay(20)
  }
  return said.exec(stderr())?.[1] ?? ''
}

test('a copy that holds on the way up is taken down all the same', async (t) => {
  const ready = '      onBreach: hold\n      deadline: 1s\n      ready: [{ file: never.txt }]'
  const folder = place(t, contractOf(ready))
  const { exitCode, stderr } = await startRampart(['prove'], { cwd: folder }).finished
  assert.equal(exitCode, 3, stderr)
  assert.match(stderr, /did not come up: file was not met within 1\.00 s/)
  assert.ok(areGone(folder))
})

test('a proof that is told to end takes the copy down at once, what was stopped too', async (t) => {
  const folder = place(t, contractOf(`      ready: [{ tcp: "\${self.host}:\${self.ports.http}" }]`))
  const { child, stderr, finished } = startRampart(['prove', '--within', '1m'], { cwd: folder })
  const workspace = await untilSaid(stderr, /copy of brief in (\S+), to break it/)
  const endMs = performance.now() + 30_000
  while (!isStopped(folder)) {
    assert.ok(performance.now() < endMs, 'nothing was made to hang')
    await delay(20)
  }
  child.kill('SIGTERM')
  const { exitCode } = await finished
  assert.equal(exitCode, 130, stderr())
  assert.match(stderr(), /Broken off/)
  assert.ok(areGone(folder))
  assert.ok(!existsSync(workspace))
})

function isStopped(folder: string): boolean {
  if (!existsSync(join(folder, 'pids'))) return false
  const pid = readFileSync(join(folder, 'pids'), 'utf8').trim()
  return stateOf(Number(pid)) === 'T'
}

/** One letter: T is stopped, Z has ended and waits only for its parent to take note. */
function stateOf(pid: number): string {
  return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
}

test('a file outside the folder of the contract is not touched, and that is said', async (t) => {
  const outside = mkdtempSync(join(tmpdir(), 'rampart-outside-'))
  t.after(() => rmSync(outside, { recursive: true }))
  writeFileSync(join(outside, 'shared.txt'), 'of others')
  const path = join(outside, 'shared.txt')
  const folder = place(t, contractOf(`      ready: [{ file: ${path} }]`))
  const { exitCode, stdout } = await startRampart(['prove', '--within', '1s'], { cwd: folder })
    .finished
  assert.equal(exitCode, 3)
  assert.match(stdout, /web: file was not shown that .*shared\.txt is gone for web: it is not in/)
  assert.equal(readFileSync(path, 'utf8'), 'of others')
})

test('a database that is not of the copy is not touched, and that is said', async (t) => {
  const server = await makePostgres()
  await server.start()
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  t.after(async () => {
    await client.end()
    await server.stop()
  })
  // Set off by every `alter`, so that a table that was renamed and named back is noticed too.
  await client.query('create table orders (id int)')
  await client.query('create table altered (tag text)')
  await client.query(
    `create function tell() returns event_trigger language plpgsql as
     $$ begin insert into altered values (tg_tag); end $$`,
  )
  await client.query('create event trigger told on ddl_command_end execute function tell()')
  const contract = contractOf(
    `      ready: [{ postgres: { url: "\${settings.database}", tables: [orders] } }]`,
    '  settings: { database: { from: DATABASE, secret: true } }',
  )
  const folder = place(t, contract)
  const around = { cwd: folder, env: { DATABASE: server.url } }
  const { exitCode, stdout, stderr } = await startRampart(['prove', '--within', '1s'], around)
    .finished
  assert.equal(exitCode, 3, stderr)
  assert.match(
    stderr,
    /the table orders is gone for web: not tried, since its database is not of the copy, and was left alone/,
  )
  assert.deepEqual((await client.query('select tag from altered')).rows, [])
  assert.doesNotMatch(stdout + stderr, /swordfish/)
})

test('what a killed proof has left is removed by the next, and its files are put back', async (t) => {
  const contract = contractOf('      ready: [{ file: license.txt }]')
  const folder = place(t, contract)
  writeFileSync(join(folder, 'license.txt'), 'granted')
  const { child, stderr, finished } = startRampart(['prove', '--within', '1m'], { cwd: folder })
  const workspace = await untilSaid(stderr, /copy of brief in (\S+), to break it/)
  await untilTrue(() => !existsSync(join(folder, 'license.txt')))
  child.kill('SIGKILL')
  await finished
  const clean = await startRampart(['prove', '--clean'], { cwd: folder }).finished
  assert.equal(clean.exitCode, 0, clean.stderr)
  // Another proof on this machine may have been quicker.
  await untilTrue(() => !existsSync(workspace))
  assert.ok(areGone(folder))
  assert.equal(readFileSync(join(folder, 'license.txt'), 'utf8'), 'granted')
  assert.ok(!existsSync(join(folder, 'license.txt.put-aside')))
})

async function untilTrue(isTrue: () => boolean): Promise<void> {
  const endMs = performance.now() + 60_000
  while (!isTrue()) {
    assert.ok(performance.now() < endMs, `not in time: ${isTrue}`)
    await delay(20)
  }
}
