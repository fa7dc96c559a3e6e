/**
 * Secrets that were planted where they are needed are looked for, byte by byte, everywhere else: what a
 * server keeps, logs, sends and answers.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { RampartClient } from '../../src/server/client/client.ts'
import { openWorkspace } from '../support/daemon.ts'
import { openOtlpReceiver } from '../support/otlp-receiver.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { rampart, type Started, startRampart } from '../support/rampart.ts'
import { until } from '../support/until.ts'
import { openReceiver } from '../support/webhook-receiver.ts'

/** Long, so that whoever cuts texts cuts it, and with what JSON and addresses write otherwise. */
const PASSWORD = `pl4nted-pässwörd/"with" everything & more ${'0123456789'.repeat(4)}-the-end`
const TOKEN = 'pl4nted-token-in-a-header-7d1f'
/** Handed on to a component by the server's own variables. */
const HANDED_ON = 'pl4nted-in-the-servers-own-variables'

/** Whatever contains one of these gives part of a secret away. */
const TRACES = ['pl4nted-p', 'with\\" everything', 'pl4nted-token', HANDED_ON, '-the-end']

/** A service that gives away what it was sent, as a careless one would. */
async function openGossip(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    const given = { ...heard(request), [PASSWORD]: 'as a key' }
    const status = request.url?.startsWith('/bad') === true ? 500 : 200
    response.writeHead(status, { 'content-type': 'application/json', 'x-token': TOKEN })
    response.end(JSON.stringify(given))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function heard({ url, headers }: IncomingMessage): object {
  return { url, authorization: headers.authorization, password: PASSWORD, filler: 'x'.repeat(600) }
}

function contractFor(gossip: string): object {
  const password = `\${settings.password}`
  const token = `\${settings.token}`
  const url = `${gossip}/ready?password=${password}`
  const headers = { authorization: `Bearer ${token}` }
  const shows = `setTimeout(() => { console.error(process.env.PASSWORD); process.exit(3) }, 700)`
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'planted' },
    spec: {
      settings: {
        password: { from: 'PLANTED_PASSWORD', secret: true },
        token: { from: 'PLANTED_TOKEN', secret: true },
      },
      components: {
        stays: {
          run: {
            command: ['sleep', '600'],
            env: { PASSWORD: password, TOKEN: token },
            inherit: ['PATH', 'HANDED_ON'],
          },
          ready: [{ http: { url, headers }, when: 'evidence.status == 200' }],
        },
        talks: {
          needs: ['stays'],
          run: { command: ['sleep', '600'] },
          ready: [
            {
              exec: { command: ['printenv'], env: { PASSWORD: password } },
              when: 'evidence.stdout.size() > 0',
            },
          ],
        },
        doubts: {
          // What fails takes the rest with it, which by then has written what it writes.
          needs: ['ends'],
          run: { command: ['sleep', '600'] },
          ready: [{ http: { url, headers }, when: 'evidence.json.password == "other"' }],
          deadline: '1s',
        },
        fails: {
          needs: ['ends'],
          run: { command: ['sleep', '600'] },
          ready: [{ http: { url: `${gossip}/bad?password=${password}`, headers } }],
          deadline: '1s',
        },
        misses: {
          needs: ['ends'],
          run: { command: ['sleep', '600'] },
          ready: [{ postgres: { url: `postgres://app:${token}@127.0.0.1:1/shop` } }],
          deadline: '1s',
        },
        ends: {
          needs: ['stays'],
          run: { command: ['node', '-e', shows], env: { PASSWORD: password }, oneShot: true },
          ready: [{ exit: 0 }],
          deadline: '30s',
        },
      },
      watch: false,
    },
  }
}

/** What was looked through, and where a trace was found. */
class Search {
  readonly found: string[] = []
  readonly places: string[] = []

  look(place: string, content: Buffer | string): void {
    this.places.push(place)
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content)
    for (const trace of TRACES) {
      const at = bytes.indexOf(trace)
      if (at < 0) continue
      this.found.push(`${place}: …${bytes.subarray(Math.max(0, at - 120), at + 80)}…`)
    }
  }

  /** Every file of a folder but those that are meant to hold secrets, each readable by its owner alone. */
  lookInFolder(folder: string, isLeftOut: (path: string) => boolean = () => false): void {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile() && !isLeftOut(path)) this.look(path, readFileSync(path))
    }
  }
}

interface Trial {
  readonly cwd: string
  readonly url: string
  readonly token: string
  readonly served: Started
  readonly client: RampartClient
}

