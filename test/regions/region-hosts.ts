/**
 * Two hosts on one machine, one for each region: network namespaces with links of their own. Each has
 * a link by which the daemon asks; a third link is the way between the regions, which can be cut. All
 * of it is named after the test's process, and gone when it is closed.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { type PartOptions, requirePart } from '../support/require-part.ts'
import { openSlowWay, type Way } from './slow-way.ts'

/** Where Redis listens: a host of one's own has the port that everybody knows. */
export const REDIS_PORT = 6379

/** One region's host. */
export interface RegionHost {
  /** The network namespace. */
  readonly name: string
  readonly address: string
}

/** The link that is the way between the regions, or the one by which us is asked. */
export type LinkName = 'way' | 'us'

/** Two hosts. */
export interface RegionHosts {
  readonly eu: RegionHost
  readonly us: RegionHost
  /** Where us reaches the Redis of eu. */
  readonly wayAddress: string
  /** What makes the way long. */
  readonly madeBy: 'tc netem' | 'a relay'
  /** How many pieces the relay has lost so far. */
  lost(): number
  cut(link: LinkName): void
  heal(link: LinkName): void
  close(): Promise<void>
}

/** Names of interfaces hold 15 characters. */
const MARK = process.pid.toString(36)

/** A network for tests of networks (RFC 2544), in pieces of four addresses for each link. */
const BLOCK = `198.18.${process.pid % 256}`

/** Options for a test that needs them: it takes root, and a kernel that has them. */
export function requireHosts(): PartOptions {
  const how = 'apt-get install iproute2, and run the tests as root'
  return requirePart('root with network namespaces', mayMakeHosts(), how)
}

/** Makes both, and the way between them; whatever is there of them ends with the test. */
export async function openHosts(t: TestContext, way: Way): Promise<RegionHosts> {
  t.after(removeHosts)
  const eu = { name: `rampart-eu-${MARK}`, address: `${BLOCK}.2` }
  const us = { name: `rampart-us-${MARK}`, address: `${BLOCK}.6` }
  const links = { eu: `eu${MARK}`, us: `us${MARK}`, way: `way${MARK}` }
  const wayAddress = `${BLOCK}.9`
  for (const { name } of [eu, us]) {
    ip('netns', 'add', name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
  }
  linkTo(eu.name, links.eu, [`${BLOCK}.1`, eu.address])
  linkTo(us.name, links.us, [`${BLOCK}.5`, us.address])
  linkTo(us.name, links.way, [wayAddress, `${BLOCK}.10`])
  const isLong = makeLong(us.name, links.way, way)
  const relay = await openSlowWay(isLong ? { ...way, delayMs: 0, lossPercent: 0 } : way, {
    host: wayAddress,
    port: REDIS_PORT,
    target: { host: eu.address, port: REDIS_PORT },
  })
  t.after(() => relay.close())
  return {
    eu,
    us,
    wayAddress,
    madeBy: isLong ? 'tc netem' : 'a relay',
    lost: relay.lost,
    cut: (link) => ip('link', 'set', links[link], 'down'),
    heal: (link) => ip('link', 'set', links[link], 'up'),
    close: async () => {
      await relay.close()
      removeHosts()
    },
  }
}

/** What of these hosts is there: namespaces and links. */
export function hostsLeft(): readonly string[] {
  return [...linksLeft(), ...namespacesLeft()]
}

function linksLeft(): readonly string[] {
  const names = ['eu', 'us', 'way'].map((link) => `${link}${MARK}`)
  return readdirSync('/sys/class/net').filter((name) => names.includes(name))
}

function namespacesLeft(): readonly string[] {
  return readdirSync('/run/netns').filter((name) => name.endsWith(`-${MARK}`))
}

/** Links first: those of a namespace go with it, but only some time later. */
function removeHosts(): void {
  for (const name of linksLeft()) ip('link', 'del', name)
  for (const name of namespacesLeft()) ip('netns', 'del', name)
}

/** The processes in a namespace, and the ports on which somebody listens there. */
export function leftIn({ name }: RegionHost): readonly string[] {
  const listening = ip('netns', 'exec', name, 'cat', '/proc/net/tcp')
  const ports = listening.split('\n').filter((line) => / 0A /.test(line))
  return [...ip('netns', 'pids', name).split('\n'), ...ports].filter((line) => line !== '')
}

/** A pair of interfaces: `name` here, and one of the same name in the namespace. */
function linkTo(namespace: string, name: string, addresses: readonly [string, string]): void {
  ip('link', 'add', name, 'type', 'veth', 'peer', 'name', name, 'netns', namespace)
  const [here, there] = addresses
  ip('address', 'add', `${here}/30`, 'dev', name)
  ip('link', 'set', name, 'up')
  ip('-n', namespace, 'address', 'add', `${there}/30`, 'dev', name)
  ip('-n', namespace, 'link', 'set', name, 'up')
}

/** Delay and loss by the kernel itself, at both ends; false: it has no netem. */
function makeLong(namespace: string, name: string, { delayMs, lossPercent }: Way): boolean {
  const netem = ['qdisc', 'add', 'dev', name, 'root', 'netem', 'delay', `${delayMs}ms`]
  const words = [...netem, 'loss', `${lossPercent}%`]
  try {
    execFileSync('tc', words, { stdio: 'pipe' })
  } catch {
    // That there is no netem is the answer that was asked for.
    return false
  }
  execFileSync('ip', ['netns', 'exec', namespace, 'tc', ...words], { stdio: 'pipe' })
  return true
}

function mayMakeHosts(): boolean {
  const name = `rampart-may-${MARK}`
  try {
    ip('netns', 'add', name)
    ip('netns', 'del', name)
    return true
  } catch {
    // Not being allowed to is the answer that was asked for.
    return false
  }
}

function ip(...words: readonly string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
