/** Pressure: how hard the machine was pressed while a stage was on its way, beside earlier runs. */
import type { PressureSample } from './circumstances.ts'
import type { Evidence, Resource } from './finding.ts'
import { percentileOf } from './percentile.ts'
import type { Run, WhyStage } from './question.ts'
import { timesOf } from './stage-times.ts'

/** Below this share of the time, nobody was held up by the machine. @unit bp */
const LEAST_BP = 2_500

/** Without earlier samples to compare with, it must be as much as this. @unit bp */
const LEAST_ALONE_BP = 5_000

/** And at least so much more than usual. @unit bp */
const MORE_BP = 1_000

const WHOLE_BP = 10_000

/** Fewer threads than these for each processor are no crowd. @unit bp */
const LEAST_DEMAND_BP = 20_000

type Read = (sample: PressureSample) => number

const RESOURCES: readonly Resource[] = ['cpu', 'io', 'memory']

const SHARES: Readonly<Record<Resource, Read>> = {
  cpu: (sample) => sample.cpuBp,
  io: (sample) => sample.ioBp,
  memory: (sample) => sample.memoryBp,
}

const demandOf: Read = (sample) => sample.demandBp

/** The resource that pressed most beyond what is usual while a stage was on its way, if any did. */
export function pressureDuring(
  run: Run,
  stage: WhyStage,
  context: { readonly runs: readonly Run[]; readonly stages: readonly WhyStage[] },
): Extract<Evidence, { of: 'pressure' }> | undefined {
  const span = spanOf(run, stage)
  const found = RESOURCES.map((resource) => pressureOf(resource, { run, span, stage, context }))
  const unusual = found.filter((pressure) => pressure !== undefined && isUnusual(pressure))
  const [most] = unusual.toSorted((one, other) => (other?.shareBp ?? 0) - (one?.shareBp ?? 0))
  if (most === undefined) return undefined
  const beside = context.stages.filter((other) => overlaps(other, stage)).map(({ name }) => name)
  return { of: 'pressure', ...most, beside }
}

type Pressure = Omit<Extract<Evidence, { of: 'pressure' }>, 'of' | 'beside'>

interface Pressed {
  readonly run: Run
  readonly span: Interval
  readonly stage: WhyStage
  readonly context: { readonly runs: readonly Run[] }
}

function pressureOf(
  resource: Resource,
  { run, span, stage, context }: Pressed,
): Pressure | undefined {
  const read = SHARES[resource]
  const shareBp = shareWithin(run.circumstances?.samples ?? [], span, read)
  if (shareBp === undefined) return undefined
  const usualBp = usualShare(context.runs, stage.name, read) ?? null
  if (resource !== 'cpu') return { resource, shareBp, usualBp, demandBp: 0, usualDemandBp: null }
  const demandBp = shareWithin(run.circumstances?.samples ?? [], span, demandOf) ?? 0
  const usualDemandBp = usualShare(context.runs, stage.name, demandOf) ?? null
  return { resource, shareBp, usualBp, demandBp, usualDemandBp }
}

/**
 * Whether a pressure is out of the ordinary: twice as much, or half of what was free is gone. Where
 * the processors are always short, only how many wanted them still tells more from less.
 */
function isUnusual({ shareBp, usualBp, demandBp, usualDemandBp }: Pressure): boolean {
  if (usualBp === null) return shareBp >= LEAST_ALONE_BP
  const wantedBp = Math.min(2 * usualBp, (WHOLE_BP + usualBp) / 2)
  if (shareBp >= Math.max(LEAST_BP, wantedBp, usualBp + MORE_BP)) return true
  const leastBp = Math.max(LEAST_DEMAND_BP, 2 * (usualDemandBp ?? demandBp))
  return shareBp >= LEAST_BP && demandBp >= leastBp
}

interface Interval {
  readonly fromMs: number
  readonly untilMs: number
}

function spanOf({ state }: Run, time: { fromMs?: number; untilMs?: number }): Interval {
  const { fromMs = 0, untilMs = fromMs } = time
  return { fromMs: state.openedAtMs + fromMs, untilMs: state.openedAtMs + untilMs }
}

/** The mean share within an interval; undefined when no sample tells of it. */
function shareWithin(
  samples: readonly PressureSample[],
  span: Interval,
  read: Read,
): number | undefined {
  let weightMs = 0
  let sum = 0
  for (const sample of samples) {
    const fromMs = Math.max(span.fromMs, sample.atMs - sample.spanMs)
    const overlapMs = Math.min(span.untilMs, sample.atMs) - fromMs
    if (overlapMs <= 0) continue
    weightMs += overlapMs
    sum += overlapMs * read(sample)
  }
  return weightMs === 0 ? undefined : Math.round(sum / weightMs)
}

function usualShare(runs: readonly Run[], name: string, read: Read): number | undefined {
  const shares = runs.flatMap((run) => {
    const samples = run.circumstances?.samples ?? []
    const time = timesOf(run.state).stages.find((stage) => stage.name === name)
    if (samples.length === 0 || time === undefined) return []
    return shareWithin(samples, spanOf(run, time), read) ?? []
  })
  return shares.length === 0 ? undefined : percentileOf(shares, 50)
}

function overlaps(other: WhyStage, stage: WhyStage): boolean {
  if (other.name === stage.name || other.reached === 'never') return false
  const { fromMs: begunMs = 0, untilMs: endedMs = 0 } = other
  const { fromMs = 0, untilMs = 0 } = stage
  return begunMs < untilMs && endedMs > fromMs
}
