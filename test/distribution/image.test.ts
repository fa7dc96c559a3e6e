/**
 * The container image: built by Podman from deploy/Containerfile, without any network, and run as one
 * would: another account than root, nothing writable but its volume, asked for its health.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { until } from '../support/daemon.ts'
import { addNpm, writeNodeRoot } from '../support/node-image.ts'
import { npm, pack } from '../support/packed.ts'
import { type Podman, requirePodman, startPodman } from '../support/podman.ts'

const root = join(import.meta.dirname, '../..')

/** How the image is run: the folders that it writes to are its volume and the temporary one. */
const HARDENED = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--tmpfs=/tmp:rw,mode=1777',
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
  '--network=none',
]

/** Beside other tests, two images take a while to build. */
const LONG = { timeout: 900_000 }

const CONTRACT = `apiVersion: rampart/v1
kind: Environment
metadata: { name: notes }
spec:
  components:
    web:
      run:
        command: [node, -e, 'require("http").createServer((_, r) => r.end("hi")).listen(process.env.PORT)']
        ports: { http: {} }
      ready:
        - http: { url: "http://\${self.host}:\${self.ports.http}/", status: 200 }
      deadline: 20s
`

describe('the container image', { ...requirePodman(), ...LONG }, () => {
  let folder: string
  let podman: Podman

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rampart-image-'))
    podman = await startPodman()
    const { file } = await pack()
    const run = join(folder, 'run')
    writeNodeRoot(run)
    await podman.importImage('localhost/node', run)
    addNpm(run, fillCache(folder, file))
    await podman.importImage('localhost/node-npm', run)
    const context = join(folder, 'context')
    mkdirSync(context)
    copyFileSync(file, join(context, 'rampart-packed.tgz'))
    copyFileSync(join(root, 'deploy/Containerfile'), join(context, 'Containerfile'))
    for (const [target, name] of [
      ['', 'localhost/rampart'],
      ['demo', 'localhost/rampart-demo'],
    ] as const) {
      const bases = ['BASE=localhost/node', 'BUILD_BASE=localhost/node-npm']
      await podman.command(
        ...[
          'build',
          '--format=docker',
          '--isolation=chroot',
          '--pull=never',
          '--network=host',
          '--tag',
          name,
        ],
        ...bases.flatMap((base) => ['--build-arg', base]),
        ...(target === '' ? [] : ['--target', target]),
        context,
      )
    }
  })

  after(async () => {
    await podman?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  test('serves as nobody special on a read-only file system, and says that it is healthy', async () => {
    await podman.command('run', '--detach', '--name=served', ...HARDENED, 'localhost/rampart')
    const ask = (...args: readonly string[]) => podman.command('exec', 'served', ...args)
    await until('it is ready', () => isReady(podman, 'served'), 60_000)
    await podman.command('healthcheck', 'run', 'served')
    assert.match(await ask('id'), /uid=10001\S* gid=10001/)
    await assert.rejects(ask('touch', '/opt/rampart/written'), /Read-only file system/)
    assert.match(await ask('rampart', 'ready'), /✔ ledger/)
    assert.match(await ask('cat', '/proc/1/status'), /CapEff:\s+0+\n/)
    await podman.command('stop', '--time=20', 'served')
    assert.equal((await podman.command('wait', 'served')).trim(), '0')
  })

  test('brings up and takes down what runs inside it', async () => {
    await podman.command('run', '--detach', '--name=ramped', ...HARDENED, 'localhost/rampart')
    await until('it is ready', () => isReady(podman, 'ramped'), 60_000)
    const contract = join(folder, 'rampart.yaml')
    writeFileSync(contract, CONTRACT)
    const ask = (...args: readonly string[]) => podman.command('exec', 'ramped', ...args)
    const write = 'node -e "fs.writeFileSync(\'rampart.yaml\', process.argv[1])" "$0"'
    await ask('sh', '-c', write, CONTRACT)
    assert.match(await ask('rampart', 'up'), /✔ notes +ready/)
    assert.match(await ask('rampart', 'down'), /Nothing is left: no process, no port/)
  })

  test('keeps no secret in its layers, its variables or its history', async () => {
    const [image] = JSON.parse(await podman.command('inspect', 'localhost/rampart'))
    const names = image.Config.Env.map((variable: string) => variable.split('=')[0]).sort()
    assert.deepEqual(names, ['NODE_COMPILE_CACHE', 'NODE_ENV', 'PATH'])
    assert.equal(image.Config.User, '10001:10001')
    assert.doesNotMatch(JSON.stringify(image.History), /token|password|secret|npmrc/i)
    const archive = join(folder, 'flat.tar')
    await podman.command('create', '--name=flat', 'localhost/rampart')
    await podman.command('export', '--output', archive, 'flat')
    const files = execFileSync('tar', ['-tf', archive], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    assert.doesNotMatch(files, /\.npmrc$|npm-cache|(^|\/)\.env$|ledger\.key|\.bash_history/m)
    assert.match(files, /^opt\/rampart\/node_modules\/rampart\/dist\/main\.js$/m)
    // What npm leaves for others to run is run by nobody here.
    assert.doesNotMatch(files, /^usr\/lib\/npm\//m)
  })

  test('runs the demo where it has what the demo needs, and else says how to get that', async (t) => {
    const run = ['run', '--rm', ...HARDENED]
    const startedAtMs = performance.now()
    const said = await podman.command(...run, 'localhost/rampart-demo', 'demo', '--exit')
    t.diagnostic(`the demo took ${Math.round(performance.now() - startedAtMs)} ms`)
    assert.match(said, /✔ shop +ready/)
    assert.match(said, /Nothing is left: no process, no port/)
    const refused = podman.command(...run, 'localhost/rampart', 'demo', '--exit')
    await assert.rejects(refused, /Next: cd \S+rampart-demo && npm install/)
  })
})

async function isReady(podman: Podman, name: string): Promise<boolean> {
  try {
    await podman.command('exec', name, 'rampart', 'ready')
    return true
  } catch {
    // It has not started yet; what it wrote is told when it never does.
    return false
  }
}

/** npm's cache with what both stages of the build install, and nothing installed. */
function fillCache(folder: string, packed: string): string {
  const cache = join(folder, 'cache')
  const place = join(folder, 'place')
  mkdirSync(place)
  const shop = execFileSync('tar', ['-xOzf', packed, 'package/dist/shop/package.json'])
  writeFileSync(join(place, 'package.json'), shop)
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  npm(['install', '--package-lock-only', '--omit=dev', '--prefer-offline', ...quiet, packed], place)
  const { packages } = JSON.parse(readFileSync(join(place, 'package-lock.json'), 'utf8'))
  npm(['cache', 'add', '--cache', cache, ...fromRegistry(packages)], place)
  return cache
}

/** What a lock file says of a package: where it is for, when it is not for everywhere. */
interface Locked {
  readonly version: string
  readonly name?: string
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}

/** The packages of a lock that are for this machine, as npm names them. */
function fromRegistry(packages: Readonly<Record<string, Locked>>): readonly string[] {
  const isHere = ({ os, cpu, libc }: Locked): boolean =>
    (os ?? [process.platform]).includes(process.platform) &&
    (cpu ?? [process.arch]).includes(process.arch) &&
    (libc ?? ['glibc']).includes('glibc')
  const names = Object.entries(packages)
    .filter(([path, locked]) => path.startsWith('node_modules/') && isHere(locked))
    .map(([path, { name, version }]) => `${name ?? path.split('node_modules/').at(-1)}@${version}`)
  return [...new Set(names)].filter((name) => !name.startsWith('rampart@'))
}
