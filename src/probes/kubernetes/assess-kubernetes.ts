/**
 * Judges what a cluster says of an object. The API server is only the witness: when it cannot be asked,
 * nothing is known of the object, so nothing fails. The first row that fits counts.
 *
 * | found | answer |
 * |---|---|
 * | no kubeconfig that can be read, no credentials by it | errored, notYet: kubeconfig-unreadable, no-credentials |
 * | no such context in it | errored, terminal: unknown-context |
 * | no connection, as src/probes/connection says | errored, with its reason and outlook |
 * | 401 | errored, terminal: unauthorized |
 * | 403: a right may still be granted | errored, notYet: forbidden |
 * | any other answer that is not the object | errored, notYet: unavailable |
 * | a kind that the cluster does not know (yet) | failed, notYet: unknown-kind |
 * | no object | failed, notYet: not-found; passed: absent, when it must be |
 * | an object, although it must be absent | failed, notYet: present |
 * | Terminating, InProgress | failed, notYet: terminating, in-progress |
 * | Failed | failed: failed; terminal for a Job, a Pod or a claim, notYet for what may recover |
 * | Unknown: its kind says nothing of itself | inconclusive: unknown-status |
 * | too few ready endpoints | failed, notYet: too-few-endpoints |
 * | Current | passed: current |
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import {
  errored,
  type Findings,
  inconclusive,
  notYet,
  passed,
  printLatency,
  terminal,
} from '../answer/answer.ts'
import { assessFailedAttempt } from '../connection/connection-failure.ts'
import { valueAt } from '../exchange/json-path.ts'
import { printUrl, redactText } from '../redaction/redact.ts'
import type { Reading } from './cluster-session.ts'
import { countEndpoints, type EndpointCount } from './count-endpoints.ts'
import type { KubernetesInput } from './kubernetes-input.ts'
import type { LoadedKubeConfig } from './load-kube-config.ts'
import type { Seen } from './look-at.ts'
import { pruneObject } from './prune-object.ts'
import { objectsAt, textAt } from './status/object-fields.ts'
import { assessObject, type ObjectStatus } from './status/object-status.ts'

/** What one attempt saw. */
export interface KubernetesFacts extends Seen {
  readonly server: URL
  readonly namespace: string
  readonly latencyMs: number
}

type Told = Extract<Reading, { readonly status: number }>
type Say = (reason: string, says: string, more?: JsonObject) => Findings

const WHY_LENGTH_MAX = 300

/** Judges that there is no cluster to ask. */
export function assessUnloaded(
  input: KubernetesInput,
  { reason, why }: Extract<LoadedKubeConfig, { readonly reason: string }>,
): Answer {
  const sentence = `${printObject(input)} cannot be asked for: ${shorten(why)}.`
  const outlook = reason === 'unknown-context' ? 'terminal' : 'notYet'
  return errored(outlook, { reason, sentence, evidence: {} })
}

/** Judges what one attempt saw. */
export function assessKubernetes(input: KubernetesInput, facts: KubernetesFacts): Answer {
  const { object, slices, namespace, latencyMs } = facts
  const subject = `${printObject(input)} in ${namespace}`
  const known = { server: printUrl(facts.server), namespace, latencyMs }
  const say: Say = (reason, says, more = {}) => ({
    reason,
    sentence: `${subject}: ${redactText(says)} (asked within ${printLatency(latencyMs)}).`,
    evidence: { ...known, ...more },
  })
  if (object === undefined) {
    return notYet(
      say('unknown-kind', `the cluster knows no kind ${input.kind} of ${input.apiVersion}`),
    )
  }
  const unasked = assessUnasked(facts, object, say) ?? assessUnasked(facts, slices, say)
  if (unasked !== undefined) return unasked
  const told = object as Told
  if (told.status === 404) return assessMissing(input, told, say)
  const status = assessObject(told.document, told.nowMs ?? Number.NaN)
  const endpoints = slices === undefined ? undefined : countEndpoints(itemsOf(slices as Told))
  const wanted = wantedEndpoints(input, told.document)
  const evidence = evidenceOf(told.document, status, endpoints, wanted)
  if (input.isAbsent)
    return notYet(say('present', `it is still there, and ${status.says}`, evidence))
  const bad = assessStatus(status, (reason, says) => say(reason, says, evidence))
  if (bad !== undefined) return bad
  if (endpoints === undefined) return passed(say('current', status.says, evidence))
  const says = `${endpoints.ready} of ${endpoints.known} endpoints of ${input.endpoints?.service} are ready`
  if (endpoints.ready < wanted) {
    return notYet(say('too-few-endpoints', `${says}; ${wanted} expected`, evidence))
  }
  return passed(say('current', `${status.says}; ${says}`, evidence))
}

