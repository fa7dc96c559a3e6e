/**
 * A real container engine for tests: Podman's own service, which speaks the Docker Engine API, with
 * its storage, networks and events in a scratch folder, and nothing of it left afterwards. Images are
 * made on the spot, since no registry is reachable where tests run.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { promisify } from 'node:util'
import { Pool } from 'undici'
import { present } from '../../src/core/fault/assert.ts'
import { type PartOptions, requirePart, requireRealPart } from './require-part.ts'
import { roomyFolder } from './roomy-folder.ts'
import { until } from './until.ts'

const CGROUP2 = 0x63677270
const DEFAULT_NETWORK_ID = '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9'

/** What a test that needs a container engine takes as its options. */
export function requirePodman(): PartOptions {
  const isRoot = process.getuid?.() === 0
  const part = requireRealPart('Podman')
  return part.skip === false ? requirePart('root', isRoot, 'sudo npm test') : part
}

/** An engine that serves. */
export interface Podman {
  /** `unix:///…`, as DOCKER_HOST says it. */
  readonly host: string
  /** Makes an image of a folder; answers with its name by digest. */
  importImage(name: string, rootFolder: string): Promise<string>
  /** An image that holds nothing but BusyBox. */
  importBusybox(): Promise<string>
  /** Asks the engine itself, so that a test need not take our word for it. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string): Promise<unknown>
  /** Runs `podman` itself on this engine, for what its API cannot say; gives what it wrote. */
  command(...args: readonly string[]): Promise<string>
  /** Names of the containers there are, running or not. */
  containers(): Promise<readonly string[]>
  /** Kills the service as a crash would; containers keep running. */
  kill(): Promise<void>
  /** Serves again at the same socket. */
  serve(): Promise<void>
  stop(): Promise<void>
}

/** Starts an engine of the test's own. */
export async function startPodman(): Promise<Podman> {
  // Paths of sockets are short, so the folder's must be.
  const folder = mkdtempSync(join(roomyFolder(), 'rp-'))
  const engine = new PodmanService(folder)
  await engine.serve()
  return engine
}

/** What the tests of one file share; the engine and its image are there while they run. */
export interface SharedPodman {
  /** The options of each test. */
  readonly needs: PartOptions
  readonly podman: Podman
  /** By digest. */
  readonly image: string
}

/** Starts one engine, with one image, for all tests of a file. @param importOne @default BusyBox */
export function sharePodman(
  importOne: (podman: Podman) => Promise<string> = (podman) => podman.importBusybox(),
): SharedPodman {
  const needs = requirePodman()
  let podman: Podman | undefined
  let image: string | undefined
  before(async () => {
    if (needs.skip !== false) return
    podman = await startPodman()
    image = await importOne(podman)
  })
  after(async () => {
    await podman?.stop()
  })
  return {
    needs,
    get podman() {
      return present(podman, 'it is used within tests')
    },
    get image() {
      return present(image, 'it is used within tests')
    },
  }
}

class PodmanService implements Podman {
  readonly #folder: string
  readonly #socket: string
  #pool: Pool
  #service: ChildProcess | undefined
  #mounts: ChildProcess | undefined

  constructor(folder: string) {
    this.#folder = folder
    this.#socket = join(folder, 's.sock')
    this.#pool = new Pool('http://engine', { socketPath: this.#socket })
    writeSettings(folder)
  }

  get host(): string {
    return `unix://${this.#socket}`
  }

