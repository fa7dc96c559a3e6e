/**
 * The daemon's log: what it does, in sentences, with the ids that the ledger knows. What is said of a
 * ramp is what the ledger says, so it holds no secret.
 */
import type { Entry } from '../core/entry/entry.ts'
import { Fault } from '../core/fault/fault.ts'
import { type RampState, stageNamed } from '../core/ramp/state.ts'
import { describeDuration } from '../core/units/duration.ts'
import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../seams/clock.ts'
import { LOG_LEVELS, type Log, type LogAbout, logFrom, logLevelOf } from '../telemetry/log-about.ts'
import { OtlpLogSender } from '../telemetry/otlp-log-sender.ts'
import { otlpTargetOf } from '../telemetry/otlp-target.ts'

/** How long a daemon that is stopping waits for its last lines to be taken. @unit ms */
const CLOSE_PATIENCE_MS = 3_000

/** What a log is made of. */
export interface DaemonLogOptions {
  readonly settings: Readonly<Record<string, string>>
  readonly version: string
  readonly log: Log
}

/** A log, and how it is let go of. */
export interface DaemonLog {
  readonly log: Log
  /** Sends what is left, for as long as that is worth waiting for. */
  readonly close: () => Promise<void>
}

/** What is logged, and by OTLP as well where OpenTelemetry's variables say so. */
export function openDaemonLog(options: DaemonLogOptions, clock: Clock): DaemonLog {
  const { RAMPART_LOG_LEVEL: wanted = 'info' } = options.settings
  const least = logLevelOf(wanted)
  const { log, close } = openLog(options, clock)
  if (least === undefined) {
    const known = LOG_LEVELS.join(', ')
    log(`RAMPART_LOG_LEVEL is ${wanted}, which is none of ${known}; it is info.`, { level: 'warn' })
  }
  return { log: logFrom(least ?? 'info', log), close }
}

function openLog({ settings, version, log }: DaemonLogOptions, clock: Clock): DaemonLog {
  const target = otlpTargetOf(settings, 'logs')
  if (target === undefined) return { log, close: async () => undefined }
  const sender = new OtlpLogSender(target, version)
  return {
    log: (line, about = {}) => {
      log(line, about)
      sender.send(line, about, clock.nowMs())
    },
    close: () =>
      new Promise((resolve) => {
        const late = clock.wakeAt(clock.nowMs() + CLOSE_PATIENCE_MS, resolve)
        void sender.close().finally(() => {
          late.cancel()
          resolve()
        })
      }),
  }
}

/** What of an engine is logged. */
export type LoggedEngine = Pick<Engine, 'events' | 'underWay'>

/** Logs what engines do. */
export function logEvents(engine: LoggedEngine, log: Log): void {
  const { events } = engine
  const about = rampsOf(engine)
  events.on('engine.started', ({ ramps }) => {
    for (const ramp of ramps) log(`Taking up ${ramp}.`, about(ramp))
  })
  events.on('ramp.advanced', ({ ramp, state, entries }) => {
    const { kind, name } = state.plan.contract
    for (const entry of entries) {
      const told = sentenceOf(state, entry)
      if (told !== undefined) log(told.line, { ...told.about, ramp, contract: `${kind}/${name}` })
    }
  })
  events.on('loop.failed', ({ ramp, error }) => {
    const line = `${ramp} stands still by a bug until \`rampart daemon restart\`: `
    log(`${line}${describeTrouble(error)}`, { level: 'error', ...about(ramp) })
  })
  events.on('engine.failed', ({ error }) => {
    log(`The engine met a bug and goes on: ${describeTrouble(error)}`, { level: 'error' })
  })
  events.on('ownership.taken', ({ subject, ramps }) => {
    for (const ramp of ramps) log(`Taking over ${subject} with ${ramp}.`, about(ramp))
  })
  events.on('ownership.lost', ({ subject, ramps }) => {
    for (const ramp of ramps) {
      const line = `${subject} may be another replica's now; ${ramp} goes on there.`
      log(line, { level: 'warn', ...about(ramp) })
    }
  })
  events.on('ledger.retried', ({ ramp, error, pauseMs }) => {
    const line = `${ramp} waits ${pauseMs} ms for the ledger: ${describeTrouble(error)}`
    log(line, { ...aboutTrouble(error), level: 'warn', ...about(ramp) })
  })
}

