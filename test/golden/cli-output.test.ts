/**
 * What the commands print of a real ramp, in words and as JSON. The JSON is a promise: members may be
 * added, none may be renamed or removed. docs/cli-json.md is made of these texts.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { runInProcess } from '../support/cli.ts'
import { until } from '../support/until.ts'
import { openFolder, stopDaemon } from '../support/rampart.ts'
import { assertGolden, steadyJson, steadyText } from './golden-text.ts'

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: tiny }
spec:
  settings:
    break: { from: TINY_BREAK, default: "no" }
  components:
    web:
      run:
        command: [node, web.mjs]
        ports: { http: {} }
      ready:
        - http: { url: "http://\${self.host}:\${self.ports.http}/", status: 200 }
      stop: { grace: 2s }
    seed:
      needs: [web]
      run: { command: [node, seed.mjs, "\${settings.break}"], oneShot: true }
      ready: [{ exit: 0 }]
`

/** The next revision: another command, a need less firm, a proof more. */
const NEXT = CONTRACT.replace('[web]', '[{ web: started }]')
  .replace('web.mjs]', 'web.mjs, --fast]')
  .replace('ready: [{ exit: 0 }]', 'ready: [{ exit: 0 }, { log: { pattern: seeded } }]')
  .replace('default: "no"', 'default: "not yet"')

const WEB = `import { createServer } from 'node:http'
createServer((_, response) => response.end('hello')).listen(process.env.PORT, '127.0.0.1')
console.log('listening')
`

const SEED = `if (process.argv[2] === 'yes') {
  console.error('seed: there is no table to fill')
  process.exit(1)
}
console.log('seeded')
`

/** A step of the story: its name, the words, and how it ends. */
interface Step {
  readonly name: string
  readonly argv: readonly string[]
  readonly exitCode: number
  readonly settings?: Readonly<Record<string, string>>
  /** Asked again until this is told. */
  readonly until?: RegExp
}

/** In this order: each stands on those before it. */
const STORY: readonly Step[] = [
  { name: 'error', argv: ['status'], exitCode: 1 },
  { name: 'check', argv: ['check'], exitCode: 0 },
  { name: 'plan', argv: ['plan'], exitCode: 0 },
  { name: 'plan-against', argv: ['plan', '--against', 'next.yaml'], exitCode: 0 },
  { name: 'simulate-unknown', argv: ['simulate'], exitCode: 2 },
  { name: 'trend-unknown', argv: ['trend'], exitCode: 2 },
  {
    name: 'simulate',
    argv: [
      'simulate',
      ...['--estimate', 'web=2s..4s', '--estimate', 'seed=1s'],
      ...['--what', 'web 0.5x', '--what', 'seed 500ms'],
    ],
    exitCode: 0,
  },
  { name: 'up-broken', argv: ['up'], exitCode: 3, settings: { TINY_BREAK: 'yes' } },
  { name: 'explain-broken', argv: ['explain', 'latest'], exitCode: 0 },
  { name: 'why-broken', argv: ['why'], exitCode: 0 },
  { name: 'up', argv: ['up'], exitCode: 0 },
  // Watching begins a moment after the way up has ended.
  { name: 'status', argv: ['status'], exitCode: 0, until: /and watched|"goal":\s*"watch"[^]*"watch":/ },
  { name: 'explain', argv: ['explain', 'tiny'], exitCode: 0 },
  { name: 'explain-stage', argv: ['explain', 'latest/web'], exitCode: 0 },
  { name: 'why', argv: ['why', 'tiny'], exitCode: 0 },
  { name: 'explain-code', argv: ['explain', 'ramp-busy'], exitCode: 0 },
  { name: 'refused', argv: ['hold', 'latest'], exitCode: 1 },
  { name: 'logs', argv: ['logs', 'seed'], exitCode: 0 },
  { name: 'down', argv: ['down'], exitCode: 0 },
  { name: 'status-down', argv: ['status'], exitCode: 0 },
  { name: 'ledger-verify', argv: ['ledger', 'verify'], exitCode: 0 },
  { name: 'replay', argv: ['replay', 'latest'], exitCode: 0 },
  { name: 'daemon-status', argv: ['daemon', 'status'], exitCode: 0 },
]

function openTiny(t: Parameters<typeof openFolder>[0]): string {
  const folder = openFolder(t)
  writeFileSync(join(folder, 'rampart.yaml'), CONTRACT)
  writeFileSync(join(folder, 'next.yaml'), NEXT)
  writeFileSync(join(folder, 'web.mjs'), WEB)
  writeFileSync(join(folder, 'seed.mjs'), SEED)
  return folder
}

for (const form of ['words', 'json'] as const) {
  test(`a story told in ${form} is told as it was`, async (t) => {
    const folder = openTiny(t)
    for (const { name, argv, exitCode, settings, until: wanted } of STORY) {
      await t.test(`rampart ${argv.join(' ')} (${name})`, async () => {
        const asked = form === 'json' ? [...argv, '--json'] : argv
        let told = await runInProcess(asked, folder, settings)
        await until(`${name} tells what is wanted`, async () => {
          if (wanted?.test(told.stdout) ?? true) return true
          told = await runInProcess(asked, folder, settings)
          return false
        })
        assert.equal(told.exitCode, exitCode, told.stderr)
        if (form === 'words') {
          const both = `${told.stdout}${told.stdout && told.stderr ? '--- stderr\n' : ''}${told.stderr}`
          assertGolden(
            `cli/words/${name}.txt`,
            `$ rampart ${argv.join(' ')}\n${steadyText(both, folder)}`,
          )
          return
        }
        assert.equal(told.stderr, '', 'with --json nothing is said besides')
        const lines = told.stdout.trim().split('\n')
        assertGolden(
          `cli/json/${name}.json`,
          lines.map((line) => steadyJson(line, folder)).join(''),
        )
      })
    }
    await stopDaemon(folder)
    assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
  })
}
