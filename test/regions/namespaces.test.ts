/**
 * Two regions on two hosts of their own: a primary of Redis in eu, a replica of it in us, and a way
 * between them that is long, loses packets, and is cut.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { present } from '../../src/core/fault/assert.ts'
import type { StageState } from '../../src/core/ramp/state.ts'
import type { Json } from '../../src/core/units/json.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import type { RampartClient } from '../../src/server/client/client.ts'
import type { BrokenPromise } from '../../src/server/wire.ts'
import { runInProcess } from '../support/cli.ts'
import { openDaemon } from '../support/daemon.ts'
import { type Finished, openFolder, stopDaemon } from '../support/rampart.ts'
import { until } from '../support/until.ts'
import {
  hostsLeft,
  type LinkName,
  leftIn,
  openHosts,
  type RegionHosts,
  requireHosts,
} from './region-hosts.ts'

/** By this seed the very first piece is lost, the third and, as many as it takes, others. */
const WAY = { delayMs: 40, lossPercent: 15, seed: 2 }

/** Asks Redis for a PONG over a connection that is already open, and says how long that took. */
const ROUND_TRIP = `import { connect } from 'node:net'
const [host, port] = process.argv.slice(2)
const socket = connect(Number(port), host)
let asked = 0
let askedMs = 0
const ask = () => {
  asked++
  askedMs = performance.now()
  socket.write('PING\\r\\n')
}
socket.on('connect', ask)
socket.on('data', () => {
  if (asked === 1) return ask()
  console.log(JSON.stringify({ roundTripMs: Math.round(performance.now() - askedMs) }))
  socket.end()
})
`

const PRIMARY = `[ip, netns, exec, "\${settings.netns}", redis-server, --port, "6379",
          --bind, "\${settings.host}", --protected-mode, "no", --save, "", --appendonly, "no",
          --repl-ping-replica-period, "1", --repl-diskless-sync-delay, "0", --repl-timeout, "2"`

function contractOf(deadline: string): string {
  return `apiVersion: rampart/v1
kind: Environment
metadata: { name: catalog }
spec:
  settings:
    netns: { from: NETNS, default: none }
    host: { from: HOST, default: 127.0.0.1 }
    way: { from: WAY }
    node: { from: NODE }
  regions:
    eu: { settings: { netns: { from: EU_NETNS }, host: { from: EU_HOST } } }
    us: { after: [eu], settings: { netns: { from: US_NETNS }, host: { from: US_HOST } } }
  components:
    primary:
      regions: [eu]
      run:
        command: ${PRIMARY}]
      ready:
        - redis: { url: "redis://\${settings.host}:6379", role: primary }
    replica:
      regions: [us]
      run:
        command: ${PRIMARY}, --replicaof, "\${settings.way}", "6379"]
      ready:
        - redis: { url: "redis://\${settings.host}:6379", role: replica }
      deadline: ${deadline}
    way:
      regions: [us]
      needs: [replica]
      ready:
        - exec:
            command: [ip, netns, exec, "\${settings.netns}", "\${settings.node}", round-trip.mjs,
              "\${settings.way}", "6379"]
            stdoutJson: true
          when: evidence.json.roundTripMs < 5000.0
          watch: none
  watch: { every: 200ms }
`
}

/** An environment of two regions, in a folder of its own. */
class TwoRegions {
  readonly hosts: RegionHosts
  readonly #folder: string
  readonly #client: () => Promise<RampartClient>

