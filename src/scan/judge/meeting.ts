/**
 * Whether two programs that would listen on the same port are ever started together. Most that look like a
 * conflict are none: one program in two ways of starting it, two environments, two examples.
 */
import { mayShareEnvironment } from '../../core/port/written-claim.ts'
import type { FoundPort } from '../found/found-port.ts'
import { isBelow } from '../found/paths.ts'
import type { Surroundings } from './surroundings.ts'

/** `together`: whoever starts what is written there starts both; `likely`; `perhaps`: only a guess. */
export type Meeting = 'together' | 'likely' | 'perhaps' | 'never'

/** Formats of servers that stay up, and of clusters: without an environment they are of every one. */
const OF_SERVERS =
  /^(nginx|haproxy|caddy|systemd|kubernetes|helm|envoy|prometheus|traefik|terraform|nomad)/

/** Of which a machine usually runs one, or which are run one after the other. */
const ONE_A_MACHINE = /^(nginx|haproxy|caddy|envoy|prometheus|playwright|devcontainer)/

/** Whether they are started together. */
export function meetingOf(one: FoundPort, other: FoundPort, around: Surroundings): Meeting {
  if (isSameThing(one, other) || !mayShareEnvironment(one, other)) return 'never'
  if (one.unit === other.unit) return meetingInUnit(one, other)
  if (around.realmOf(one.file) !== around.realmOf(other.file)) return 'never'
  if (one.app !== undefined && one.app === other.app) return 'never'
  const onNodes = meetingOnNodes(one, other)
  if (onNodes !== 'together') return onNodes
  if (isPartOf(one, other) || isPartOf(other, one)) return 'perhaps'
  const beside = one.format === other.format ? besideEachOther(one, other) : 'together'
  if (beside !== 'together') return around.isTogether ? 'together' : beside
  if (isElsewhere(one, other) || isElsewhere(other, one)) return 'perhaps'
  return around.meetingOfUnits(one, other)
}

/** One line may be read in several ways; two services may share one by a YAML alias. */
function isSameThing(one: FoundPort, other: FoundPort): boolean {
  if (one.identity !== undefined && one.identity === other.identity) return true
  const isSamePlace =
    one.file === other.file && one.line === other.line && one.column === other.column
  return isSamePlace && (one.service === other.service || one.unit !== other.unit)
}

function meetingInUnit(one: FoundPort, other: FoundPort): Meeting {
  if (one.variant !== undefined && other.variant !== undefined && one.variant !== other.variant) {
    return 'never'
  }
  const [mine, theirs] = [one.profiles ?? [], other.profiles ?? []]
  const isChoice = mine.length > 0 && theirs.length > 0
  if (isChoice && !mine.some((profile) => theirs.includes(profile))) return 'never'
  const isSameApp = one.app !== undefined && one.app === other.app
  const isSure = one.confidence !== 'default' && other.confidence !== 'default'
  if (isSameApp && (one.format !== other.format || !isSure)) return 'never'
  return meetingOnNodes(one, other)
}

/** Pods that want the same port of a node are put on different nodes, where there is a choice. */
function meetingOnNodes(one: FoundPort, other: FoundPort): Meeting {
  if (one.nodes === undefined || other.nodes === undefined) return 'together'
  const [mine, theirs] = [one.nodes, other.nodes]
  const keys = Object.keys(mine.labels).filter((key) => Object.hasOwn(theirs.labels, key))
  if (keys.some((key) => mine.labels[key] !== theirs.labels[key])) return 'never'
  if (!mine.isEverywhere && !theirs.isEverywhere) return 'perhaps'
  const isWithin = (inner: FoundPort['nodes'], outer: FoundPort['nodes']): boolean =>
    Object.entries(outer?.labels ?? {}).every(([key, value]) => inner?.labels[key] === value)
  if (mine.isEverywhere && theirs.isEverywhere) {
    return isWithin(mine, theirs) || isWithin(theirs, mine) ? 'together' : 'perhaps'
  }
  const [all, some] = mine.isEverywhere ? [mine, theirs] : [theirs, mine]
  return isWithin(some, all) ? 'together' : 'perhaps'
}

/**
 * Whether two files of one format in two folders are for two programs that run beside each other: scripts
 * are when both are how one works on their packages; most servers have one configuration a machine.
 */
function besideEachOther(one: FoundPort, other: FoundPort): Meeting {
  // A second program does without its inspector, and says so.
  if (one.tool === 'inspector' && other.tool === 'inspector') return 'perhaps'
  if (ONE_A_MACHINE.test(one.format)) return 'likely'
  if (one.format !== 'package.json') return 'together'
  const isWorked = ({ profiles = [] }: FoundPort): boolean => profiles.some((name) => isWork(name))
  return isWorked(one) && isWorked(other) ? 'together' : 'perhaps'
}

function isWork(script: string): boolean {
  return /^(dev|develop|start|serve|watch)$/.test(script) || /^(start|serve):dev/.test(script)
}

/** A container that is built from a folder may be the program in a folder below it. */
function isPartOf(whole: FoundPort, part: FoundPort): boolean {
  return (
    whole.app !== undefined &&
    part.app !== undefined &&
    whole.format !== part.format &&
    isBelow(part.app, whole.app)
  )
}

/** What is for developers, against what is for an environment that is elsewhere. */
function isElsewhere(one: FoundPort, other: FoundPort): boolean {
  const isDeveloping = one.environment === undefined && !OF_SERVERS.test(one.format)
  return isDeveloping && other.environment !== undefined && other.environment !== 'development'
}
