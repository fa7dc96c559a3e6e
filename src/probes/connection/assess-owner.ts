/**
 * Judges who answered: a process of the component itself, or a stranger on its port, such as a server
 * that an earlier run has left behind. A port that is owned says nothing of whether it is ready.
 *
 * | found | answer |
 * |---|---|
 * | the stage has started no process | errored, terminal: no-process |
 * | nothing is known of the instance, or of any listener at the address that answered | errored, notYet: owner-unknown |
 * | its own and a stranger's, so that either may answer (SO_REUSEPORT) | failed, notYet: shared-port |
 * | a stranger | failed, notYet: foreign-listener |
 * | its own process | undefined: nothing is wrong |
 *
 * A stranger is not terminal: it may be the component before, still on its way out.
 */
import { isIPv4 } from 'node:net'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { PortListener, PortListeners } from '../../seams/processes.ts'
import { errored, notYet } from '../answer/answer.ts'
import { redactText } from '../redaction/redact.ts'

/** Whose listener must it be, and who answered. */
export interface OwnerQuestion {
  readonly listeners: PortListeners
  readonly self: JsonObject
  /** The address that was connected to. */
  readonly address: string
  readonly port: number
  /** What was asked, redacted: `TCP localhost:80`. */
  readonly subject: string
  readonly evidence: JsonObject
}

const COMMAND_LENGTH_MAX = 120

/** Asks and judges; undefined when the component's own process listens there, and nobody else. */
export function assessOwner(question: OwnerQuestion): Answer | undefined {
  const { listeners, self, address, port, subject, evidence } = question
  const instance = self['instance']
  if (typeof instance !== 'string') {
    const sentence = `${subject} cannot be owned: the stage has started no process of its own.`
    return errored('terminal', { reason: 'no-process', sentence, evidence })
  }
  const found = nearestTo(address, listeners.listeners(instance, port) ?? [])
  const stranger = found.find(({ isOwn }) => !isOwn)
  const seen = { ...evidence, listeners: found.map(printListener) }
  if (found.length === 0) {
    const sentence = `${subject} answered, but this machine does not tell who listens on ${address}.`
    return errored('notYet', { reason: 'owner-unknown', sentence, evidence: seen })
  }
  if (stranger === undefined) return undefined
  const isShared = found.some(({ isOwn }) => isOwn)
  const who = printStranger(stranger)
  const sentence = isShared
    ? `${subject} is answered by ${instance} or by ${who}, which both listen on ${stranger.address}.`
    : `${subject} is answered by ${who}, not by ${instance}.`
  return notYet({ reason: isShared ? 'shared-port' : 'foreign-listener', sentence, evidence: seen })
}

/**
 * Those that the kernel hands a connection to the address to: bound to it rather than to every address,
 * and to every address of its own family rather than of both.
 */
function nearestTo(address: string, listeners: readonly PortListener[]): readonly PortListener[] {
  const wildcards = isIPv4(address) ? ['0.0.0.0', '::'] : ['::']
  for (const bound of [address, ...wildcards]) {
    const found = listeners.filter((listener) => listener.address === bound)
    if (found.length > 0) return found
  }
  return []
}

function printListener({ address, isOwn, pid }: PortListener): JsonObject {
  return { address, isOwn, ...(pid === undefined ? {} : { pid }) }
}

function printStranger({ pid, command }: PortListener): string {
  if (pid === undefined) return 'another process'
  const text = (command ?? '').replace(/\s+/g, ' ').slice(0, COMMAND_LENGTH_MAX)
  const line = redactText(text).toWellFormed()
  return `process ${pid}${line === '' ? '' : ` (${line})`}`
}

/** Stands in where nobody can tell who listens. */
export const UNTOLD: PortListeners = { listeners: () => undefined }