/** A server, started with everything that tells somebody something. */
async function openTrial(t: TestContext, env: Readonly<Record<string, string>>): Promise<Trial> {
  const cwd = openWorkspace(t)
  const around = { cwd, env: { ...env, HANDED_ON, RAMPART_LOG: 'json' } }
  const args = ['serve', '--listen', '127.0.0.1:0', '--webhooks-may-reach', '127.0.0.0/8']
  const served = startRampart(args, around)
  t.after(() => served.child.kill('SIGKILL'))
  const pattern = /Listening at (https?:[^\s"]+)\./
  await until('it listens', () => pattern.test(served.stderr()), 60_000)
  const [, url = ''] = pattern.exec(served.stderr()) ?? []
  const made = await rampart(['token', 'create', 'ops', '--role', 'admin'], { cwd })
  const token = made.stdout.trim()
  const client = new RampartClient({ url, token })
  t.after(() => client.close())
  return { cwd, url, token, served, client }
}

/** Plants the secrets, and has everything happen that might show them. */
async function plant(
  { client, cwd, url, token }: Trial,
  gossip: string,
  told: string,
): Promise<string> {
  const contract = contractFor(gossip)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const post = async (path: string, body: object): Promise<void> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    assert.ok(response.ok, `${path}: ${response.status} ${await response.text()}`)
  }
  const types = ['opened', 'held', 'ended'].map((what) => `dev.rampart.ramp.${what}`)
  await post('/v1/webhooks', { url: told, types: [...types, 'dev.rampart.stage.breached'] })
  await post('/v1/webhooks', { url: told, format: 'slack', types })
  await post('/v1/apply', { documents: [contract], dryRun: false })
  const settings = { password: PASSWORD, token: TOKEN }
  const opening = { contract: contract as never, directory: cwd, settings, by: 'x' }
  const ramp = await client.openRamp({ ...opening, goal: 'up' })
  await until('it ends', async () => (await client.ramp(ramp)).state.ended !== undefined, 60_000)
  return ramp
}

/** Asks everything that can be got, as somebody who may see all of it. */
async function getEverything({ url, token }: Trial, ramp: string, search: Search): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  const get = async (path: string): Promise<string> => {
    const stops = AbortSignal.timeout(/stream|events|logs/.test(path) ? 1_500 : 30_000)
    let text = ''
    try {
      const response = await fetch(`${url}${path}`, { headers, signal: stops, redirect: 'manual' })
      text = JSON.stringify([...response.headers])
      for await (const piece of response.body ?? []) text += Buffer.from(piece).toString()
    } catch (error) {
      if (!stops.aborted) throw error
    }
    search.look(`GET ${path}`, text)
    return text
  }
  const document = JSON.parse((await get('/v1/openapi.json')).replace(/^\[\[.*?\]\]/, '')) as {
    paths: Record<string, Record<string, unknown>>
  }
  const revisions = await get('/v1/contracts/Environment/planted/revisions')
  const [, digest = 'none'] = /"digest":"([^"]+)"/.exec(revisions) ?? []
  const known: Readonly<Record<string, string>> = {
    ramp,
    kind: 'Environment',
    name: 'planted',
    digest: encodeURIComponent(digest),
    position: '3',
  }
  for (const [path, methods] of Object.entries(document.paths)) {
    if (methods['get'] === undefined) continue
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? 'none')
    const query = path.endsWith('/compare') ? `?from=${known['digest']}` : ''
    await get(`${filled}${query}`)
  }
  const subjects = ['stays', 'fails', 'misses', 'doubts', 'talks', 'ends']
  for (const one of subjects) await get(`/v1/logs?subject=planted/${one}`)
  // It gives its secret away as loudly as it can; the line is there, and the secret is not.
  assert.match(await get('/v1/logs?subject=planted/ends'), /\[secret password\]/)
  for (const page of ['/', '/ramps', `/ramps/${ramp}`, '/contracts', '/ledger']) await get(page)
}

/** Every row of every table, since the bytes of long values are compressed where they lie. */
async function lookInRows({ url }: PostgresServer, search: Search): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(`SELECT tablename FROM pg_tables
      WHERE schemaname = 'rampart'`)
    for (const { tablename } of rows) {
      const found = await client.query(`SELECT held::text AS row FROM rampart.${tablename} AS held`)
      search.look(`table ${tablename}`, found.rows.map(({ row }) => row).join('\n'))
    }
    await client.query('CHECKPOINT')
  } finally {
    await client.end()
  }
}

for (const store of ['SQLite', 'PostgreSQL'] as const) {
  test(`shows a planted secret nowhere, with everything in ${store}`, async (t) => {
    const postgres = store === 'PostgreSQL' ? await startPostgres() : undefined
    t.after(() => postgres?.stop())
    const otlp = await openOtlpReceiver(t)
    const told = await openReceiver(t)
    const gossip = await openGossip(t)
    const trial = await openTrial(t, {
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.endpoint,
      ...(postgres === undefined ? {} : { RAMPART_DATABASE: postgres.url }),
    })
    const search = new Search()
    const ramp = await plant(trial, gossip, told.url)
    await told.until(2)
    await getEverything(trial, ramp, search)
    trial.served.child.kill('SIGTERM')
    const { stdout, stderr } = await trial.served.finished
    search.look('logs', stdout + stderr)
    assert.ok(otlp.logs.length > 0 && otlp.received.length > 0, 'telemetry was sent')
    search.look('logs by OTLP', JSON.stringify(otlp.logs))
    search.look('traces', JSON.stringify(otlp.received))
    search.look('webhooks', JSON.stringify(told.received))
    const own = join(trial.cwd, '.rampart')
    const leftOut = [join(own, 'settings'), join(own, 'processes')]
    search.lookInFolder(own, (path) => leftOut.some((folder) => path.startsWith(folder)))
    if (postgres !== undefined) {
      await lookInRows(postgres, search)
      search.lookInFolder(postgres.dataFolder)
    }
    assert.ok(search.places.length > 60, `${search.places.length} places`)
    assert.deepEqual(search.found, [])
  })
}
