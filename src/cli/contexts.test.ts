import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { collectingParts } from '../../test/support/cli.ts'
import { chooseServer } from './choose-server.ts'
import type { CliParts } from './cli-parts.ts'
import { contextsFile } from './contexts.ts'
import { runCli } from './program.ts'

/** Variables with a folder of one's own for the contexts. */
function settingsFor(t: TestContext): CliParts['settings'] {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-contexts-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return { XDG_CONFIG_HOME: folder }
}

async function run(
  settings: CliParts['settings'],
  argv: readonly string[],
  piped?: string,
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const parts = collectingParts('/', { settings })
  const stdin = (async function* () {
    if (piped !== undefined) yield piped
  })()
  const exitCode = await runCli(argv, { ...parts, stdin })
  return { exitCode, stdout: parts.stdoutText(), stderr: parts.stderrText() }
}

const OFFICE = ['--server', 'https://rampart.example.org'] as const

test('keeps servers and tokens for their owner alone, and shows no token', async (t) => {
  const settings = settingsFor(t)
  const added = await run(
    settings,
    ['context', 'add', 'office', ...OFFICE, '--token-stdin'],
    's3\n',
  )
  assert.equal(added.exitCode, 0)
  const file = contextsFile(settings) ?? ''
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal((await run(settings, ['context', 'use', 'office'])).exitCode, 0)
  const { stdout } = await run(settings, ['context', 'list'])
  assert.match(stdout, /^ {2}local .*\n\* office {2}https:\/\/rampart\.example\.org\n$/)
  const json = await run(settings, ['context', 'list', '--json'])
  assert.ok(!json.stdout.includes('s3'))
  const remote = chooseServer({ settings, cwd: '/' }, {})
  assert.deepEqual(remote, { url: 'https://rampart.example.org', token: 's3' })
  await run(settings, ['context', 'remove', 'office'])
  assert.equal(chooseServer({ settings, cwd: '/' }, {}), undefined)
})

test('asks the person at a terminal for a token without showing it', async (t) => {
  const settings = settingsFor(t)
  const parts = collectingParts('/', { settings })
  const argv = ['context', 'add', 'office', ...OFFICE, '--token-stdin']
  const asked: string[] = []
  const askSecret = async (question: string): Promise<string> => {
    asked.push(question)
    return 's4'
  }
  assert.equal(await runCli(argv, { ...parts, askSecret }), 0)
  assert.match(asked[0] ?? '', /Paste the token, which is not shown/)
  assert.equal(chooseServer({ settings, cwd: '/' }, { context: 'office' })?.token, 's4')
  const leaving = { ...parts, askSecret: async () => undefined }
  assert.equal(await runCli(argv, leaving), 2)
  assert.match(parts.stderrText(), /No token was given/)
})

test('sends a token to the server that it was kept for, and to no other', async (t) => {
  const settings = settingsFor(t)
  await run(settings, ['context', 'add', 'office', ...OFFICE, '--token-stdin'], 's3')
  const choose = (server: string): object | undefined =>
    chooseServer({ settings, cwd: '/' }, { server })
  assert.deepEqual(choose('https://elsewhere.example.org'), {
    url: 'https://elsewhere.example.org',
  })
  assert.deepEqual(choose('https://rampart.example.org:8443'), {
    url: 'https://rampart.example.org:8443',
  })
  assert.deepEqual(choose('https://rampart.example.org/'), {
    url: 'https://rampart.example.org',
    token: 's3',
  })
})

test('sends no token where others could read it', (t) => {
  const settings = { ...settingsFor(t), RAMPART_TOKEN: 's3' }
  const choose = (server: string): unknown => chooseServer({ settings, cwd: '/' }, { server })
  assert.throws(() => choose('http://rampart.example.org'), { code: 'token-exposed' })
  assert.throws(() => choose('http://10.0.0.1:7070'), { code: 'token-exposed' })
  assert.deepEqual(choose('http://127.0.0.1:7070'), { url: 'http://127.0.0.1:7070', token: 's3' })
  for (const server of [
    'rampart',
    'ftp://x',
    'https://x/path',
    'https://me:pw@x',
    'https://x/?a',
  ]) {
    assert.throws(() => choose(server), { code: 'server-malformed' }, server)
  }
})

test('prefers what is nearest: the command line, then the variables, then the context', async (t) => {
  const settings = settingsFor(t)
  await run(settings, ['context', 'add', 'office', ...OFFICE])
  await run(settings, ['context', 'add', 'home', '--server', 'https://home.example.org'])
  await run(settings, ['context', 'use', 'office'])
  const from = (more: object, options: object): string | undefined =>
    chooseServer({ settings: { ...settings, ...more }, cwd: '/' }, options)?.url
  const RAMPART_SERVER = 'https://variable.example.org'
  assert.equal(from({}, {}), 'https://rampart.example.org')
  assert.equal(from({ RAMPART_SERVER }, {}), RAMPART_SERVER)
  assert.equal(from({ RAMPART_SERVER }, { context: 'home' }), 'https://home.example.org')
  assert.equal(from({ RAMPART_SERVER }, { server: 'https://flag.org' }), 'https://flag.org')
  assert.equal(from({}, { context: 'local' }), undefined)
  assert.throws(() => from({}, { context: 'hom' }), { code: 'context-unknown' })
})

test('says which file is damaged, and leaves it alone', async (t) => {
  const settings = settingsFor(t)
  await run(settings, ['context', 'add', 'office', ...OFFICE])
  const file = contextsFile(settings) ?? ''
  writeFileSync(file, '{"contexts":')
  const { exitCode, stderr } = await run(settings, ['context', 'add', 'home', ...OFFICE])
  assert.equal(exitCode, 1)
  assert.match(stderr, /contexts-unusable/)
})
