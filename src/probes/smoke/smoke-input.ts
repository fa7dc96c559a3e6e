/** The input of the `smoke` probe, its templates resolved and its placeholders not yet filled. */
import type { Json, JsonObject } from '../../core/units/json.ts'
import { type Expectation, readExpectation } from '../exchange/expectation.ts'
import { InputReader } from '../input/input-reader.ts'
import { findPatternMistake } from '../pattern/pattern.ts'
import { secretsOf } from '../redaction/redact.ts'
import { type Captured, fillPlaceholders, hasOpenHost, neededNames } from './placeholders.ts'

/** The journey and how often it must be good. */
export interface SmokeInput {
  readonly steps: readonly Step[]
  /** Taken at the end of every run, as far as they can be. */
  readonly cleanup: readonly Step[]
  /** Good runs in a row. @default 1 */
  readonly times: number
  /** Failed runs that another one may follow. @default 0 */
  readonly retries: number
}

/** One step as it was written. */
export interface Step {
  readonly name: string
  readonly written: JsonObject
  readonly captures: readonly Capture[]
  /** Names without which it cannot be taken. */
  readonly needs: readonly string[]
  /** How long it may be repeated until it is good; 0: not at all. @unit ms */
  readonly withinMs: number
  /** What it sends under a name that says that it is secret. */
  readonly secrets: readonly string[]
}

/** A value to keep. */
export interface Capture {
  readonly name: string
  /** `json.order.id`, `header.location` or `body`. */
  readonly from: string
  readonly pattern: string | undefined
}

/** A step that can be taken. */
export interface FilledStep {
  readonly expectation: Expectation
  readonly body: string | undefined
}

const FROM = /^(?:json(?:\.[^\s.]+)+|header\.\S+|body)$/

/** Reads the input; what is wrong with it is kept by the reader. */
export function readSmokeInput(reader: InputReader): SmokeInput {
  const steps = reader.objects('steps').map((step) => readStep(step, reader))
  const cleanup = reader.objects('cleanup').map((step) => readStep(step, reader))
  if (steps.length === 0) reader.refuse('`steps` must hold at least one step.')
  const known = new Set(['run'])
  for (const step of [...steps, ...cleanup]) {
    const unknown = step.needs.find((name) => !known.has(name))
    if (unknown !== undefined) {
      reader.refuse(`${step.name}: no step before it captures {${unknown}}.`)
    }
    for (const { name } of step.captures) known.add(name)
  }
  const times = reader.whole('times', 1)
  if (times < 1) reader.refuse('`times` must be at least 1.')
  return { steps, cleanup, times, retries: reader.whole('retries', 0) }
}

/** The step with what was captured in its places, or why it makes no sense with it. */
export function fillStep(
  step: Step,
  captured: Captured,
): FilledStep | { readonly mistake: string } {
  const filled = fillPlaceholders(step.written, captured)
  const reader = new InputReader(filled)
  const expectation = readExpectation(reader)
  if (reader.mistake !== undefined) return { mistake: reader.mistake }
  const send = reader.json('send')
  if (send === undefined || typeof send === 'string') return { expectation, body: send }
  const headers = { 'content-type': 'application/json', ...expectation.headers }
  return { expectation: { ...expectation, headers }, body: JSON.stringify(send) }
}

function readStep(reader: InputReader, outer: InputReader): Step {
  const name = reader.text('name')
  const captures = readCaptures(reader)
  const written = Object.fromEntries(
    reader.names().map((member) => [member, reader.json(member) as Json]),
  )
  const needs = neededNames(written)
  if (hasOpenHost(reader.text('url'))) reader.refuse('`url` must not leave the host to an answer.')
  const secrets = secretsIn(reader.json('send') ?? null)
  const withinMs = reader.whole('within', 0)
  const step = { name, written, captures, needs, withinMs, secrets }
  // Any value will do to find out whether all the rest makes sense.
  const tried = fillStep(step, new Map(needs.map((need) => [need, 'x'])))
  if ('mistake' in tried) reader.refuse(tried.mistake)
  if (reader.mistake !== undefined) outer.refuse(`${name || 'a step'}: ${reader.mistake}`)
  return step
}

function secretsIn(sent: Json): readonly string[] {
  if (typeof sent !== 'object' || sent === null) return []
  const members = Object.entries(sent)
  const texts = members.filter(
    (member): member is [string, string] => typeof member[1] === 'string',
  )
  return [...secretsOf(Object.fromEntries(texts)), ...members.flatMap(([, one]) => secretsIn(one))]
}

function readCaptures(reader: InputReader): readonly Capture[] {
  const captures = reader.object('capture')
  if (captures === undefined) return []
  return captures.names().map((name) => {
    const capture = captures.object(name)
    const from = capture?.text('from') ?? ''
    const pattern = capture?.optionalText('pattern')
    if (!FROM.test(from)) {
      reader.refuse(`\`capture.${name}\` must be from json.<path>, header.<name> or body.`)
    }
    const mistake = pattern === undefined ? undefined : findPatternMistake(pattern)
    if (mistake !== undefined) reader.refuse(`/${pattern}/ is not a pattern: ${mistake}`)
    return { name, from, pattern }
  })
}
