/**
 * Staged incidents: real ramps that break or slow down for a reason that is known here, and must be
 * classed by it. The first rule: no cause is ever named without evidence.
 *
 * Each is shown in words with RAMPART_SHOW_WHY=1.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { freePort } from '../support/free-port.ts'
import { startPostgres } from '../support/postgres.ts'
import { StagedEnvironment, type WhyTold } from './staged-environment.ts'

const WEB = `    web:
      run: { command: [node, component.mjs] }
      ready: [{ log: { pattern: begun } }]
`

/** A component that is as slow as its file says, which its command does not name. */
const PACED = `    db:
      run: { command: [node, component.mjs, paced] }
      ready: [{ log: { pattern: begun } }]
`

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(text)
  await client.end()
}

/** The class, and what speaks for the first finding; nothing but `unexplained` stands without. */
function gistOf(why: WhyTold): readonly (string | null)[] {
  for (const finding of why.findings) {
    const isUnexplained = finding.class === 'unexplained'
    assert.equal(finding.evidence.length === 0, isUnexplained, finding.sentence)
  }
  const [first] = why.findings
  const speaks = first?.evidence.map((evidence) => String(evidence['of'])) ?? []
  return [why.class, first?.stage ?? null, ...new Set(speaks)]
}

function evidenceOf(why: WhyTold, of: string): Readonly<Record<string, unknown>> {
  const found = why.findings.flatMap(({ evidence }) => evidence).find((one) => one['of'] === of)
  assert.ok(found, `there is evidence of ${of} in ${JSON.stringify(why.findings)}`)
  return found
}

describe('a bad deploy', () => {
  test('by its command: the contract differs, and the stage is slower', async (t) => {
    const staged = new StagedEnvironment(t)
    const quick = PACED.replace(', paced', '')
    staged.write('pace.txt', '900')
    staged.contract(quick)
    await staged.goodRuns(2)
    staged.contract(PACED)
    const why = await staged.incident()
    assert.deepEqual(gistOf(why), ['badDeploy', 'db', 'change'])
    assert.equal(why.runs, 2)
    assert.match(why.findings[0]?.sentence ?? '', /^db took .* longer than usual, and it differs/)
  })

  test('by its release: the contract is the same, the program is another', async (t) => {
    const staged = new StagedEnvironment(t)
    staged.contract(WEB)
    await staged.goodRuns(1)
    staged.write('component.mjs', 'console.error("no such option"); process.exit(3)\n')
    const why = await staged.incident()
    assert.deepEqual(gistOf(why), ['badDeploy', 'web', 'change'])
    assert.deepEqual(
      why.changes.map(({ of, at }) => `${of} ${at}`),
      ['release component.mjs'],
    )
  })

  test('by a setting: its value is never told, that it is another one is', async (t) => {
    const staged = new StagedEnvironment(t)
    staged.write('picky.mjs', "process.exit(process.argv[2] === 'good' ? 0 : 1)\n")
    staged.contract(
      `    job:
      run: { command: [node, picky.mjs, "\${settings.mode}"], oneShot: true }
      ready: [{ exit: 0 }]
`,
      '    mode: { from: MODE, default: good }\n',
    )
    await staged.goodRuns(1)
    const why = await staged.incident({ MODE: 'marmalade' })
    assert.deepEqual(gistOf(why), ['badDeploy', 'job', 'change'])
    assert.deepEqual(
      why.changes.map(({ of, at }) => `${of} ${at}`),
      ['setting mode'],
    )
    assert.doesNotMatch(JSON.stringify(why.changes), /marmalade/)
  })
})

