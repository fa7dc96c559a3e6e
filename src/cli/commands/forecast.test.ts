import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import { openFolder, rampart, stopDaemon } from '../../../test/support/rampart.ts'

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: shop }
spec:
  components:
    database:
      run: { command: [sh, -c, "sleep 0.1; echo is ready; exec sleep 600"] }
      ready: [{ log: { pattern: is ready } }]
    api:
      needs: [database]
      run: { command: [sh, -c, "echo is ready; exec sleep 600"] }
      ready: [{ log: { pattern: is ready } }]
`

const ESTIMATES = ['--estimate', 'database=2s..4s', '--estimate', 'api=1s']

function openShop(t: TestContext, ...below: readonly string[]): string {
  const folder = openFolder(t)
  mkdirSync(join(folder, ...below), { recursive: true })
  writeFileSync(join(folder, ...below, 'rampart.yaml'), CONTRACT)
  return folder
}

describe('simulate refuses', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a stage that is not there, with the nearest', ['--what', 'databse 2x'], /mean database\?/],
    ['a what-if that says nothing', ['--what', 'database'], /"database" cannot be read: .*db 2x/],
    ['a duration without a unit', ['--what', 'api 20'], /whole number with a unit/],
    ['an edge that is not there', ['--without', 'api->database'], /it waits for nothing/],
    ['an edge that is none', ['--without', 'api'], /an edge is written a->b/],
    ['a circle', ['--what', 'api->database ready'], /would wait for each other/],
    ['an estimate of nobody', ['--estimate', 'queue=2s'], /there are: database, api/],
    ['an estimate that is none', ['--estimate', 'api'], /written db=2s, or db=1s\.\.4s/],
    ['a range the wrong way round', ['--estimate', 'api=4s..1s'], /shorter duration comes first/],
    ['no core', ['--cores', '0'], /nothing would ever be ready/],
    ['a seed that is no number', ['--seed', 'dice'], /--seed takes a whole number, not dice/],
    ['no ramp at all', ['--runs', '0'], /--runs is from 1 to/],
  ]
  for (const [what, argv, says] of cases) {
    test(what, async (t) => {
      const folder = openShop(t)
      const told = await runInProcess(['simulate', ...ESTIMATES, ...argv], folder)
      assert.deepEqual([told.exitCode, told.stdout], [2, ''])
      assert.match(told.stderr, says)
      assert.ok(!existsSync(join(folder, '.rampart')), 'it leaves nothing behind')
    })
  }

  test('a name that nobody has here', async (t) => {
    const { exitCode, stderr } = await runInProcess(['simulate', 'shopp'], openShop(t))
    assert.equal(exitCode, 2)
    assert.match(stderr, /no contract shopp here, and nothing was ever ramped here/)
    const trend = await runInProcess(['trend'], openShop(t))
    assert.match(trend.stderr, /No ramp of shop has reached up here\..*\n.*rampart up/)
  })

  test('an empty folder, saying what to do first', async (t) => {
    for (const verb of ['simulate', 'trend']) {
      const { exitCode, stdout, stderr } = await rampart([verb], { cwd: openFolder(t) })
      assert.deepEqual([exitCode, stdout], [2, ''])
      assert.match(stderr, /There is no contract here.*\n.*rampart init/)
    }
  })

  test('a contract with mistakes, telling each of them', async (t) => {
    const folder = openShop(t)
    writeFileSync(join(folder, 'rampart.yaml'), CONTRACT.replace('[database]', '[databse]'))
    const { exitCode, stderr } = await runInProcess(['simulate'], folder)
    assert.equal(exitCode, 2)
    assert.match(stderr, /did you mean database|there is no component "databse"/)
  })
})

describe('simulate finds what is meant', () => {
  for (const words of [['inner'], ['inner/rampart.yaml'], ['inner', '--name', 'shop']]) {
    test(`by ${words.join(' ')}`, async (t) => {
      const folder = openShop(t, 'inner')
      const argv = ['simulate', ...words, ...ESTIMATES, '--json']
      const { exitCode, stdout, stderr } = await runInProcess(argv, folder)
      assert.equal(exitCode, 0, stderr)
      const { environment, before } = JSON.parse(stdout)
      assert.equal(environment, 'shop')
      assert.ok(Math.abs(before.p50Ms - 4_000) < 50, `${before.p50Ms}`)
    })
  }

  test('for the way down as for the way up', async (t) => {
    const argv = ['simulate', '--goal', 'down', ...ESTIMATES]
    const { stdout } = await runInProcess(argv, openShop(t))
    assert.match(stdout, /^shop would be down after/)
  })
})

describe('pictures', () => {
  test('are written where they are asked for, and a folder that is not there is told', async (t) => {
    const folder = openShop(t)
    const drawn = await runInProcess(['simulate', ...ESTIMATES, '--svg', 'shop.svg'], folder)
    assert.match(drawn.stderr, /^Wrote shop\.svg\.\n$/)
    assert.match(readFileSync(join(folder, 'shop.svg'), 'utf8'), /^<svg [^>]*>\n<title>shop would/)
    const argv = ['simulate', ...ESTIMATES, '--svg', 'nowhere/shop.svg']
    const failed = await runInProcess(argv, folder)
    assert.equal(failed.exitCode, 1)
    assert.match(failed.stderr, /nowhere\/shop\.svg could not be written: .*\n.*\n.*picture-unwrit/)
  })

  test('become PNG where there is a converter, and else it is said that there is none', async (t) => {
    const folder = openShop(t)
    const argv = ['simulate', ...ESTIMATES, '--png', 'shop.png']
    const { exitCode, stderr } = await runInProcess(argv, folder)
    const file = join(folder, 'shop.png')
    if (exitCode === 0) assert.equal(readFileSync(file).toString('latin1', 1, 4), 'PNG')
    else
      assert.match(stderr, /rsvg-convert of librsvg did not convert it: .*ENOENT.*--svg needs no/)
  })
})

test('what a ramp found running is no measure of how long it takes to start', async (t) => {
  const folder = openShop(t)
  assert.equal((await runInProcess(['up'], folder)).exitCode, 0)
  const once = JSON.parse((await runInProcess(['trend', '--json'], folder)).stdout)
  assert.deepEqual([once.ramps.length, once.foundRunning], [1, 0])
  assert.equal((await runInProcess(['up'], folder)).exitCode, 0)
  const twice = JSON.parse((await runInProcess(['trend', '--json'], folder)).stdout)
  assert.deepEqual([twice.ramps.length, twice.foundRunning], [1, 1])
  // Without its text, the contract is that of its latest ramp.
  const elsewhere = ['simulate', 'shop', '--workspace', folder, '--json']
  const { stdout } = await runInProcess(elsewhere, openFolder(t))
  const { before, stages } = JSON.parse(stdout)
  assert.equal(before.p50Ms, once.total.p50Ms)
  assert.deepEqual(
    stages.map((stage: { readonly samples: number }) => stage.samples),
    [1, 1],
  )
  const mistyped = await runInProcess(['trend', 'shp'], folder)
  assert.match(mistyped.stderr, /Did you mean shop\?/)
  await runInProcess(['down'], folder)
  await stopDaemon(folder)
})
