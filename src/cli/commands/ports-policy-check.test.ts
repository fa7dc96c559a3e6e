/** `rampart ports policy --check`, in a network of its own whose packet filter is what was printed. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { PROGRAM } from '../../../test/support/daemon.ts'
import { openFolder, stopDaemon } from '../../../test/support/rampart.ts'
import { requirePart, requireRealPart } from '../../../test/support/require-part.ts'
import { until } from '../../../test/support/until.ts'
import { present } from '../../core/fault/assert.ts'
import type { PortLease } from '../../core/port/port-lease.ts'

const run = promisify(execFile)
const isRoot = requirePart('root', process.getuid?.() === 0, 'sudo npm test')
const nftables = isRoot.skip === false ? requireRealPart('nftables') : isRoot

const contractOf = (port: number): string => `apiVersion: rampart/v1
kind: Ports
metadata: { name: internal }
spec:
  ranges: { one: { ports: ${port}, for: { service: shop/api }, fixed: { shop/api/http: ${port} } } }
  clients: { shop/web: { user: 1001 }, shop/jobs: { user: 1002 } }
  connect: [{ from: shop/web, to: shop/api, ports: http }, { from: shop/jobs, to: shop/db }]
`

const SERVE = "require('net').createServer().listen(process.env.PORT, '127.0.0.1')"

test(
  'a machine that lets everybody in is found out, and agrees once its filter is loaded',
  nftables,
  async (t) => {
    const folder = openFolder(t)
    const path = [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter)
    const around = { cwd: folder, env: { ...process.env, PATH: path, NO_COLOR: '1' } }
    const network = spawn(
      'unshare',
      ['--net', 'sh', '-c', 'ip link set lo up && echo up && exec cat'],
      {
        ...around,
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    )
    t.after(() => network.kill('SIGKILL'))
    await once(network.stdout, 'data')
    const inside = [`--net=/proc/${network.pid}/ns/net`]
    const cli = [...inside, process.execPath, ...PROGRAM.slice(1), 'ports']
    t.after(() => stopDaemon(folder))
    const service = [...cli, 'run', '--service', 'shop/api', '--', process.execPath, '-e', SERVE]
    const served = spawn('nsenter', service, { ...around, stdio: 'ignore' })
    t.after(async () => {
      served.kill('SIGTERM')
      await once(served, 'exit')
    })
    const leases = async (): Promise<readonly PortLease[]> => {
      const { stdout } = await run('nsenter', [...cli, 'list', '--json'], around).catch(() => ({
        stdout: '',
      }))
      return stdout
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as PortLease]))
    }
    let lease: PortLease | undefined
    await until(
      'the service listens',
      async () => {
        lease = (await leases()).find(({ state }) => state === 'ready')
        return lease !== undefined
      },
      30_000,
    )
    const { port } = present(lease, 'the lease was found').claim
    writeFileSync(join(folder, 'ports.yaml'), contractOf(port))
    const check = async (...more: readonly string[]) =>
      await run('nsenter', [...cli, 'policy', '--check', 'ports.yaml', ...more], around).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (failed: { code: number; stdout: string; stderr: string }) => failed,
      )
    const open = await check()
    assert.equal(open.code, 3, open.stderr)
    assert.match(
      open.stdout,
      /^✔ +shop\/web \(user 1001\) +shop\/api http +127\.0\.0\.1:\d+ +may connect +let in$/m,
    )
    assert.match(open.stdout, /^✖ +shop\/jobs \(user 1002\) .* +may not +let in$/m)
    assert.match(open.stdout, /^✖ +a stranger \(user 65534\) .* +may not +let in$/m)
    assert.match(open.stderr, /^Not tried: no service listens now as shop\/db\.$/m)
    const json = await check('--json')
    assert.equal(json.code, 3)
    const { verdict, trials } = JSON.parse(json.stdout) as {
      readonly verdict: string
      readonly trials: readonly { readonly who: string; readonly agrees: boolean }[]
    }
    assert.equal(verdict, 'disagrees')
    assert.deepEqual(
      new Set(trials.filter(({ agrees }) => agrees).map(({ who }) => who)),
      new Set(['shop/web']),
    )
    const { stdout } = await run(
      'nsenter',
      [...cli, 'policy', '--as', 'nftables', 'ports.yaml'],
      around,
    )
    writeFileSync(join(folder, 'policy.nft'), stdout)
    await run('nsenter', [...inside, 'nft', '-f', 'policy.nft'], around)
    const closed = await check()
    assert.equal(closed.code, 0, closed.stdout)
    assert.match(closed.stdout, /^✔ +shop\/web .* +may connect +let in$/m)
    assert.match(closed.stdout, /^✔ +shop\/jobs .* +may not +no answer$/m)
    assert.match(closed.stdout, /^✔ +a stranger .* +may not +no answer$/m)
  },
)
