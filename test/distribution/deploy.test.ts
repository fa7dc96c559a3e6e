/** What is handed to whoever runs Rampart for others: the service, the composition, the action. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { openFolder, rampart } from '../support/rampart.ts'
import { requireRealPart } from '../support/require-part.ts'

const root = join(import.meta.dirname, '../..')
const deploy = join(root, 'deploy')

/** What systemd itself calls well protected; 10 is not at all. */
const EXPOSURE_MOST = 2

test(
  'systemd accepts the service, and finds it well protected',
  requireRealPart('systemd-notify'),
  (t) => {
    const unit = join(openFolder(t), 'rampart.service')
    const text = readFileSync(join(deploy, 'rampart.service'), 'utf8')
    // It wants the program to be there.
    writeFileSync(unit, text.replace('/usr/local/bin/rampart', '/bin/true'))
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', unit], {
      encoding: 'utf8',
    })
    assert.deepEqual([verified.status, verified.stderr], [0, ''])
    const said = execFileSync(
      'systemd-analyze',
      ['security', '--offline=true', '--no-pager', unit],
      {
        encoding: 'utf8',
      },
    )
    const exposure = Number(/exposure level for \S+ (\d+\.\d+)/.exec(said)?.[1])
    t.diagnostic(`exposure ${exposure} of 10`)
    assert.ok(exposure <= EXPOSURE_MOST, said)
  },
)

test('the composition hands secrets by files alone, and exposes nothing but to this machine', () => {
  const { services, secrets } = parse(readFileSync(join(deploy, 'compose.yaml'), 'utf8'), {
    merge: true,
  })
  assert.deepEqual(Object.keys(services), ['database', 'one', 'two'])
  for (const name of ['one', 'two']) {
    const { ports, read_only, cap_drop, environment, command } = services[name]
    assert.ok(ports.every((port: string) => port.startsWith('127.0.0.1:')))
    assert.deepEqual([read_only, cap_drop], [true, ['ALL']])
    assert.ok(command.includes(`--replica=${name}`))
    assert.doesNotMatch(JSON.stringify(environment), /postgres:\/\/|[0-9a-f]{32}/)
  }
  for (const { file } of Object.values<{ file: string }>(secrets))
    assert.match(file, /^\.\/secrets/)
})

test('the composition is one that Rampart itself can import', async (t) => {
  const cwd = openFolder(t)
  const source = join(deploy, 'compose.yaml')
  const { exitCode, stdout, stderr } = await rampart(['import', source, '-o', '-'], { cwd })
  assert.equal(exitCode, 0, stderr)
  const { spec } = parse(stdout)
  assert.deepEqual(Object.keys(spec.components).sort(), ['database', 'one', 'two'])
  assert.deepEqual(spec.components.one.needs, ['database'])
})

test('secrets are made once, and are read by nobody else on this machine', (t) => {
  const folder = openFolder(t)
  cpSync(join(deploy, 'make-secrets'), join(folder, 'make-secrets'))
  const make = (): string => {
    execFileSync(join(folder, 'make-secrets'))
    return readFileSync(join(folder, 'secrets/rampart-key'), 'utf8')
  }
  const key = make()
  assert.match(key, /^[0-9a-f]{64}\n$/)
  assert.equal(make(), key)
  assert.equal(statSync(join(folder, 'secrets')).mode & 0o777, 0o700)
})

test('the guide lists every metric with its kind, and none that is not there', async () => {
  const now = { ramps: () => [], broken: () => [], agents: () => [] }
  const text = await (await Metrics.open('1.2.3', now)).text()
  const real = [...text.matchAll(/^# TYPE (rampart_\w+) (\w+)$/gm)]
  const guide = readFileSync(join(root, 'docs/guides/operating.md'), 'utf8')
  const told = [...guide.matchAll(/^\| `(rampart_\w+)` +\| (\w+) /gm)]
  const pairs = (found: typeof told) => found.map(([, name, kind]) => `${name} ${kind}`).sort()
  assert.deepEqual(pairs(told), pairs(real))
})

describe('the action', () => {
  test('writes the plan, and what changes against the base', (t) => {
    const { run, write, git } = openRepository(t)
    write(contractOf('"true"'))
    git('add', '.')
    git('commit', '-qm', 'Begin')
    write(contractOf('"false"'))
    const { status, body, output } = run({ BASE: 'HEAD' })
    assert.equal(status, 0, body)
    assert.match(body, /^<!-- rampart \. -->\n### Rampart: `\.`\n\nValid\. The plan is `sha256:/)
    assert.match(body, /What changes against `HEAD`:\n\n```text\n[\s\S]*false[\s\S]*<details>/)
    assert.match(output, /^body-file=.+\nverdict=valid\n$/)
    assert.equal(git('status', '--porcelain').includes('rampart-base'), false)
  })

  test('fails with everything that is wrong, and lets no text end its block', (t) => {
    const { run, write } = openRepository(t)
    write(contractOf('"true"').replace('ready:', 'raedy: "````\\n<img src=x>"\n      x:'))
    const { status, body, output } = run({})
    assert.equal(status, 1)
    assert.match(body, /It is not valid\.\n\n(`{3,})text\n[\s\S]*raedy[\s\S]*\n\1\n$/)
    assert.match(output, /verdict=invalid/)
  })

  test('takes hostile names for names', (t) => {
    const { run, write } = openRepository(t)
    write(contractOf('"true"'))
    const { status, body } = run({ BASE: '--output=/tmp/written-by-base`$(touch x)`' })
    assert.equal(status, 0, body)
    assert.match(body, /has no such contract, so all of it is new/)
    assert.doesNotMatch(body, /`\$\(/)
  })

  test('hands its inputs over as variables, never as part of a command', () => {
    const { runs } = parse(readFileSync(join(root, 'action.yml'), 'utf8'))
    for (const { run } of runs.steps) assert.doesNotMatch(run, /\$\{\{/)
  })
})

interface Repository {
  readonly run: (variables: Readonly<Record<string, string>>) => {
    readonly status: number | null
    readonly body: string
    readonly output: string
  }
  readonly write: (contract: string) => void
  readonly git: (...args: readonly string[]) => string
}

function openRepository(t: TestContext): Repository {
  const folder = openFolder(t, 'checkout')
  const elsewhere = openFolder(t)
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=tester', '-c', 'user.email=tester@localhost', ...args], {
      cwd: folder,
      encoding: 'utf8',
    })
  git('init', '-q')
  const files = { BODY_FILE: join(elsewhere, 'body.md'), GITHUB_OUTPUT: join(elsewhere, 'output') }
  const run: Repository['run'] = (variables) => {
    const env = {
      ...process.env,
      GITHUB_STEP_SUMMARY: '',
      RAMPART_BIN: join(root, 'bin/rampart.mjs'),
      ...files,
      ...variables,
    }
    const script = join(deploy, 'action/comment.mjs')
    const { status } = spawnSync(process.execPath, [script], { cwd: folder, env })
    const [body, output] = Object.values(files).map((file) => readFileSync(file, 'utf8'))
    return { status, body: body ?? '', output: output ?? '' }
  }
  return { run, write: (text) => writeFileSync(join(folder, 'rampart.yaml'), text), git }
}

function contractOf(program: string): string {
  return `apiVersion: rampart/v1
kind: Environment
metadata: { name: notes }
spec:
  components:
    job:
      run: { command: [${program}], oneShot: true }
      ready: [{ exit: 0 }]
`
}