  constructor(t: TestContext, hosts: RegionHosts, deadline: string) {
    this.hosts = hosts
    this.#folder = openFolder(t)
    let client: Promise<RampartClient> | undefined
    this.#client = () => {
      client ??= openDaemon(t, this.#folder)
      return client
    }
    writeFileSync(join(this.#folder, 'rampart.yaml'), contractOf(deadline))
    writeFileSync(join(this.#folder, 'round-trip.mjs'), ROUND_TRIP)
  }

  run(...words: readonly string[]): Promise<Finished> {
    const { eu, us, wayAddress } = this.hosts
    return runInProcess(words, this.#folder, {
      EU_NETNS: eu.name,
      EU_HOST: eu.address,
      US_NETNS: us.name,
      US_HOST: us.address,
      WAY: wayAddress,
      NODE: process.execPath,
    })
  }

  /** How a stage of the way up stands; absent: it has not begun. */
  async stage(name: string): Promise<StageState | undefined> {
    const client = await this.#client()
    const up = (await client.ramps()).ramps.find(({ goal }) => goal === 'up')
    if (up === undefined) return undefined
    const { state } = await client.ramp(up.ramp)
    return state.stages.find((stage) => stage.name === name)
  }

  /** Waits until the last answer to a condition of the stage has this reason. */
  async untilAnswered(name: string, reason: string): Promise<void> {
    await until(`${name} says ${reason}`, async () => {
      const { conditions = [] } = (await this.stage(name)) ?? {}
      return conditions.some(({ lastAnswer }) => lastAnswer?.reason === reason)
    })
  }

  async broken(): Promise<readonly BrokenPromise[]> {
    const client = await this.#client()
    return present((await client.environments())[0]?.watch, 'it is watched').broken
  }

  /** Cuts a link, and waits until the watch says so; heals it, and waits until nothing is broken. */
  async cutAndHeal(link: LinkName, says: RegExp): Promise<void> {
    this.hosts.cut(link)
    await until(`the watch says that ${link} is cut`, async () =>
      (await this.broken()).some(
        ({ stage, sentence }) => stage === 'us/replica' && says.test(sentence),
      ),
    )
    const { exitCode, stdout } = await this.run('status')
    assert.deepEqual([exitCode, stdout.split('\n')[0]], [0, BROKEN])
    assert.match(stdout, /✖ us\/replica: redis /)
    assert.match(stdout, says)
    this.hosts.heal(link)
    await until('nothing is broken', async () => (await this.broken()).length === 0)
  }

  /** What the kernel says is left, here and on the hosts; after that they are gone as well. */
  async assertNothingLeft(): Promise<void> {
    const { eu, us } = this.hosts
    assert.deepEqual(leftovers(this.#folder), { processes: [], ports: [] })
    assert.deepEqual([...leftIn(eu), ...leftIn(us)], [])
    await stopDaemon(this.#folder)
    await this.hosts.close()
    assert.deepEqual(hostsLeft(), [])
  }
}

const BROKEN = 'catalog was ready, but a promise is broken'

async function openRegions(t: TestContext, deadline = '20s'): Promise<TwoRegions> {
  const hosts = await openHosts(t, WAY)
  t.diagnostic(`the way between the regions is made long by ${hosts.madeBy}`)
  return new TwoRegions(t, hosts, deadline)
}

describe('two regions on two hosts', requireHosts(), () => {
  test('are ready over a long way that loses packets; a cut is named, and heals', async (t) => {
    const regions = await openRegions(t)
    const up = await regions.run('up')
    assert.equal(up.exitCode, 0, up.stderr)
    const way = await regions.stage('us/way')
    const { roundTripMs } = foundAt(way, 'json') as { readonly roundTripMs: number }
    assert.ok(roundTripMs >= 2 * WAY.delayMs, `a round trip takes ${roundTripMs} ms`)
    if (regions.hosts.madeBy === 'a relay') assert.ok(regions.hosts.lost() > 0, 'some was lost')
    await regions.cutAndHeal('way', /is a replica that is not connected to its primary/)
    await regions.cutAndHeal('us', /198\.18\.\d+\.6:6379/)
    assert.equal((await regions.run('down')).exitCode, 0)
    await regions.assertNothingLeft()
  })

  test('wait for each other while the way is cut, and are ready once it is back', async (t) => {
    const regions = await openRegions(t)
    regions.hosts.cut('way')
    const up = regions.run('up')
    await regions.untilAnswered('us/replica', 'link-down')
    assert.equal((await regions.stage('eu/primary'))?.phase, 'ready')
    assert.equal((await regions.stage('us/replica'))?.phase, 'started')
    assert.equal((await regions.stage('us/way'))?.phase, 'waiting')
    regions.hosts.heal('way')
    const { exitCode, stderr } = await up
    assert.equal(exitCode, 0, stderr)
    assert.equal((await regions.run('down')).exitCode, 0)
    await regions.assertNothingLeft()
  })

  test('break at the deadline when the way stays cut, and nothing of them is left', async (t) => {
    const regions = await openRegions(t, '1500ms')
    regions.hosts.cut('way')
    const { exitCode, stderr, stdout } = await regions.run('up', '--json')
    assert.equal(exitCode, 3, stderr)
    const { verdict, cause } = JSON.parse(stdout)
    assert.deepEqual([verdict, cause.stage, cause.reason], ['undone', 'us/replica', 'deadline'])
    assert.match(cause.sentence, /is a replica that is not connected to its primary/)
    assert.equal(cause.evidence.linked, false)
    await regions.assertNothingLeft()
  })
})

/** What has been found of this at a stage. */
function foundAt(stage: StageState | undefined, evidence: string): Json {
  const { conditions } = present(stage, 'the stage has begun')
  const found = conditions.map(({ lastAnswer }) => lastAnswer?.evidence[evidence])
  return present(
    found.find((one) => one !== undefined),
    `${evidence} was found`,
  )
}