describe('a missing dependency', () => {
  const asking = (what: string): string => `    api:
      run: { command: [node, component.mjs] }
      ready:
        - ${what}
      deadline: 1200ms
`

  test('that refuses: nobody listens any more where somebody did', async (t) => {
    const staged = new StagedEnvironment(t)
    const port = await freePort()
    staged.contract(asking(`tcp: { host: 127.0.0.1, port: ${port} }`))
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    await staged.goodRuns(1)
    server.close()
    const why = await staged.incident()
    assert.deepEqual(gistOf(why), ['missingDependency', 'api', 'answer'])
    assert.equal(evidenceOf(why, 'answer')['missing'], 'refused')
  })

  test('whose name nobody knows, even on the very first ramp', async (t) => {
    const staged = new StagedEnvironment(t)
    staged.contract(asking('tcp: { host: db.invalid, port: 5432 }'))
    const why = await staged.incident()
    assert.deepEqual(gistOf(why), ['missingDependency', 'api', 'answer'])
    assert.equal(evidenceOf(why, 'answer')['missing'], 'name')
  })

  test('that the process itself misses, and says so as it ends', async (t) => {
    const staged = new StagedEnvironment(t)
    staged.write('upstream.txt', '')
    staged.write(
      'client.mjs',
      `import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
const port = Number(readFileSync('upstream.txt', 'utf8'))
if (port > 0) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', ({ message }) => {
    console.error(message)
    process.exitCode = 1
  })
}
`,
    )
    staged.contract(`    job:
      run: { command: [node, client.mjs], oneShot: true }
      ready: [{ exit: 0 }]
`)
    await staged.goodRuns(1)
    staged.write('upstream.txt', String(await freePort()))
    const why = await staged.incident()
    assert.deepEqual(gistOf(why), ['missingDependency', 'job', 'answer'])
    assert.match(String(evidenceOf(why, 'answer')['sentence']), /ECONNREFUSED/)
  })

  test('of the same ramp: its stage is ready, but nobody listens', async (t) => {
    const staged = new StagedEnvironment(t)
    staged.write('listen.txt', 'yes')
    staged.write(
      'db.mjs',
      `import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
const server = createServer()
if (readFileSync('listen.txt', 'utf8') === 'yes') server.listen(process.env.PORT, '127.0.0.1')
console.log('begun')
setInterval(() => {}, 60_000)
`,
    )
    const db = `    db:
      run: { command: [node, db.mjs], ports: { sql: {} } }
      ready: [{ log: { pattern: begun } }]
`
    const tcp = `tcp: { host: "\${component(\\"db\\").host}", port: "\${component(\\"db\\").ports.sql}" }`
    staged.contract(db + asking(tcp).replace('    api:\n', '    api:\n      needs: [db]\n'))
    await staged.goodRuns(1)
    staged.write('listen.txt', 'no')
    const why = await staged.incident()
    assert.deepEqual(gistOf(why), ['missingDependency', 'api', 'answer'])
    assert.equal(evidenceOf(why, 'answer')['target'], 'db')
  })
})

describe('a missing dependency of a database', () => {
  async function openDatabase(t: TestContext): Promise<{
    readonly staged: StagedEnvironment
    readonly url: string
    readonly appUrl: string
  }> {
    const server = await startPostgres()
    t.after(() => server.stop())
    await query(server.url, "CREATE ROLE app LOGIN PASSWORD 'haddock'")
    await query(server.url, 'CREATE TABLE orders (id int)')
    await query(server.url, 'GRANT SELECT ON orders TO app')
    const appUrl = server.url.replace(/\/\/[^@]*@/, '//app:haddock@')
    const staged = new StagedEnvironment(t)
    staged.contract(
      `    api:
      run: { command: [node, component.mjs] }
      ready:
        - postgres: { url: "\${settings.database}", tables: [orders] }
      deadline: 1500ms
`,
      '    database: { from: DATABASE, secret: true }\n',
    )
    return { staged, url: server.url, appUrl }
  }

  test('by its password, which is another on the server', async (t) => {
    const { staged, url, appUrl } = await openDatabase(t)
    await staged.goodRuns(1, { DATABASE: appUrl })
    await query(url, "ALTER ROLE app PASSWORD 'sardine'")
    const why = await staged.incident({ DATABASE: appUrl })
    assert.deepEqual(gistOf(why), ['missingDependency', 'api', 'answer'])
    assert.equal(evidenceOf(why, 'answer')['missing'], 'auth')
    const wrong = await staged.incident({ DATABASE: appUrl.replace('haddock', 'pilchard') })
    assert.deepEqual(gistOf(wrong), ['badDeploy', 'api', 'change', 'answer'])
    assert.doesNotMatch(JSON.stringify(wrong), /pilchard|haddock/)
  })

  test('by its schema: a table is gone', async (t) => {
    const { staged, url, appUrl } = await openDatabase(t)
    await staged.goodRuns(1, { DATABASE: appUrl })
    await query(url, 'DROP TABLE orders')
    const why = await staged.incident({ DATABASE: appUrl })
    assert.deepEqual(gistOf(why), ['missingDependency', 'api', 'answer'])
    assert.equal(evidenceOf(why, 'answer')['missing'], 'schema')
  })
})

