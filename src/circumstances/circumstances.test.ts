import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { commandOf, planOf, stageOf } from '../../test/support/plan-words.ts'
import { openFolder } from '../../test/support/rampart.ts'
import { until } from '../../test/support/until.ts'
import { SystemClock } from '../clock/system-clock.ts'
import { CircumstanceFiles } from './circumstance-files.ts'
import { fingerprintsOf, openKey } from './fingerprint.ts'
import { PressureGauge } from './pressure-gauge.ts'
import { CircumstanceRecorder } from './recorder.ts'
import { releasesOf } from './releases.ts'

const SAMPLE = { atMs: 5, spanMs: 2, cpuBp: 1, demandBp: 4, ioBp: 2, memoryBp: 3 }
const OPENING = { settings: { a: 'x' }, releases: { web: { 'web.mjs': 'sha256:1' } } }

describe('pressure', () => {
  function pressed(folder: string, cpu: number, io: number): void {
    mkdirSync(join(folder, 'pressure'), { recursive: true })
    const text = (us: number): string =>
      `some avg10=0.00 avg60=0.00 avg300=0.00 total=${us}\nfull a\n`
    writeFileSync(join(folder, 'pressure/cpu'), text(cpu))
    writeFileSync(join(folder, 'pressure/io'), text(io))
  }

  test('is the share of the time in which something had to wait', (t) => {
    const folder = openFolder(t)
    const gauge = new PressureGauge(folder)
    pressed(folder, 1_000_000, 0)
    const before = gauge.read()
    pressed(folder, 1_250_000, 50_000)
    const after = gauge.read()
    assert.ok(before !== undefined && after !== undefined)
    const shares = gauge.sharesBetween(before, after, 500)
    assert.deepEqual(shares, { cpuBp: 5_000, demandBp: 0, ioBp: 1_000, memoryBp: 0 })
  })

  test('is told by the queue of threads where the kernel keeps no account of waiting', (t) => {
    const folder = openFolder(t)
    const gauge = new PressureGauge(folder, 2)
    writeFileSync(join(folder, 'loadavg'), '8.10 4.00 2.00 9/321 777\n')
    writeFileSync(join(folder, 'stat'), 'cpu  1 2 3 4 100 6 7\ncpu0 1 2 3\n')
    const before = gauge.read()
    writeFileSync(join(folder, 'stat'), 'cpu  1 2 3 4 120 6 7\ncpu0 1 2 3\n')
    const after = gauge.read()
    assert.ok(before !== undefined && after !== undefined)
    const shares = gauge.sharesBetween(before, after, 1_000)
    assert.deepEqual(shares, { cpuBp: 7_500, demandBp: 40_000, ioBp: 1_000, memoryBp: 0 })
  })

  test('is not known on a machine that tells nothing', (t) => {
    assert.equal(new PressureGauge(openFolder(t)).read(), undefined)
  })
})

describe('circumstances in files', () => {
  test('are read as they were written, without what is torn', async (t) => {
    const folder = join(openFolder(t), 'circumstances')
    const files = new CircumstanceFiles(folder)
    assert.equal(await files.read('shop-up-1'), undefined)
    await files.begin('shop-up-1', OPENING)
    await files.add('shop-up-1', [SAMPLE, SAMPLE])
    appendFileSync(join(folder, 'shop-up-1.jsonl'), '{"atMs":7,"spa')
    assert.deepEqual(await files.read('shop-up-1'), { ...OPENING, samples: [SAMPLE, SAMPLE] })
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.equal(statSync(join(folder, 'shop-up-1.jsonl')).mode & 0o777, 0o600)
  })

  test('are forgotten from the oldest on', async (t) => {
    const folder = join(openFolder(t), 'circumstances')
    const files = new CircumstanceFiles(folder)
    await files.prune(1)
    for (const [index, ramp] of ['a', 'b', 'c'].entries()) {
      await files.begin(ramp, OPENING)
      utimesSync(join(folder, `${ramp}.jsonl`), index, index)
    }
    await files.prune(2)
    assert.equal(await files.read('a'), undefined)
    assert.notEqual(await files.read('b'), undefined)
  })
})

