/**
 * The tea shop with its API and its worker as containers, by digest, on a real engine: up, broken on
 * purpose, taken back, and nothing left. Everything else of the shop stays a process.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse, stringify } from 'yaml'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import type { ComponentView, EnvironmentView } from '../../src/server/wire.ts'
import { type Podman, sharePodman } from '../support/podman.ts'
import { type Finished, openFolder, rampart, stopDaemon } from '../support/rampart.ts'
import { until } from '../support/until.ts'

const REPOSITORY = join(import.meta.dirname, '../..')
const engine = sharePodman(importLibraries)
const { needs } = engine

/** An image of the libraries that Node needs; Node itself and the sources are mounted. */
async function importLibraries(podman: Podman): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'rampart-rootfs-'))
  const listed = execFileSync('ldd', [join(REPOSITORY, 'node_modules/node/bin/node')], {
    encoding: 'utf8',
  })
  for (const [path] of listed.matchAll(/\/\S+/g)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    copyFileSync(path, join(root, path))
  }
  mkdirSync(join(root, 'tmp'))
  try {
    return await podman.importImage('localhost/shop', root)
  } finally {
    rmSync(root, { recursive: true })
  }
}

interface Run {
  readonly command: readonly string[]
  readonly env: object
  readonly ports?: object
}

/** The shop of one region, in a folder of its own, with two of its components as containers. */
function openShop(t: TestContext): string {
  const folder = openFolder(t, 'shop')
  const sources = join(REPOSITORY, 'examples/shop')
  cpSync(sources, folder, {
    recursive: true,
    filter: (path) => !/\.rampart|\.shop-data/.test(path),
  })
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, '../node_modules'))
  const shop = parse(readFileSync(join(folder, 'rampart.yaml'), 'utf8'))
  const { spec } = shop
  spec.regions = { eu: {} }
  delete spec.agree
  // Only processes are replaced without a gap.
  delete spec.components.api.roll
  for (const name of ['api', 'worker']) {
    spec.components[name].run = contained(spec.components[name].run)
  }
  writeFileSync(join(folder, 'rampart.yaml'), stringify(shop))
  return folder
}

/** On the machine's network, since the shop's database listens on its loopback alone. */
function contained({ command, env, ports = {} }: Run): object {
  return {
    container: {
      image: engine.image,
      pull: 'never',
      entrypoint: ['/app/node_modules/node/bin/node'],
      command: [`/app/shop/${command[1]}`],
      networks: ['host'],
      mounts: [
        { source: '.', target: '/app/shop' },
        { source: join(REPOSITORY, 'node_modules'), target: '/app/node_modules' },
      ],
    },
    env,
    ports,
  }
}

async function run(
  folder: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return await rampart(argv, { cwd: folder, env: { DOCKER_HOST: engine.podman.host, ...env } })
}

async function componentsOf(folder: string): Promise<readonly ComponentView[]> {
  const { stdout } = await run(folder, ['status', '--json'])
  const { environments } = JSON.parse(stdout) as { environments: readonly EnvironmentView[] }
  return environments[0]?.components ?? []
}

async function assertNothingLeft(folder: string): Promise<void> {
  assert.deepEqual(await engine.podman.containers(), [])
  await stopDaemon(folder)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
}

test(
  'the shop comes up with API and worker in containers, and goes down again',
  needs,
  async (t) => {
    const folder = openShop(t)
    const up = await run(folder, ['up'])
    assert.equal(up.exitCode, 0, up.stderr)
    assert.equal((await engine.podman.containers()).length, 2)
    const api = (await componentsOf(folder)).find(({ subject }) => subject === 'shop/eu/api')
    assert.equal(api?.status, 'running')
    const page = await fetch(`http://127.0.0.1:${api?.ports['http']}/ready`)
    assert.equal(page.status, 200)
    const logs = await run(folder, ['logs', 'shop/eu/worker'])
    assert.equal(logs.exitCode, 0, logs.stderr)
    assert.match(logs.stdout, /worker@1\.0\.0 is connected/)

    const [worker = ''] = (await engine.podman.containers()).filter((name) =>
      name.includes('worker'),
    )
    await engine.podman.ask('POST', `/containers/${worker}/kill?signal=KILL`)
    await until('the daemon has noticed', async () => {
      const found = (await componentsOf(folder)).find(({ subject }) => subject === 'shop/eu/worker')
      return found?.signal === 'SIGKILL'
    })

    const down = await run(folder, ['down'])
    assert.equal(down.exitCode, 0, down.stderr)
    await assertNothingLeft(folder)
  },
)

for (const [part, cause] of [
  ['api', /api/],
  ['worker', /worker|canary/],
] as const) {
  test(
    `a broken ${part} in its container is noticed, and everything is taken back`,
    needs,
    async (t) => {
      const folder = openShop(t)
      const up = await run(folder, ['up', '--json'], { SHOP_BREAK: part })
      assert.equal(up.exitCode, 3, up.stderr)
      assert.match(up.stdout, cause)
      await assertNothingLeft(folder)
    },
  )
}

test('without an engine the daemon runs, and a start says where one was looked for', async (t) => {
  const folder = openFolder(t, 'lone')
  const contract = `apiVersion: rampart/v1
kind: Environment
metadata: { name: lone }
spec:
  components:
    web: { run: { container: { image: "web@sha256:${'0'.repeat(64)}" } } }
`
  writeFileSync(join(folder, 'rampart.yaml'), contract)
  const host = 'unix:///nowhere/engine.sock'
  const up = await rampart(['up'], { cwd: folder, env: { DOCKER_HOST: host } })
  assert.equal(up.exitCode, 3, up.stderr)
  assert.match(up.stderr, /nowhere\/engine\.sock does not answer/)
  await stopDaemon(folder)
})