/** The ids of ramps, with those of their contracts: also of one that has just been let go of. */
function rampsOf(engine: LoggedEngine): (ramp: string) => LogAbout {
  const contracts = new Map<string, string>()
  const learn = (state: RampState): void => {
    const { kind, name } = state.plan.contract
    contracts.set(state.ramp, `${kind}/${name}`)
  }
  const learnAll = (): void => {
    // What others went on with is forgotten once there is something to learn.
    contracts.clear()
    for (const state of engine.underWay()) learn(state)
  }
  engine.events.on('engine.started', learnAll)
  engine.events.on('ownership.taken', learnAll)
  engine.events.on('ramp.advanced', ({ ramp, state, entries }) => {
    if (entries.some(({ type }) => type === 'ramp.ended')) contracts.delete(ramp)
    else learn(state)
  })
  return (ramp) => {
    const contract = contracts.get(ramp)
    return contract === undefined ? { ramp } : { ramp, contract }
  }
}

interface Told {
  readonly line: string
  readonly about: LogAbout
}

/** What is worth a line: how ramps and their stages begin and end, and whatever goes wrong between. */
function sentenceOf(state: RampState, entry: Entry): Told | undefined {
  const { ramp } = state
  switch (entry.type) {
    case 'ramp.opened':
      return { line: `${ramp} was opened by ${entry.by}.`, about: {} }
    case 'ramp.ended':
      return { line: `${ramp} ended: ${entry.outcome}.`, about: {} }
    case 'ramp.held':
      return { line: `${ramp} holds: ${entry.cause.sentence}`, about: warning(entry.cause) }
    case 'ramp.undoing':
      return { line: `${ramp} is undone: ${entry.cause.sentence}`, about: warning(entry.cause) }
    case 'stage.failed':
    case 'stage.breached': {
      const { stage } = entry
      const line = `${ramp} ${stage}: ${entry.cause.sentence}`
      return { line, about: { ...warning(entry.cause), stage } }
    }
    case 'stage.entered':
    case 'stage.started':
    case 'stage.undoing':
      return beginOf(ramp, entry)
    case 'stage.ready':
    case 'stage.completed':
    case 'stage.excused':
    case 'stage.undone':
      return endOf(state, entry)
    default:
      return undefined
  }
}

const BEGUN = {
  'stage.entered': 'is entered',
  'stage.started': 'has started',
  'stage.undoing': 'is being taken back',
} as const

/** Of interest to whoever looks closely: there are as many as there are stages. */
function beginOf(
  ramp: string,
  { type, stage }: Extract<Entry, { readonly type: keyof typeof BEGUN }>,
): Told {
  return { line: `${ramp} ${stage} ${BEGUN[type]}.`, about: { level: 'debug', stage } }
}

const ENDED = {
  'stage.ready': 'is ready',
  'stage.completed': 'is complete',
  'stage.excused': 'has failed, and is let pass',
  'stage.undone': 'is taken back',
} as const

function endOf(
  state: RampState,
  { type, stage, atMs }: Extract<Entry, { readonly type: keyof typeof ENDED }>,
): Told {
  const enteredAtMs = stageNamed(state, stage)?.now.enteredAtMs
  const isTimed = enteredAtMs !== undefined && type === 'stage.ready'
  const took = isTimed ? ` after ${describeDuration(Math.max(0, atMs - enteredAtMs))}` : ''
  return { line: `${state.ramp} ${stage} ${ENDED[type]}${took}.`, about: { stage } }
}

function warning(cause: { readonly stage?: string; readonly condition?: string }): LogAbout {
  const { stage, condition } = cause
  return {
    level: 'warn',
    ...(stage === undefined ? {} : { stage }),
    ...(condition === undefined ? {} : { condition }),
  }
}

/** Faults in one line; bugs with their stack; the request that met them, if one did. */
export function describeTrouble(error: unknown, request?: string): string {
  const met = request === undefined ? '' : `request ${request} met `
  if (error instanceof Fault) return `${met}${error.code}: ${error.message}`
  return `${met}${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

/** What trouble is about, and the id of the request that met it. */
export function aboutTrouble(error: unknown, request?: string): LogAbout {
  const asked = request === undefined ? {} : { request }
  if (error instanceof Fault) return { level: 'warn', code: error.code, ...asked }
  return { level: 'error', ...asked }
}
