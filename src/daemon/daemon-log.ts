/**
 * The daemon's log: what it does, in sentences, with the ids that the ledger knows. What is said of a
 * ramp is what the ledger says, so it holds no secret.
 */
import type { Entry } from '../core/entry/entry.ts'
import { Fault } from '../core/fault/fault.ts'
import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../seams/clock.ts'
import type { Log, LogAbout } from '../telemetry/log-about.ts'
import { OtlpLogSender } from '../telemetry/otlp-log-sender.ts'
import { otlpTargetOf } from '../telemetry/otlp-target.ts'

/** How long a daemon that is stopping waits for its last lines to be taken. @unit ms */
const CLOSE_PATIENCE_MS = 3_000

/** A log, and how it is let go of. */
export interface DaemonLog {
  readonly log: Log
  /** Sends what is left, for as long as that is worth waiting for. */
  readonly close: () => Promise<void>
}

/** What is logged, and by OTLP as well where OpenTelemetry's variables say so. */
export function openDaemonLog(
  options: {
    readonly settings: Readonly<Record<string, string>>
    readonly version: string
    readonly log: Log
  },
  clock: Clock,
): DaemonLog {
  const { settings, version, log } = options
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

/** Logs what engines do. */
export function logEvents({ events }: Pick<Engine, 'events'>, log: Log): void {
  events.on('engine.started', ({ ramps }) => {
    if (ramps.length > 0) log(`Taking up ${ramps.join(', ')}.`)
  })
  events.on('ramp.advanced', ({ ramp, state, entries }) => {
    const { kind, name } = state.plan.contract
    for (const entry of entries) {
      const told = sentenceOf(ramp, entry)
      if (told !== undefined) log(told.line, { ...told.about, ramp, contract: `${kind}/${name}` })
    }
  })
  events.on('loop.failed', ({ ramp, error }) => {
    const line = `${ramp} stands still by a bug until \`rampart daemon restart\`: `
    log(`${line}${describeTrouble(error)}`, { level: 'error', ramp })
  })
  events.on('engine.failed', ({ error }) => {
    log(`The engine met a bug and goes on: ${describeTrouble(error)}`, { level: 'error' })
  })
  events.on('ownership.taken', ({ subject, ramps }) => {
    log(`Taking over ${subject} with ${ramps.join(', ')}.`)
  })
  events.on('ownership.lost', ({ subject, ramps }) => {
    if (ramps.length === 0) return
    log(`${subject} may be another replica's now; ${ramps.join(', ')} goes on there.`, {
      level: 'warn',
    })
  })
  events.on('ledger.retried', ({ ramp, error, pauseMs }) => {
    const line = `${ramp} waits ${pauseMs} ms for the ledger: ${describeTrouble(error)}`
    log(line, { ...aboutTrouble(error), level: 'warn', ramp })
  })
}

/** What is worth a line: how ramps begin and end, and whatever goes wrong between. */
function sentenceOf(
  ramp: string,
  entry: Entry,
): { readonly line: string; readonly about: LogAbout } | undefined {
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
    default:
      return undefined
  }
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