describe('a bottleneck', () => {
  test('by a dependency that takes long to answer', async (t) => {
    const staged = new StagedEnvironment(t)
    let pauseMs = 0
    const server = createServer((_, response) => {
      setTimeout(() => response.end('ready'), pauseMs)
    }).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    staged.contract(`    api:
      run: { command: [node, component.mjs] }
      ready: [{ http: { url: "http://127.0.0.1:${port}/", status: 200 } }]
`)
    await staged.goodRuns(2)
    pauseMs = 900
    const why = await staged.incident()
    assert.deepEqual(gistOf(why).slice(0, 2), ['bottleneck', 'api'])
    assert.equal(evidenceOf(why, 'latency')['target'], null)
  })

  test('by the processors, which others keep busy', async (t) => {
    const staged = new StagedEnvironment(t)
    staged.write(
      'busy.mjs',
      `let sum = 0
for (let step = 0; step < 1e8; step++) sum += step % 7
console.log('begun', sum)
setInterval(() => {}, 60_000)
`,
    )
    staged.contract(`    api:
      run: { command: [node, busy.mjs] }
      ready: [{ log: { pattern: begun } }]
`)
    await staged.goodRuns(2)
    // Each in a session of its own: the kernel shares processors among sessions first.
    const hogs = Array.from({ length: 5 * availableParallelism() }, () =>
      spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore', detached: true }),
    )
    t.after(() => hogs.map((hog) => hog.kill('SIGKILL')))
    const why = await staged.incident()
    assert.deepEqual(gistOf(why).slice(0, 2), ['bottleneck', 'api'])
    assert.equal(evidenceOf(why, 'pressure')['resource'], 'cpu')
  })

  test('by a stage that others queue behind, though why it was slow is not known', async (t) => {
    const staged = new StagedEnvironment(t)
    staged.contract(PACED + WEB.replace('    web:\n', '    web:\n      needs: [db]\n'))
    await staged.goodRuns(2)
    staged.write('pace.txt', '1000')
    const why = await staged.incident()
    assert.deepEqual(gistOf(why), ['bottleneck', 'web', 'queue'])
    assert.equal(evidenceOf(why, 'queue')['behind'], 'db')
    assert.deepEqual(
      why.findings.slice(0, 2).map(({ stage }) => stage),
      ['web', 'db'],
    )
    assert.equal(why.findings[1]?.class, 'unexplained')
  })
})

describe('no cause', () => {
  test('is named when nothing was out of the ordinary', async (t) => {
    const staged = new StagedEnvironment(t)
    staged.contract(WEB)
    await staged.goodRuns(3)
    const why = await staged.incident()
    // Processes start as fast as the machine lets them; whatever is slower, nothing is blamed.
    assert.ok(why.class === null || why.class === 'unexplained', why.class ?? '')
    assert.equal(why.runs, 3)
  })

  test('is named for a slow stage that nothing speaks of', async (t) => {
    const staged = new StagedEnvironment(t)
    staged.contract(PACED)
    await staged.goodRuns(2)
    staged.write('pace.txt', '1000')
    assert.deepEqual(gistOf(await staged.incident()), ['unexplained', 'db'])
  })

  test('is named for a failure that nothing speaks of', async (t) => {
    const staged = new StagedEnvironment(t)
    staged.write('mood.txt', '0')
    staged.write(
      'moody.mjs',
      "import { readFileSync } from 'node:fs'\nprocess.exit(Number(readFileSync('mood.txt', 'utf8')))\n",
    )
    staged.contract(`    job:
      run: { command: [node, moody.mjs], oneShot: true }
      ready: [{ exit: 0 }]
`)
    await staged.goodRuns(1)
    staged.write('mood.txt', '4')
    assert.deepEqual(gistOf(await staged.incident()), ['unexplained', 'job'])
  })
})
