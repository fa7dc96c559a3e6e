/**
 * The container image: built by Podman from deploy/Containerfile, without any network, and run as one
 * would: another account than root, nothing writable but its volume, asked for its health.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { writeNodeRoot, writeNpm } from '../support/node-image.ts'
import { npm, pack } from '../support/packed.ts'
import { type Podman, requirePodman, startPodman } from '../support/podman.ts'
import { roomyFolder } from '../support/roomy-folder.ts'
import { until } from '../support/until.ts'

const CONTAINERFILE = join(import.meta.dirname, '../../deploy/Containerfile')

/** How the image is run: the folders that it writes to are its volume and the temporary one. */
const HARDENED = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--tmpfs=/tmp:rw,mode=1777',
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
  '--network=none',
]

/** Beside other tests, images take a while to build; a hook does not take its suite's patience. */
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
    folder = mkdtempSync(join(roomyFolder(), 'rampart-image-'))
    podman = await startPodman()
    const { file } = await pack()
    const run = join(folder, 'run')
    writeNodeRoot(run)
    await podman.importImage('localhost/node', run)
    const context = join(folder, 'context')
    mkdirSync(context)
    writeNpm(context)
    const quick = ['build', '--format=docker', '--isolation=chroot', '--pull=never']
    const npmFile = ['--file', join(context, 'npm.Containerfile')]
    await podman.command(...quick, ...npmFile, '--tag=localhost/node-npm', context)
    copyFileSync(file, join(context, 'rampart-packed.tgz'))
    copyFileSync(CONTAINERFILE, join(context, 'Containerfile'))
    await podman.command(
      ...[...quick, '--network=host', '--target=demo', '--tag=localhost/rampart-demo'],
      ...['--build-arg=BASE=localhost/node', '--build-arg=BUILD_BASE=localhost/node-npm'],
      // What is written there is of this build alone, and the folder is there in every image.
      ...['--volume', `${completeCache(folder, file)}:/mnt:O`],
      context,
    )
    const [demo] = JSON.parse(await podman.command('inspect', 'localhost/rampart-demo'))
    await podman.command('tag', demo.Parent, 'localhost/rampart')
    await podman.command('run', '--detach', '--name=served', ...HARDENED, 'localhost/rampart')
    await until('it is ready', () => isReady(podman, 'served'), 60_000)
  }, LONG)

  after(async () => {
    await podman?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  test('is what the last stage of its file says', () => {
    const stages = readFileSync(CONTAINERFILE, 'utf8').split(/^(?=FROM )/m)
    const [run = '', demo = '', last] = stages.slice(-3)
    assert.match(run, /^FROM .* AS run$/m)
    // One step after the stage that is run, whence its image is the one that this step began with.
    assert.match(demo, /^FROM run AS demo\n(#.*\n)*COPY .*\n\s*$/)
    assert.equal(last, 'FROM run\n')
  })

  test('brings up and takes down what runs inside it', async () => {
    const ask = (...args: readonly string[]) => podman.command('exec', 'served', ...args)
    const write = 'node -e "fs.writeFileSync(\'rampart.yaml\', process.argv[1])" "$0"'
    await ask('sh', '-c', write, CONTRACT)
    assert.match(await ask('rampart', 'up'), /✔ notes +ready/)
    assert.match(await ask('rampart', 'down'), /Nothing is left: no process, no port/)
  })

  test('serves as nobody special on a read-only file system, and says that it is healthy', async () => {
    const ask = (...args: readonly string[]) => podman.command('exec', 'served', ...args)
    await podman.command('healthcheck', 'run', 'served')
    assert.match(await ask('id'), /uid=10001\S* gid=10001/)
    await assert.rejects(ask('touch', '/opt/rampart/written'), /Read-only file system/)
    assert.match(await ask('rampart', 'ready'), /✔ ledger/)
    assert.match(await ask('cat', '/proc/1/status'), /CapEff:\s+0+\n/)
    await podman.command('stop', '--time=20', 'served')
    assert.equal((await podman.command('wait', 'served')).trim(), '0')
  })

  test('keeps no secret in its layers, its variables or its history', async () => {
    const [image] = JSON.parse(await podman.command('inspect', 'localhost/rampart'))
    const names = image.Config.Env.map((variable: string) => variable.split('=')[0]).sort()
    assert.deepEqual(names, ['NODE_COMPILE_CACHE', 'NODE_ENV', 'PATH'])
    assert.equal(image.Config.User, '10001:10001')
    assert.doesNotMatch(JSON.stringify(image.History), /token|password|secret|npmrc/i)
    const find = ['--user=0', '--entrypoint=/bin/find', 'localhost/rampart', '/', '-xdev']
    const files = await podman.command('run', '--rm', '--network=none', ...find)
    assert.doesNotMatch(files, /\.npmrc$|npm-cache|(^|\/)\.env$|ledger\.key|\.bash_history/m)
    assert.match(files, /^\/opt\/rampart\/node_modules\/rampart\/dist\/main\.js$/m)
    // What npm leaves for others to run is run by nobody here.
    assert.doesNotMatch(files, /^\/usr\/lib\/npm\//m)
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

/** npm's own cache, with everything in it that both stages of the build install. */
function completeCache(folder: string, packed: string): string {
  const place = join(folder, 'place')
  mkdirSync(place)
  const shop = execFileSync('tar', ['-xOzf', packed, 'package/dist/shop/package.json'])
  writeFileSync(join(place, 'package.json'), shop)
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  npm(['install', '--package-lock-only', '--omit=dev', '--prefer-offline', ...quiet, packed], place)
  const { packages } = JSON.parse(readFileSync(join(place, 'package-lock.json'), 'utf8'))
  const cache = npm(['config', 'get', 'cache', '--loglevel=error'], place).trim()
  const missing = fromRegistry(packages, cache)
  if (missing.length > 0) npm(['cache', 'add', ...missing], place)
  return cache
}

/** What a lock file says of a package: where it is for, when it is not for everywhere. */
interface Locked {
  readonly version: string
  readonly name?: string
  readonly integrity?: string
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}

/** The packages of a lock that are for this machine and not in the cache yet, as npm names them. */
function fromRegistry(
  packages: Readonly<Record<string, Locked>>,
  cache: string,
): readonly string[] {
  const isHere = ({ os, cpu, libc }: Locked): boolean =>
    (os ?? [process.platform]).includes(process.platform) &&
    (cpu ?? [process.arch]).includes(process.arch) &&
    (libc ?? ['glibc']).includes('glibc')
  const names = Object.entries(packages)
    .filter(([path, locked]) => path.startsWith('node_modules/') && isHere(locked))
    .filter(([, locked]) => !isCached(cache, locked))
    .map(([path, { name, version }]) => `${name ?? path.split('node_modules/').at(-1)}@${version}`)
  return [...new Set(names)].filter((name) => !name.startsWith('rampart@'))
}

/** npm keeps an archive under its digest; where it ever keeps them otherwise, all are added. */
function isCached(cache: string, { integrity = '' }: Locked): boolean {
  const [, digest] = /^sha512-(\S+)$/.exec(integrity) ?? []
  if (digest === undefined) return false
  const hex = Buffer.from(digest, 'base64').toString('hex')
  const parts = [hex.slice(0, 2), hex.slice(2, 4), hex.slice(4)]
  return existsSync(join(cache, '_cacache/content-v2/sha512', ...parts))
}