test('fingerprints are equal for equal values of one workspace, and tell nothing else', async (t) => {
  const folder = openFolder(t)
  const settings = (password: string) => ({
    values: { password, host: 'db' },
    groups: { eu: { host: 'db.eu' }, us: { host: 'db' } },
    secrets: ['password'],
    run: {},
  })
  const key = await openKey(join(folder, 'one/key'))
  assert.deepEqual(await openKey(join(folder, 'one/key')), key)
  const prints = fingerprintsOf(key, settings('swordfish'))
  assert.deepEqual(Object.keys(prints), ['password', 'host', 'eu/host'])
  assert.deepEqual(fingerprintsOf(key, settings('swordfish')), prints)
  const changed = fingerprintsOf(key, settings('sardine'))
  assert.notEqual(changed['password'], prints['password'])
  assert.equal(changed['host'], prints['host'])
  const elsewhere = fingerprintsOf(await openKey(join(folder, 'two/key')), settings('swordfish'))
  assert.notEqual(elsewhere['password'], prints['password'])
})

test('all who ask for the key of a new workspace at once get the same one', async (t) => {
  const file = join(openFolder(t), 'new/key')
  const keys = await Promise.all(Array.from({ length: 8 }, () => openKey(file)))
  assert.equal(new Set(keys.map((key) => key.toString('hex'))).size, 1)
})

test('a release is every file that a command names, in a shell line too, but no data', async (t) => {
  const folder = openFolder(t)
  mkdirSync(join(folder, 'bin'))
  for (const name of ['web.mjs', 'bin/serve', 'shop.sqlite', 'other.mjs']) {
    writeFileSync(join(folder, name), name)
  }
  const cwd = `\${run.directory}`
  const stage = (name: string, command: readonly string[]) =>
    stageOf(name, { command: commandOf('start', { command, cwd }) })
  const plan = planOf([
    stage('web', ['node', 'web.mjs', `\${settings.port}`, '--db', 'shop.sqlite', 'absent.mjs']),
    stage('line', ['sh', '-c', 'exec bin/serve --fast && true']),
    stage('none', ['true']),
    stageOf('proof'),
  ])
  const releases = await releasesOf(plan, folder)
  assert.deepEqual(
    Object.entries(releases).map(([name, files]) => [name, Object.keys(files)]),
    [
      ['web', ['web.mjs']],
      ['line', ['bin/serve']],
    ],
  )
  writeFileSync(join(folder, 'web.mjs'), 'other')
  const again = await releasesOf(plan, folder)
  assert.notEqual(again['web']?.['web.mjs'], releases['web']?.['web.mjs'])
})

describe('the recorder', () => {
  function openRecorder(t: TestContext): {
    readonly recorder: CircumstanceRecorder
    readonly files: CircumstanceFiles
    readonly troubles: unknown[]
  } {
    const folder = join(openFolder(t), 'circumstances')
    const files = new CircumstanceFiles(folder)
    const troubles: unknown[] = []
    const recorder = new CircumstanceRecorder({
      files,
      gauge: new PressureGauge(),
      clock: new SystemClock(),
      key: () => openKey(join(folder, 'key')),
      onTrouble: (error) => troubles.push(error),
    })
    return { recorder, files, troubles }
  }

  test('writes what a ramp began with, and samples until it ends', async (t) => {
    const { recorder, files, troubles } = openRecorder(t)
    const settings = { values: { a: 1 }, secrets: [], run: { directory: '/' } }
    recorder.begin('shop-up-1', planOf([stageOf('web')]), Promise.resolve(settings))
    await until('it is begun', async () => (await files.read('shop-up-1')) !== undefined)
    await recorder.end('shop-up-1')
    await recorder.end('shop-up-1')
    const told = await files.read('shop-up-1')
    assert.deepEqual(Object.keys(told?.settings ?? {}), ['a'])
    assert.ok(process.platform !== 'linux' || (told?.samples.length ?? 0) >= 1)
    assert.deepEqual(troubles, [])
  })

  test('tells its troubles and lets the ramp alone', async (t) => {
    const { recorder, troubles } = openRecorder(t)
    recorder.begin('shop-up-1', planOf([stageOf('web')]), Promise.reject(new Error('unreadable')))
    await recorder.close()
    assert.match(String(troubles[0]), /unreadable/)
  })
})