function assessUnasked(
  { server, latencyMs }: KubernetesFacts,
  reading: Reading | undefined,
  say: Say,
): Answer | undefined {
  if (reading === undefined) return undefined
  if ('failure' in reading) {
    const { failure, why } = reading
    const subject = `The API server ${server.host}`
    const { evidence } = say('', '', { failure })
    const attempt = { code: failure, subject, latency: printLatency(latencyMs), evidence }
    const answer = assessFailedAttempt(attempt)
    if (answer !== undefined) return { ...answer, verdict: 'errored' }
    const reason = failure === 'CREDENTIALS' ? 'no-credentials' : 'unavailable'
    return errored(
      'notYet',
      say(reason, `${server.host} cannot be asked: ${shorten(why)}`, { failure }),
    )
  }
  const { status, document } = reading
  if (status === 200 || (status === 404 && textAt(document, 'kind') === 'Status')) return undefined
  const message = shorten(textAt(document, 'message'))
  const says = `${server.host} answered ${status}${message === '' ? '' : `: ${message}`}`
  if (status === 404) return notYet(say('unknown-kind', says, { status }))
  if (status === 401) return errored('terminal', say('unauthorized', says, { status }))
  return errored('notYet', say(status === 403 ? 'forbidden' : 'unavailable', says, { status }))
}

/** A 404 may be of the object, or of the kind: only the one names the object. */
function assessMissing(input: KubernetesInput, { document }: Told, say: Say): Answer {
  if (textAt(document, 'details.name') !== input.name) {
    return notYet(say('unknown-kind', `the cluster does not know its kind`))
  }
  const evidence = { status: 'NotFound' }
  if (input.isAbsent) return passed(say('absent', 'it is not there', evidence))
  return notYet(say('not-found', 'it is not there', evidence))
}

function assessStatus(
  { word, says, isFinal = false }: ObjectStatus,
  say: (reason: string, says: string) => Findings,
): Answer | undefined {
  if (word === 'Current') return undefined
  if (word === 'InProgress') return notYet(say('in-progress', says))
  if (word === 'Terminating') return notYet(say('terminating', says))
  if (word === 'Unknown') return inconclusive(say('unknown-status', says))
  return isFinal ? terminal(say('failed', says)) : notYet(say('failed', says))
}

/** As many as are asked for, or else as many as the object itself wants. */
function wantedEndpoints({ endpoints }: KubernetesInput, object: JsonObject): number {
  if (endpoints?.least !== undefined) return endpoints.least
  const wanted =
    valueAt(object, 'spec.replicas') ?? valueAt(object, 'status.desiredNumberScheduled')
  return typeof wanted === 'number' ? wanted : 1
}

function itemsOf({ document, status }: Told): readonly JsonObject[] {
  return status === 200 ? objectsAt(document, 'items') : []
}

function evidenceOf(
  object: JsonObject,
  status: ObjectStatus,
  endpoints: EndpointCount | undefined,
  wanted: number,
): JsonObject {
  return {
    status: status.word,
    generation: valueAt(object, 'metadata.generation') ?? null,
    observedGeneration: valueAt(object, 'status.observedGeneration') ?? null,
    ...(endpoints === undefined
      ? {}
      : {
          endpointsReady: endpoints.ready,
          endpointsKnown: endpoints.known,
          endpointsWanted: wanted,
        }),
    object: pruneObject(object),
  }
}

function printObject({ kind, name }: KubernetesInput): string {
  return `${kind}/${name}`
}

function shorten(text: string): string {
  return redactText(text.replace(/\s+/g, ' ').slice(0, WHY_LENGTH_MAX)).toWellFormed()
}
