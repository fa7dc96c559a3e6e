/** `rampart abort|hold|resume|approve|reject`: what a person says to a ramp. */
import type { Word } from '../../core/entry/entry.ts'
import { Fault, isFault } from '../../core/fault/fault.ts'
import { type OpenApproval, openApprovals } from '../../core/ramp/open-approvals.ts'
import { isAskedStill } from '../../core/ramp/seen-standing.ts'
import type { RampState } from '../../core/ramp/state.ts'
import type { RampartClient } from '../../server/client/client.ts'
import { changeAsSeen } from '../../server/wire/as-seen.ts'
import { etagOf } from '../../server/wire/etags.ts'
import type { SayReply } from '../../server/wire.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { summaryOf } from '../summary.ts'
import { watchRamp } from '../watch-ramp.ts'
import { withDaemon } from '../workspace.ts'

/** What the words may be told. */
export type WordOptions = JsonOption &
  WorkspaceOption & {
    readonly why?: string
    /** `abort --leave`: take nothing back. */
    readonly leave?: boolean
    /** `approve --as NAME`: in whose name. */
    readonly as?: string
    /** Return as soon as the word is recorded. */
    readonly detach?: boolean
  }

/** Aborts a ramp, and watches it being undone. */
export function runAbort(
  parts: CliParts,
  ramp: string | undefined,
  options: WordOptions,
): Promise<number> {
  const word: Word = { say: 'abort', undo: options.leave !== true, why: options.why ?? '' }
  return withDaemon(parts, options, async (client) => {
    const named = ramp ?? (await movingRamp(client, 'abort'))
    const code = await say(parts, client, { ramp: named, word, options })
    if (code !== EXIT.yes || options.detach === true) return code
    const json = options.json === true
    const { state } = await watchRamp({ parts, client, ramp: named, json, interrupt: 'leave' })
    if (json) parts.stdout.write(`${JSON.stringify(summaryOf(state))}\n`)
    // What was asked for has happened, although the ramp did not reach its goal.
    return state.ended === undefined ? EXIT.no : EXIT.yes
  })
}

/** Holds a ramp: nothing new is entered until it is resumed. */
export function runHold(
  parts: CliParts,
  ramp: string | undefined,
  options: WordOptions,
): Promise<number> {
  return runWord(parts, ramp, { say: 'hold', why: options.why ?? '' }, options)
}

/** Lets a ramp go on; what failed is tried again, all of it or one stage. */
export function runResume(
  parts: CliParts,
  ramp: string | undefined,
  options: WordOptions & { readonly stage?: string },
): Promise<number> {
  const { stage, why = '' } = options
  const only = stage === undefined ? {} : { stage }
  return runWord(parts, ramp, { say: 'resume', why, ...only }, options)
}

/** Approves or rejects what a stage waits for, bound to the digest of the plan as it stands. */
export function runApproval(
  parts: CliParts,
  where: { readonly say: 'approve' | 'reject'; readonly ramp: string; readonly at: string },
  options: WordOptions,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const { state, nowMs } = await client.ramp(where.ramp)
    const slash = where.at.lastIndexOf('/')
    const stage = where.at.slice(0, slash)
    const condition = where.at.slice(slash + 1)
    const as = options.as ?? parts.user
    const word: Word = { say: where.say, stage, condition, digest: state.planDigest, as }
    const asked = openApprovals(state, nowMs).find(
      (open) => open.stage === stage && open.condition === condition,
    )
    return say(parts, client, { ramp: state.ramp, word, options, seen: { state, asked } })
  })
}

function runWord(
  parts: CliParts,
  ramp: string | undefined,
  word: Word,
  options: WordOptions,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const named = ramp ?? (await movingRamp(client, word.say))
    return say(parts, client, { ramp: named, word, options })
  })
}

/** The ramp that is meant when none is named: the newest one under way. */
async function movingRamp(client: RampartClient, say: Word['say']): Promise<string> {
  const { ramps } = await client.ramps()
  const moving = ramps.find(({ phase }) => phase !== 'ended' && phase !== 'watching')
  if (moving !== undefined) return moving.ramp
  const hint = `No ramp is under way here, so there is none to ${say}.`
  throw new Fault({ code: 'word-refused', operation: say, subject: 'the latest ramp', hint })
}

/** What was looked at before it was answered. */
interface SeenApproval {
  readonly state: RampState
  readonly asked: OpenApproval | undefined
}

/** Answers a question only as it was seen; what else the ramp does meanwhile does not matter. */
function answerAsSeen(
  client: RampartClient,
  { state, asked }: SeenApproval,
  answer: (etag: string) => Promise<SayReply>,
): Promise<SayReply> {
  return changeAsSeen({
    etag: etagOf(state.sequence),
    change: answer,
    isStale: (error) => isFault(error, 'precondition-failed'),
    look: async () => {
      const { state: now, nowMs } = await client.ramp(state.ramp)
      // What was not asked has no words that could have changed: the ramp says why it is refused.
      const isSame = asked === undefined || isAskedStill(now, asked, nowMs)
      return isSame ? etagOf(now.sequence) : undefined
    },
  })
}

async function say(
  parts: CliParts,
  client: RampartClient,
  what: {
    readonly ramp: string
    readonly word: Word
    readonly options: WordOptions
    readonly seen?: SeenApproval
  },
): Promise<number> {
  const { ramp, word, options, seen } = what
  const send = (etag?: string): Promise<SayReply> => client.say(ramp, parts.user, word, etag)
  const reply = await (seen === undefined ? send() : answerAsSeen(client, seen, send))
  const { refusal } = reply
  if (options.json === true && word.say !== 'abort') {
    parts.stdout.write(`${JSON.stringify({ ramp, said: word.say, refusal: refusal ?? null })}\n`)
  } else if (refusal !== undefined) {
    parts.stderr.write(`rampart: ${ramp}: ${refusal.sentence}\n  Next: rampart explain ${ramp}\n`)
  } else if (options.json !== true) {
    parts.stderr.write(`${ramp}: ${word.say} recorded.\n`)
  }
  return refusal === undefined ? EXIT.yes : EXIT.no
}
