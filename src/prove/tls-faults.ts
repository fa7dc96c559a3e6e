/**
 * Promises about certificates, made false before the server: what asks is shown another certificate, wrong
 * in one thing and right in all others. The server itself is not touched, so anybody's will do.
 */
import type { JsonObject } from '../core/units/json.ts'
import { makeAuthority, makeCertificate } from './certificate.ts'
import { type InjectedFault, unreadFault } from './fault.ts'
import type { PromisedCondition, Promises } from './promises.ts'
import type { RelayAnswer } from './tls-relay.ts'
import type { Trial } from './trial.ts'

const DAY_MS = 86_400_000

/** Longer than any condition may ask for. */
const LONG_MS = 30_000 * DAY_MS

/** One certificate that must not be passed. */
interface Lie {
  readonly name: string
  readonly reasons: readonly string[]
  readonly host?: string
  /** From now. */
  readonly fromMs?: number
  readonly untilMs?: number
  readonly isForeign?: true
  readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2'
  readonly isMute?: true
}

const EXPIRED: Lie = {
  name: 'the certificate has expired',
  reasons: ['expired-certificate'],
  untilMs: -DAY_MS / 24,
}
const YOUNG: Lie = {
  name: 'the certificate is not valid yet',
  reasons: ['certificate-too-young'],
  fromMs: DAY_MS,
}
const MISNAMED: Lie = {
  name: 'the certificate is of another name',
  reasons: ['wrong-certificate-name'],
  host: 'elsewhere.invalid',
}
const FOREIGN: Lie = {
  name: 'the certificate is signed by nobody who is trusted',
  reasons: ['untrusted-certificate'],
  isForeign: true,
}

const OUTDATED: Lie = {
  name: 'nothing newer than TLSv1.1 is spoken',
  reasons: ['old-protocol'],
  maxVersion: 'TLSv1.1',
}

/** The faults that the `tls` conditions of an environment must tell of. */
export async function tlsFaults(
  trial: Trial,
  promises: Promises,
): Promise<readonly InjectedFault[]> {
  const faults: InjectedFault[] = []
  for (const promised of promises.conditions) {
    if (promised.probe !== 'tls') continue
    const input = await trial.inputOf(promised.stage, promised.condition)
    if (!input.ok) faults.push(unreadFault(promised, input.why))
    else faults.push(...liesFor(input.value).map((lie) => faultOf(promised, input.value, lie)))
  }
  return faults
}

function liesFor({ daysLeft, minVersion, alpn, fingerprint }: JsonObject): readonly Lie[] {
  const days = Number(daysLeft ?? 0)
  const soon: Lie = {
    name: `the certificate is valid for less than ${days} days`,
    reasons: ['expires-soon'],
    untilMs: (days - 0.5) * DAY_MS,
  }
  const old: Lie = {
    name: 'nothing newer than TLSv1.2 is spoken',
    reasons: ['old-protocol'],
    maxVersion: 'TLSv1.2',
  }
  const mute: Lie = { name: 'no protocol is agreed on', reasons: ['wrong-protocol'], isMute: true }
  const other: Lie = { name: 'the certificate is another one', reasons: ['wrong-fingerprint'] }
  return [
    EXPIRED,
    YOUNG,
    MISNAMED,
    FOREIGN,
    OUTDATED,
    ...(days > 0 ? [soon] : []),
    ...(minVersion === 'TLSv1.3' ? [old] : []),
    ...(alpn === undefined ? [] : [mute]),
    ...(fingerprint === undefined ? [] : [other]),
  ]
}

function faultOf(promised: PromisedCondition, input: JsonObject, lie: Lie): InjectedFault {
  const { stage, condition } = promised
  return {
    name: `${lie.name} for ${stage}: ${condition}`,
    mustNotice: [promised],
    reasons: lie.reasons,
    inject: async (trial) => {
      const { relay, untried } = trial.relayOf(stage, condition)
      if (relay === undefined) return { untried: untried ?? 'nothing was put before its server' }
      relay.answerWith(answerOf(trial, input, lie))
      return { heal: async () => relay.answerWith(undefined) }
    },
  }
}

function answerOf(trial: Trial, input: JsonObject, lie: Lie): RelayAnswer {
  const nowMs = performance.timeOrigin + performance.now()
  const { fromMs = -DAY_MS, untilMs = LONG_MS, maxVersion } = lie
  const authority = lie.isForeign ? makeAuthority('somebody', nowMs) : trial.authority
  const made = makeCertificate(authority, {
    host: lie.host ?? hostOf(input),
    fromMs: nowMs + Math.min(fromMs, untilMs - DAY_MS),
    untilMs: nowMs + untilMs,
  })
  const { alpn = [] } = input
  const protocols = lie.isMute ? [] : [alpn].flat().map(String)
  return { ...made, protocols, ...(maxVersion === undefined ? {} : { maxVersion }) }
}

/** The name that the certificate must carry. */
function hostOf({ servername, host, address }: JsonObject): string {
  const named = servername ?? host ?? String(address).replace(/:\d+$/, '')
  return String(named).replace(/^\[(.*)\]$/, '$1')
}