  async serve(): Promise<void> {
    rmSync(this.#socket, { force: true })
    this.#pool = new Pool('http://engine', { socketPath: this.#socket })
    const command = await this.#commandLine('system', 'service', '--time=0', this.host)
    const service = spawn(command[0] ?? '', command.slice(1), {
      env: this.#variables(),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#service = service
    let said = ''
    service.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await until('Podman answers', async () => {
      assert.equal(service.exitCode, null, said)
      return (await this.#status('/_ping')) === 200
    })
  }

  async command(...args: readonly string[]): Promise<string> {
    const [program = '', ...rest] = await this.#commandLine(...args)
    const options = { env: this.#variables(), maxBuffer: 64 * 1024 * 1024 }
    const { stdout, stderr } = await promisify(execFile)(program, rest, options)
    return `${stdout}${stderr}`
  }

  async #commandLine(...args: readonly string[]): Promise<readonly string[]> {
    const folder = this.#folder
    const podman = ['podman', '--root', join(folder, 'root'), '--runroot', join(folder, 'run')]
    this.#mounts ??= await holdMounts()
    const { pid } = this.#mounts ?? {}
    return pid === undefined
      ? [...podman, ...args]
      : ['nsenter', '-m', '-t', String(pid), ...podman, ...args]
  }

  #variables(): Readonly<Record<string, string>> {
    const folder = this.#folder
    return {
      PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
      HOME: folder,
      CONTAINERS_CONF: join(folder, 'containers.conf'),
      CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
    }
  }

  async importBusybox(): Promise<string> {
    const root = join(this.#folder, 'busybox')
    mkdirSync(join(root, 'bin'), { recursive: true })
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'))
    for (const name of ['sh', 'sleep', 'httpd', 'nc', 'cat']) {
      symlinkSync('busybox', join(root, 'bin', name))
    }
    return await this.importImage('localhost/busybox', root)
  }

  async importImage(name: string, rootFolder: string): Promise<string> {
    const archive = join(this.#folder, 'image.tar')
    execFileSync('tar', ['-C', rootFolder, '-cf', archive, '.'])
    const query = new URLSearchParams({ fromSrc: '-', repo: name })
    const answer = await this.#pool.request({
      method: 'POST',
      path: `/images/create?${query}`,
      headers: { 'content-type': 'application/x-tar' },
      body: createReadStream(archive),
    })
    const text = await answer.body.text()
    assert.equal(answer.statusCode, 200, text)
    const image = (await this.ask('GET', `/images/${name}/json`)) as { RepoDigests: string[] }
    const [byDigest = ''] = image.RepoDigests
    assert.match(byDigest, /@sha256:/)
    return byDigest
  }

  async ask(method: 'GET' | 'POST' | 'DELETE', path: string): Promise<unknown> {
    const answer = await this.#pool.request({ method, path: `/v1.41${path}` })
    const text = await answer.body.text()
    assert.ok(answer.statusCode < 300, `${path}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  async containers(): Promise<readonly string[]> {
    const all = (await this.ask('GET', '/containers/json?all=true')) as { Names: string[] }[]
    return all.map(({ Names }) => (Names[0] ?? '').replace(/^\//, '')).sort()
  }

  async kill(): Promise<void> {
    const service = this.#service
    this.#service = undefined
    await this.#pool.destroy()
    if (service?.pid === undefined || service.exitCode !== null) return
    const gone = once(service, 'exit')
    process.kill(-service.pid, 'SIGKILL')
    await gone
  }

  async stop(): Promise<void> {
    try {
      if (this.#service === undefined) await this.serve()
      for (const name of await this.containers()) {
        await this.ask('DELETE', `/containers/${name}?force=true`)
      }
    } finally {
      await this.kill()
      this.#mounts?.kill('SIGKILL')
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }

  async #status(path: string): Promise<number> {
    try {
      const answer = await this.#pool.request({ method: 'GET', path })
      await answer.body.dump()
      return answer.statusCode
    } catch {
      // It does not listen yet.
      return 0
    }
  }
}

/**
 * Holds mounts of the engine's own, which outlive its service as they would on a machine of its own.
 * Where the machine shows cgroups of version 1 as well, the runtime wants to see version 2 alone.
 *
 * @returns undefined where the machine's own mounts will do
 */
async function holdMounts(): Promise<ChildProcess | undefined> {
  if (statfsSync('/sys/fs/cgroup').type === CGROUP2) return undefined
  const mount = 'umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup'
  // It ends with this process, since then nobody holds its standard input.
  const holder = spawn('unshare', ['-m', 'sh', '-c', `${mount} && echo held && exec cat`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [said] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])
  assert.equal(String(said), 'held\n', 'version 2 of cgroups can be mounted')
  holder.stdout.resume()
  holder.unref()
  return holder
}

/** No limit is asked for that this process does not have itself, nor any cgroup of one's own. */
function writeSettings(folder: string): void {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const files = /^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? '1024'
  const lane = process.pid % 200
  const networks = join(folder, 'networks')
  mkdirSync(networks, { recursive: true })
  writeFileSync(
    join(folder, 'containers.conf'),
    `[containers]
default_ulimits = ["nofile=${files}:${files}", "nproc=4096:4096"]
cgroups = "disabled"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
events_logfile_path = "${folder}/events"
runtime = "crun"
lock_type = "file"
tmp_dir = "${folder}/tmp"
[network]
network_backend = "netavark"
network_config_dir = "${networks}"
default_subnet_pools = [{"base" = "10.${50 + lane}.128.0/17", "size" = 24}]
`,
  )
  writeFileSync(
    join(folder, 'storage.conf'),
    `[storage]\ndriver = "overlay"\ngraphroot = "${folder}/root"\nrunroot = "${folder}/run"\n`,
  )
  writeFileSync(
    join(networks, 'podman.json'),
    JSON.stringify({
      name: 'podman',
      id: DEFAULT_NETWORK_ID,
      driver: 'bridge',
      network_interface: `rp${process.pid}`,
      created: '2026-01-01T00:00:00Z',
      subnets: [{ subnet: `10.${50 + lane}.0.0/24`, gateway: `10.${50 + lane}.0.1` }],
      ipv6_enabled: false,
      internal: false,
      dns_enabled: false,
      ipam_options: { driver: 'host-local' },
    }),
  )
}
