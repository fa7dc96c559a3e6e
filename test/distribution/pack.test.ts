/**
 * The package on a clean machine: what is in it, that it installs into an empty folder, and that it
 * does there what it does here, with each Node that it is for.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { openKernel } from '../../src/runtimes/process/kernel/open-kernel.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { killDaemon } from '../support/daemon.ts'
import { installPacked, type Packed, pack } from '../support/packed.ts'
import { openFolder, startNode } from '../support/rampart.ts'
import { findProgramOf } from '../support/real-parts.ts'
import { requireRealPart } from '../support/require-part.ts'
import { roomyFolder } from '../support/roomy-folder.ts'
import { until } from '../support/until.ts'

/** More than this, and somebody should look at what has come in. @unit bytes */
const PACKED_MOST = 2_000_000

const PROJECT = '{ "private": true, "type": "module" }\n'
/** The one at hand, and those that `.ci/install-nodes` brings. */
const NODES = [
  { name: 'the Node at hand', node: process.execPath, options: {} },
  ...['Node 22', 'Node 26'].map((name) => ({
    name,
    node: findProgramOf(name) ?? '',
    options: requireRealPart(name),
  })),
]

const root = join(import.meta.dirname, '../..')
let packed: Packed
let installed: string

/** An empty folder that finds nothing but the package. */
function openProject(t: TestContext): string {
  const folder = openFolder(t, 'project')
  writeFileSync(join(folder, 'package.json'), PROJECT)
  symlinkSync(join(installed, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

function programIn(folder: string): string {
  return join(folder, 'node_modules/rampart/bin/rampart.mjs')
}

describe('the packed package', () => {
  before(async () => {
    packed = await pack()
    installed = mkdtempSync(join(roomyFolder(), 'rampart-installed-'))
    writeFileSync(join(installed, 'package.json'), PROJECT)
    installPacked(packed, installed)
  })

  after(() => rmSync(installed, { recursive: true, force: true }))

  test('holds what is run, the dashboard, types and documentation, and no test or source', (t) => {
    const { paths, size, unpackedSize } = packed
    t.diagnostic(`${paths.length} files, ${size} bytes packed, ${unpackedSize} unpacked`)
    const wanted = ['bin/rampart.mjs', 'dist/main.js', 'dist/index.d.ts', 'dist/web/index.html']
    for (const path of [...wanted, 'dist/shop/rampart.yaml', 'docs/cli.md', 'LICENSE']) {
      assert.ok(paths.includes(path), `${path} is in it`)
    }
    const unwanted = paths.filter((path) =>
      /\.test\.|\.map$|(?<!\.d)\.tsx?$|fixtures|^(src|test|tools)\//.test(path),
    )
    assert.deepEqual(unwanted, [])
    assert.ok(size < PACKED_MOST, `${size} bytes`)
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    assert.equal(scripts.prepack, 'npm run build', 'so that what is published was built just then')
  })

  for (const { name, node, options } of NODES) {
    test(`checks, brings up and takes down with ${name}`, options, async (t) => {
      const folder = openProject(t)
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
      const rampart = (...args: readonly string[]) =>
        startNode([programIn(folder), ...args], { cwd: folder, node }).finished
      assert.equal((await rampart('--version')).stdout.trim(), version)
      writeConfig(folder)
      for (const args of [['check'], ['up'], ['ledger', 'verify'], ['down']]) {
        const { exitCode, stdout, stderr } = await rampart(...args)
        assert.equal(exitCode, 0, `${args.join(' ')}: ${stdout}${stderr}`)
        assert.doesNotMatch(stderr, /Warning/)
      }
      assert.equal((await rampart('daemon', 'stop')).exitCode, 0)
    })

    test(`serves the dashboard from its own files with ${name}`, options, async (t) => {
      const folder = openProject(t)
      const args = [programIn(folder), 'serve', '--listen', '127.0.0.1:0']
      const server = startNode(args, { cwd: folder, node, env: { RAMPART_LOG: 'text' } })
      t.after(() => server.child.kill('SIGKILL'))
      const url = (): string => /Listening at (\S+?)\.\n/.exec(server.stderr())?.[1] ?? ''
      await until('it listens', () => url() !== '', 30_000)
      const page = await (await fetch(url())).text()
      const [, script = ''] = /<script [^>]*src="([^"]+\.js)"/.exec(page) ?? []
      assert.equal((await fetch(new URL(script, url()))).status, 200, page)
      assert.equal((await fetch(new URL('/readyz', url()))).status, 200)
      server.child.kill('SIGTERM')
      assert.equal((await server.finished).exitCode, 0)
      assert.doesNotMatch(server.stderr(), /Warning/)
    })
  }

  test('gives types to a config file', (t) => {
    const folder = openProject(t)
    writeConfig(folder)
    const ranges = "ranges: { dev: { ports: '21000-21999' } }"
    writeFileSync(
      join(folder, 'ports.ts'),
      `import { definePorts } from 'rampart'\nexport default definePorts({ name: 'own', ${ranges} })\n`,
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--types', '']
    const checked = spawnSync(process.execPath, [tsc, ...flags, 'rampart.config.ts', 'ports.ts'], {
      cwd: folder,
      encoding: 'utf8',
    })
    assert.equal(checked.status, 0, checked.stdout)
  })

  test('ends quietly when nobody reads on', async (t) => {
    const folder = openProject(t)
    const help = startNode([programIn(folder), '--help'], { cwd: folder })
    help.child.stdout?.destroy()
    await once(help.child, 'close')
    assert.doesNotMatch(help.stderr(), /EPIPE/)
  })

  test('runs the demo', requireRealPart('embedded PostgreSQL'), async (t) => {
    const folder = openProject(t)
    const shop = join(folder, 'rampart-demo')
    t.after(() => endAll(shop))
    const demo = startNode([programIn(folder), 'demo'], { cwd: folder })
    t.after(() => {
      // What it has started holds its streams open, for which this process would wait.
      for (const pid of openKernel().children(demo.child.pid ?? 0)) process.kill(pid, 'SIGKILL')
      demo.child.kill('SIGKILL')
    })
    await until('the shop is open', () => /Ctrl-C takes it down/.test(demo.stderr()), 180_000)
    assert.match(demo.stderr(), /npm installs that once/)
    const [, url = '', token = ''] =
      /dashboard: {2}(http\S+)\n.*: {2}(\S+)\n/.exec(demo.stderr()) ?? []
    const headers = { authorization: `Bearer ${token}` }
    const ramps = await (await fetch(new URL('/v1/ramps', url), { headers })).json()
    assert.match(JSON.stringify(ramps), /shop-up-/)
    demo.child.kill('SIGINT')
    const { exitCode, stderr } = await demo.finished
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /Nothing is left: no process, no port/)
    assert.deepEqual(leftovers(shop), { processes: [], ports: [] })
  })

  test('tells how to get what the demo needs when npm cannot', async (t) => {
    const folder = openProject(t)
    const args = [programIn(folder), 'demo', '--exit']
    const env = { npm_config_offline: 'true', npm_config_cache: join(folder, 'empty-cache') }
    const { exitCode, stderr } = await startNode(args, { cwd: folder, env }).finished
    assert.equal(exitCode, 1)
    assert.match(stderr, /Next: cd \S+rampart-demo && npm install/)
  })
})

/** Whatever a failed test has left. */
function endAll(shop: string): void {
  killDaemon(shop)
  for (const { pid } of leftovers(shop).processes) process.kill(pid, 'SIGKILL')
}

function writeConfig(folder: string): void {
  writeFileSync(
    join(folder, 'rampart.config.ts'),
    `import { defineEnvironment } from 'rampart'

const server = 'require("http").createServer((_, r) => r.end("hello")).listen(process.env.PORT)'

export const notes = defineEnvironment({
  name: 'notes',
  components: {
    web: {
      run: { command: ['node', '--input-type=commonjs', '-e', server], ports: { http: {} } },
      ready: [{ http: { url: 'http://\${self.host}:\${self.ports.http}/', status: 200 } }],
      deadline: '20s',
    },
  },
})
`,
  )
}
