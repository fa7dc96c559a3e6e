/** `rampart ports scan` as a person, a pre-commit hook and a code host use it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { collectingParts, runInProcess } from '../../../test/support/cli.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { openNetServer } from '../../../test/support/net-server.ts'
import type { Finished } from '../../../test/support/rampart.ts'
import { openFolder, stopDaemon } from '../../../test/support/rampart.ts'
import { isPortFree } from '../../runtimes/placement/ports.ts'
import { runCli } from '../program.ts'

const TWICE =
  'services:\n  web: { image: nginx, ports: ["8080:80"] }\n  api: { image: api, ports: ["8080:8080"] }\n'
const ONCE = TWICE.replace('8080:8080', '8081:8080')

function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = openFolder(t)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

async function scan(folder: string, ...argv: readonly string[]): Promise<Finished> {
  return await runInProcess(['ports', 'scan', ...argv], folder)
}

test('a conflict is told with its places, and the gate says no', async (t) => {
  const folder = folderOf(t, { 'shop/compose.yaml': TWICE })
  const { exitCode, stdout, stderr } = await scan(folder)
  assert.equal(exitCode, 3)
  assert.equal(
    stdout,
    `✖ conflict: Port 8080 of this machine is claimed by web and api.
    shop/compose.yaml:2:32  web  8080:80
    shop/compose.yaml:3:30  api  8080:8080
  Give all but one of them another port; 8081 is claimed by nobody here.
`,
  )
  assert.match(stderr, /^\n1 error: 2 claims of ports, 1 file read of 1\.\n$/)
})

test('the gate says yes where nothing is in conflict, and lists what is claimed', async (t) => {
  const folder = folderOf(t, { 'compose.yaml': ONCE })
  const { exitCode, stdout } = await scan(folder, '--claims')
  assert.equal(exitCode, 0)
  assert.match(stdout, /^8081 +any +host +api +- +explicit +compose\.yaml:3:30$/m)
})

test('nothing that a file says steers the terminal', async (t) => {
  const text = 'services:\n  "a\\e[2J": { ports: ["80:80"] }\n  "b\\u202e": { ports: ["80:80"] }\n'
  const folder = folderOf(t, { 'compose.yaml': text, 'c\u001b[31m.yaml.conf': 'http { server { }' })
  for (const argv of [[], ['--claims']]) {
    const { stdout, stderr } = await scan(folder, ...argv)
    assert.match(stdout, /claimed by a\ufffd\[2J and b\ufffd/)
    assert.doesNotMatch(stdout + stderr, /[^\P{Cc}\n]|\u202e/u)
  }
})

test('a place leads there from where the command is called', async (t) => {
  const folder = folderOf(t, { 'a/b/compose.yaml': TWICE })
  assert.match((await scan(folder, 'a')).stdout, /^ {4}a\/b\/compose\.yaml:2:32/m)
  assert.match((await scan(join(folder, 'a/b'), '..')).stdout, /^ {4}b\/compose\.yaml:2:32/m)
})

test('on a narrow terminal nothing is wider than it', async (t) => {
  const folder = folderOf(t, { 'compose.yaml': TWICE })
  const parts = collectingParts(folder)
  await runCli(['ports', 'scan'], { ...parts, stdout: { ...parts.stdout, columns: 40 } })
  for (const line of parts.stdoutText().split('\n')) assert.ok(line.length <= 40, line)
})

test('a baseline leaves out what it knows, wherever it stands by now, and nothing else', async (t) => {
  const folder = folderOf(t, { 'compose.yaml': TWICE })
  assert.equal((await scan(folder, '--baseline', 'known.json', '--write-baseline')).exitCode, 0)
  writeFileSync(join(folder, 'compose.yaml'), `# A line more.\n${TWICE}`)
  const known = await scan(folder, '--baseline', 'known.json')
  assert.deepEqual([known.exitCode, known.stdout], [0, ''])
  assert.match(known.stderr, /1 finding of the baseline left out/)
  writeFileSync(join(folder, 'compose.yaml'), TWICE.replaceAll('8080:', '9090:'))
  const fresh = await scan(folder, '--baseline', 'known.json')
  assert.equal(fresh.exitCode, 3)
  assert.match(fresh.stderr, /1 finding of the baseline gone/)
})

test('SARIF says where, relative to where it is called, in words that URIs have', async (t) => {
  const folder = folderOf(t, { 'my shop/compose.yaml': TWICE })
  const { stdout, exitCode } = await scan(folder, '--sarif', '-')
  assert.equal(exitCode, 3)
  const log = JSON.parse(stdout)
  const [run] = log.runs
  const [result] = run.results
  assert.equal(log.version, '2.1.0')
  assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId)
  assert.equal(result.level, 'error')
  const { artifactLocation, region } = result.locations[0].physicalLocation
  assert.equal(artifactLocation.uri, 'my%20shop/compose.yaml')
  assert.deepEqual(region, { startLine: 2, startColumn: 32 })
  assert.equal(result.relatedLocations.length, 1)
  assert.match(result.partialFingerprints['rampartFinding/v1'], /^[0-9a-f]{32}$/)
  await scan(folder, '--sarif', 'out.sarif', '--json')
  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8')), log)
})

test('contracts of the folder say whose ports are whose', async (t) => {
  const ports = `apiVersion: rampart/v1
kind: Ports
metadata: { name: ports }
spec:
  ranges:
    shop: { ports: 20000-20099, for: { environment: local, service: web }, addresses: any }
`
  const folder = folderOf(t, { 'rampart.yaml': ports, 'compose.yaml': ONCE })
  const { stdout, exitCode } = await scan(folder)
  assert.equal(exitCode, 3)
  assert.match(stdout, /out-of-range: Port 8080 of web is not in 20000-20099, the ports of shop/)
  assert.match(stdout, /Take one of 20000-20099, for example 20000/)
  assert.match(stdout, /undeclared: Port 8081 of api is in no range/)
  writeFileSync(join(folder, 'rampart.yaml'), ports.replace('20000-20099', '70000'))
  assert.equal((await scan(folder)).exitCode, 2)
})

test('a file that cannot be read is told of, and the others are judged', async (t) => {
  const folder = folderOf(t, {
    'compose.yaml': TWICE,
    'big/compose.yaml': `#${'x'.repeat(3 * 2 ** 20)}`,
  })
  const { stderr, exitCode } = await scan(folder)
  assert.equal(exitCode, 3)
  assert.match(stderr, /^big\/compose\.yaml:1 is larger than 2097152 bytes and was not read$/m)
})

test('of very many places the first ones are shown', async (t) => {
  const one = (at: number): string => `  s${at}: { image: a, ports: ["8080:80"] }\n`
  const services = Array.from({ length: 60 }, (_, at) => one(at)).join('')
  const folder = folderOf(t, { 'compose.yaml': `services:\n${services}` })
  const { stdout } = await scan(folder)
  assert.match(stdout, /^ {4}and at 49 other places; --json has all$/m)
  assert.match(stdout, /claimed by s0, s1, s2, s3, s4 and 55 others\./)
})

test('a wrong use is told with how it is used', async (t) => {
  const folder = folderOf(t, { 'compose.yaml': ONCE })
  const calls = [
    ['nowhere'],
    ['--ephemeral', '9'],
    ['--write-baseline'],
    ['--baseline', 'none.json'],
    ['--sarif', '-', '--json'],
  ]
  for (const argv of calls) {
    const { exitCode, stderr } = await scan(folder, ...argv)
    assert.equal(exitCode, 2, argv.join(' '))
    assert.match(stderr, /^rampart: .*\n {2}\S/)
  }
})

test('guesses are shown when they are asked for', async (t) => {
  const folder = folderOf(t, { 'test/fixtures/a/compose.yaml': TWICE })
  const quiet = await scan(folder)
  assert.deepEqual([quiet.exitCode, quiet.stdout], [0, ''])
  assert.match(quiet.stderr, /1 guess is not shown. Next: rampart ports scan --all/)
  assert.match((await scan(folder, '--all')).stdout, /^· conflict: Port 8080/)
  assert.equal((await scan(folder, '--all', '--exclude', 'fixtures')).stdout, '')
})

test('who listens on a claimed port now is named', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const folder = folderOf(t, { 'compose.yaml': ONCE.replace('8080:80', `${port}:80`) })
  assert.doesNotMatch((await scan(folder)).stdout, /taken/)
  const { stdout, exitCode } = await scan(folder, '--live')
  assert.equal(exitCode, 0)
  assert.match(
    stdout.replaceAll(/\s+/g, ' '),
    new RegExp(`taken: On port ${port}, which web claims, process ${process.pid} \\(`),
  )
})

test('who has leased a claimed port is named, also by another workspace', async (t) => {
  const [port, theirs] = [await portBelow(), await portBelow()]
  const compose = ONCE.replace('8080:80"', `${port}:80"`).replace('8081', String(theirs))
  const folder = folderOf(t, { 'compose.yaml': compose })
  const other = openFolder(t)
  const claims = [
    [folder, 'shop/api', port],
    [other, 'pay/api', theirs],
  ] as const
  for (const [workspace, service, number] of claims) {
    t.after(() => stopDaemon(workspace))
    const claim = ['ports', 'claim', service, '--number', String(number)]
    const { exitCode, stderr } = await runInProcess(claim, workspace)
    assert.equal(exitCode, 0, stderr)
  }
  const { stdout } = await scan(folder, '--live')
  const told = stdout.replaceAll(/\s+/g, ' ')
  assert.match(
    told,
    new RegExp(
      `Port ${port}, which web claims, is leased to shop/api http \\(held\\) of this workspace now`,
    ),
  )
  assert.match(
    told,
    new RegExp(
      `Port ${theirs}, which api claims, is leased to pay/api http \\(held\\) of ${other} now`,
    ),
  )
})

test('what is published says no secret, and what other repositories have against it is told', async (t) => {
  const { origin, ask, tokenFor } = await openNetServer(t)
  const { secret } = await tokenFor('ci', [{ role: 'operator', scope: {} }])
  const settings = { RAMPART_TOKEN: secret }
  const publish = async (folder: string, ...argv: readonly string[]): Promise<Finished> =>
    await runInProcess(
      ['--server', origin, 'ports', 'scan', '--publish', ...argv],
      folder,
      settings,
    )
  const start = 'API_KEY=hunter2 vite --token s3cret --port 5173'
  const shop = folderOf(t, {
    'compose.yaml': TWICE,
    'package.json': JSON.stringify({ scripts: { dev: start } }),
    'examples/one/compose.yaml': ONCE,
  })
  const first = await publish(shop, 'shop', '--environment', 'staging', '--revision', 'f00')
  assert.equal(first.exitCode, 3, first.stderr)
  assert.match(first.stderr, /Published as shop; the dashboard shows it at Ports, Scans\.\n$/)
  const bank = folderOf(t, { 'deploy/compose.yaml': ONCE })
  const second = await publish(bank, 'bank', '--environment', 'staging')
  assert.equal(second.exitCode, 0, 'what others claim refuses nobody')
  assert.match(second.stderr, /✖ Port 8080 is claimed by bank and shop in staging\./)
  assert.match(second.stderr, /^ {4}deploy\/compose\.yaml:2 {2}web$/m)
  assert.match(second.stderr, /^ {4}shop: compose\.yaml:2 {2}web$/m)
  const { body } = await ask('/v1/scans/shop', { token: secret })
  const text = JSON.stringify(body)
  for (const hidden of ['hunter2', 's3cret', 'examples/', shop]) assert.ok(!text.includes(hidden))
  assert.match(text, /"revision":"f00".*"vite --token … --port 5173/)
})

test('scans that were published are listed and removed, and a name that is mistyped is mended', async (t) => {
  const { origin, ask, tokenFor } = await openNetServer(t)
  const { secret: token } = await tokenFor('ci', [{ role: 'operator', scope: {} }])
  const scans = (...words: readonly string[]): Promise<Finished> =>
    runInProcess(['--server', origin, 'ports', 'scans', ...words], openFolder(t), {
      RAMPART_TOKEN: token,
    })
  const none = await scans('list')
  assert.deepEqual([none.exitCode, none.stdout], [0, ''])
  assert.match(none.stderr, /Next: rampart ports scan --publish NAME/)
  const claims = { claims: [], moreClaims: 3, filesRead: 1, revision: 'f00' }
  for (const name of ['shop', 'bank']) {
    const body = { findings: [], moreFindings: 0, ...claims }
    assert.equal((await ask(`/v1/scans/${name}`, { method: 'PUT', token, body })).status, 200)
  }
  const { stdout } = await scans('list')
  assert.match(stdout, /^NAME .*\nbank +0 +0 +3 +f00 +\d+ m?s +token:ci\nshop /)
  const mistyped = await scans('remove', 'shpo')
  assert.equal(mistyped.exitCode, 1)
  assert.match(mistyped.stderr, /No scan of ports was published as shpo\. Did you mean shop\?/)
  const removed = await scans('remove', 'shop')
  assert.equal(removed.exitCode, 0, removed.stderr)
  assert.equal(
    removed.stderr,
    'shop is removed; its 3 claims are compared with nothing any more.\n',
  )
  const left = (await scans('list', '--json')).stdout.trimEnd().split('\n')
  assert.deepEqual(
    left.map((line) => (JSON.parse(line) as { readonly name: string }).name),
    ['bank'],
  )
})

test('a name that scopes could not speak of is refused with one that they can', async (t) => {
  const folder = folderOf(t, { 'compose.yaml': ONCE })
  const { exitCode, stderr } = await scan(folder, '--publish', 'acme/shop')
  assert.equal(exitCode, 2)
  assert.match(stderr, /not acme\/shop; write acme\.shop/)
  assert.equal((await scan(folder, '--revision', 'f00')).exitCode, 2)
  const absent = await scan(folder, '--publish', 'shop')
  assert.equal(absent.exitCode, 1)
  assert.match(absent.stderr, /rampart/)
})

/** A free port that is below those of outgoing connections. */
async function portBelow(): Promise<number> {
  for (;;) {
    const port = 20_000 + ((await freePort()) % 10_000)
    if (await isPortFree(port)) return port
  }
}
