import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { collectingParts, runInProcess } from '../../../test/support/cli.ts'
import { openFolder, stopDaemon } from '../../../test/support/rampart.ts'
import { until } from '../../../test/support/until.ts'
import { parseContracts } from '../../contracts/index.ts'
import { FAULT_CODES } from '../../core/fault/codes.ts'
import { leftovers } from '../../runtimes/process/leftovers.ts'
import { runCli } from '../program.ts'

describe('init', () => {
  test('writes a contract that holds together, for whatever it finds', async (t) => {
    const found: readonly (readonly [string, string, RegExp])[] = [
      ['nothing', '', /command: \[node, hello\.mjs\]/],
      [
        'Procfile',
        'web: ./serve --fast\nmail_queue: rake jobs\n',
        /mail-queue:\n.*\n.*"exec rake jobs"/,
      ],
      ['package.json', '{"scripts":{"dev":"vite"}}', /command: \[npm, run, dev\]/],
      ['package.json', '{"name":"bare"}', /hello\.mjs/],
    ]
    for (const [file, text, expected] of found) {
      const folder = openFolder(t, 'My Shop_2')
      if (text !== '') writeFileSync(join(folder, file), text)
      const { exitCode, stderr } = await runInProcess(['init'], folder)
      assert.equal(exitCode, 0, stderr)
      const written = readFileSync(join(folder, 'rampart.yaml'), 'utf8')
      assert.match(written, expected)
      assert.match(written, /name: my-shop-2 /)
      assert.deepEqual(parseContracts([{ path: 'rampart.yaml', text: written }]).issues, [])
    }
  })

  test('makes the folder that is named, and never overwrites a contract', async (t) => {
    const folder = openFolder(t)
    assert.equal((await runInProcess(['init', 'inner/most'], folder)).exitCode, 0)
    assert.ok(existsSync(join(folder, 'inner/most/hello.mjs')))
    const again = await runInProcess(['init', 'inner/most'], folder)
    assert.equal(again.exitCode, 2)
    assert.match(again.stderr, /is there already and is left as it is/)
  })

  test('says what stands in its way', async (t) => {
    const folder = openFolder(t)
    writeFileSync(join(folder, 'taken'), '')
    const taken = await runInProcess(['init', 'taken/inner'], folder)
    assert.equal(taken.exitCode, 1)
    assert.match(taken.stderr, /could not be written.*\n.*\n.*rampart explain contract-unwritable/)
    mkdirSync(join(folder, 'torn'))
    writeFileSync(join(folder, 'torn/package.json'), '{')
    assert.match(
      (await runInProcess(['init', 'torn'], folder)).stderr,
      /package\.json could not be read/,
    )
  })
})

describe('explain', () => {
  test('lists every code, and explains each', async (t) => {
    const folder = openFolder(t)
    const { stdout } = await runInProcess(['explain'], folder)
    const codes = Object.keys(FAULT_CODES)
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
      codes,
    )
    for (const code of codes) {
      const { exitCode, stdout: told } = await runInProcess(['explain', code], folder)
      assert.equal(exitCode, 0)
      assert.match(told, /\n {2}What to do: /)
    }
  })
})

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: tiny }
spec:
  components:
    web:
      run: { command: [node, -e, "setInterval(() => {}, 1000); console.log('begun')"] }
      ready: [{ log: { pattern: begun } }]
    gated:
      needs: [web]
      run: { command: [node, gated.mjs], oneShot: true }
      ready: [{ exit: 0 }]
      onBreach: hold
`

function openTiny(t: TestContext): string {
  const folder = openFolder(t)
  writeFileSync(join(folder, 'rampart.yaml'), CONTRACT)
  writeFileSync(join(folder, 'gated.mjs'), 'process.exit(process.env.PATH ? 4 : 0)\n')
  return folder
}

test('a ramp that holds is resumed by a word, once what failed is mended', async (t) => {
  const folder = openTiny(t)
  const up = await runInProcess(['up'], folder)
  assert.equal(up.exitCode, 3, up.stderr)
  assert.match(up.stderr, /gated: The process exited with 4.*\n {2}It holds\. Next: rampart resume/)
  const status = await runInProcess(['status'], folder)
  assert.match(status.stdout, /tiny: up holds, and waits for a person/)
  assert.match(status.stdout, /Next: rampart resume tiny-up-\w+, rampart abort/)
  const busy = await runInProcess(['up'], folder)
  assert.equal(busy.exitCode, 1)
  assert.match(busy.stderr, /rampart explain ramp-busy/)
  writeFileSync(join(folder, 'gated.mjs'), '')
  const resumed = await runInProcess(['resume'], folder)
  assert.match(resumed.stderr, /^tiny-up-\w+: resume recorded\.\n$/)
  await until('the ramp is ready', async () => {
    return /tiny is ready/.test((await runInProcess(['status'], folder)).stdout)
  })
  const nobody = await runInProcess(['abort'], folder)
  assert.equal(nobody.exitCode, 1)
  assert.match(nobody.stderr, /No ramp is under way here, so there is none to abort/)
  const down = await runInProcess(['down'], folder)
  assert.equal(down.exitCode, 0, down.stderr)
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
})

test('abort of a ramp that holds is watched to its end', async (t) => {
  const folder = openTiny(t)
  assert.equal((await runInProcess(['up'], folder)).exitCode, 3)
  const abort = await runInProcess(['abort', '--why', 'enough'], folder)
  assert.equal(abort.exitCode, 0, abort.stderr)
  assert.match(abort.stderr, /web +undone\n/)
  assert.match(abort.stderr, /Everything that this ramp started has been taken back\./)
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
})

test('down ends a ramp that holds, and leaves nothing', async (t) => {
  const folder = openTiny(t)
  assert.equal((await runInProcess(['up'], folder)).exitCode, 3)
  const down = await runInProcess(['down'], folder)
  assert.equal(down.exitCode, 0, down.stderr)
  assert.match(down.stderr, /tiny-up-\w+ is under way; aborting it first/)
  assert.match(down.stderr, /Nothing is left: no process, no port\./)
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
})

test('logs are followed until Ctrl-C, by the name of the component alone', async (t) => {
  const folder = openTiny(t)
  await runInProcess(['up', '--detach'], folder)
  const parts = collectingParts(folder)
  const following = runCli(['logs', 'web', '--follow'], parts)
  await until('a line has come', () => /tiny\/web +begun/.test(parts.stdoutText()))
  parts.interrupt()
  assert.equal(await following, 0)
  assert.match((await runInProcess(['logs', 'wob'], folder)).stderr, /Nothing called wob was ever/)
  await runInProcess(['down'], folder)
  await stopDaemon(folder)
})
