/** Judges what was found: everything that is wrong about it, the worst first. Pure. */
import { type PortSpan, USUAL_EPHEMERAL } from '../../core/port/machine-facts.ts'
import type { PortPolicy } from '../../core/port/port-policy.ts'
import { SEVERITIES } from '../../core/port/written-claim.ts'
import type { FoundPort } from '../found/found-port.ts'
import { findConflicts } from './conflicts.ts'
import { findDangling } from './dangling.ts'
import { type RawFinding, SCAN_RULES, type ScanFinding } from './finding.ts'
import { withFingerprints } from './fingerprint.ts'
import { findFlaws } from './flaws.ts'
import { TakenPorts } from './free-port.ts'
import { findAgainstPolicies } from './policy-findings.ts'
import { findBrowserBlocked, findEphemeral } from './port-facts.ts'
import { Surroundings } from './surroundings.ts'
import { findTaken, type Listener } from './taken-now.ts'

/** By what it is judged. */
export interface JudgeOptions {
  /** Of contracts of the kind Ports; without any, nothing is said about ranges. */
  readonly policies?: readonly PortPolicy[]
  /** What the kernel takes for outgoing connections. @default as Linux usually does */
  readonly ephemeral?: PortSpan
  /** Only what is started there, and taken to be of it where nothing is said. */
  readonly environment?: string
  /** Whether everything in the folder is started at once, whatever it looks like. @default false */
  readonly isTogether?: boolean
  /** Who listens on this machine now; absent: nobody looked. */
  readonly listeners?: readonly Listener[]
}

/** Everything that is wrong. */
export function judgeScan(
  found: readonly FoundPort[],
  options: JudgeOptions = {},
): readonly ScanFinding[] {
  const {
    policies = [],
    ephemeral = USUAL_EPHEMERAL.linux,
    environment,
    isTogether = false,
  } = options
  const { listeners = [] } = options
  const ports = found.filter((port) => isOf(port, environment))
  const taken = new TakenPorts(ports, ephemeral)
  const findings = [
    ...findConflicts(ports, { taken, around: new Surroundings(ports, isTogether) }),
    ...findAgainstPolicies(ports, policies, { environment, taken }),
    ...findDangling(ports),
    ...findFlaws(ports),
    ...findTaken(ports, listeners),
    ...findEphemeral(ports, ephemeral),
    ...findBrowserBlocked(ports),
  ]
  return withFingerprints(eachOnce(findings.map(inOrder)).toSorted(compareFindings))
}

function isOf({ environment, except }: FoundPort, asked: string | undefined): boolean {
  if (asked === undefined) return true
  return (environment ?? asked) === asked && except?.includes(asked) !== true
}

/** The ports sorted by place, and one line told once however many ways there are of starting it. */
function inOrder(finding: RawFinding): RawFinding {
  const once = new Map(finding.ports.map((port) => [`${placeOf(port)} ${port.service}`, port]))
  const ports = [...once.values()].sort((one, other) => comparePlaces(one, other))
  return { ...finding, ports }
}

/** What is found of several variants of a unit is found once; the worse of two is told. */
function eachOnce(findings: readonly RawFinding[]): readonly RawFinding[] {
  const once = new Map<string, RawFinding>()
  for (const finding of findings) {
    const { rule, first, last, protocol, scope, ports, severity } = finding
    const key = JSON.stringify([rule, first, last, protocol, scope, ports.map(placeOf)])
    const known = once.get(key)
    const isWorse =
      known === undefined || SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(known.severity)
    if (isWorse) once.set(key, finding)
  }
  return [...once.values()]
}

const RULES = Object.keys(SCAN_RULES)

function compareFindings(one: RawFinding, other: RawFinding): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    RULES.indexOf(one.rule) - RULES.indexOf(other.rule) ||
    one.first - other.first ||
    comparePlaces(one.ports[0], other.ports[0])
  )
}

function comparePlaces(one: FoundPort | undefined, other: FoundPort | undefined): number {
  if (one === undefined || other === undefined) return 0
  if (one.file !== other.file) return one.file < other.file ? -1 : 1
  return one.line - other.line || one.column - other.column
}

function placeOf({ file, line, column }: FoundPort): string {
  return `${file}:${line}:${column}`
}
