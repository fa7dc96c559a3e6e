/**
 * Reads the recorded entries of one ramp, with a mind of its own, and says what must never have been
 * recorded. It shares nothing with the core but the words of the plan and of the ledger.
 */
import type { Entry } from '../../../src/core/entry/entry.ts'
import type { Condition } from '../../../src/core/plan/condition.ts'
import type { Plan, Stage, Until } from '../../../src/core/plan/plan.ts'
import { digestOf } from '../../../src/core/units/digest.ts'

interface Seen {
  readonly attempt: number
  readonly verdict: string
  readonly atMs: number
}

interface Account {
  readonly stage: Stage
  /** How far it has come, by its last entry. */
  came: 'nowhere' | 'gated' | 'entered' | 'started' | 'provisional' | 'ready' | 'completed'
  isFailed: boolean
  isUndoing: boolean
  isLeft: boolean
  inEffect: boolean
  gatedAtMs: number
  startedAtMs: number
  inFlight: string | undefined
  /** The command that brought the present incarnation about. */
  command: string
  retries: number
  readonly answers: Map<string, Seen[]>
  readonly ignored: Set<string>
}

const RANK = {
  nowhere: 0,
  gated: 0,
  entered: 0,
  started: 1,
  provisional: 2,
  ready: 3,
  completed: 4,
}
const NEEDED: Readonly<Record<Until, number>> = {
  started: 1,
  provisional: 2,
  ready: 3,
  completed: 4,
}

/** Checks one stream. */
export class StreamChecker {
  readonly violations: string[] = []
  readonly #plan: Plan
  readonly #accounts = new Map<string, Account>()
  #approvals: { readonly at: string; readonly by: string; readonly approves: boolean }[] = []
  readonly #news = new Map<string, { readonly is: string; readonly atMs: number }>()
  readonly #by: string
  #held: string | undefined
  #isUndoing = false
  #isPivoted = false
  #hasEnded = false
  #fence = 0
  #atMs = 0
  #lastWord: Extract<Entry, { type: 'word.spoken' }> | undefined

  constructor(entries: readonly Entry[]) {
    const first = entries[0]
    if (first?.type !== 'ramp.opened') throw new Error('a stream begins with ramp.opened')
    this.#plan = first.plan
    this.#by = first.by
    for (const stage of first.plan.stages) this.#accounts.set(stage.name, blank(stage))
    for (const entry of entries) this.#take(entry)
  }

  #fail(sentence: string): void {
    this.violations.push(sentence)
  }

  #of(stage: string): Account {
    const account = this.#accounts.get(stage)
    if (account === undefined) throw new Error(`no stage ${stage}`)
    return account
  }

  #take(entry: Entry): void {
    if (this.#hasEnded) this.#fail(`${entry.type} after the ramp had ended`)
    if (entry.atMs < this.#atMs) this.#fail(`${entry.type} before the entry before it`)
    this.#atMs = entry.atMs
    switch (entry.type) {
      case 'word.spoken':
        this.#lastWord = entry
        return
      case 'news.heard':
        this.#news.set(entry.subject, { is: entry.is, atMs: entry.atMs })
        return
      case 'approval.counted':
        return this.#takeApproval(entry)
      case 'condition.answered':
        return this.#takeAnswer(entry)
      case 'command.issued':
        return this.#takeIssue(entry)
      case 'command.answered':
        return this.#takeCommandAnswer(entry)
      case 'ramp.held':
        this.#held = entry.cause.sentence
        if (entry.cause.reason === '' || entry.cause.sentence === '')
          this.#fail('held for no reason')
        return
      case 'ramp.resumed':
        this.#held = undefined
        return
      case 'ramp.undoing':
        if (this.#isPivoted) this.#fail('undone past its pivot')
        this.#held = undefined
        this.#isUndoing = true
        return
      case 'ramp.ended':
        return this.#takeEnd(entry)
      default:
        if (entry.type.startsWith('stage.')) this.#takeStage(entry as never)
    }
  }

  #takeApproval(entry: Extract<Entry, { type: 'approval.counted' }>): void {
    const word = this.#lastWord?.word
    const at = `${entry.stage}/${entry.condition}`
    const isSaid =
      (word?.say === 'approve' || word?.say === 'reject') &&
      `${word.stage}/${word.condition}` === at &&
      word.digest === digestOf(this.#plan) &&
      this.#lastWord?.by === entry.by
    if (!isSaid) this.#fail(`an approval of ${at} counts that nobody gave`)
    if (entry.approves && entry.by === this.#by)
      this.#fail(`${entry.by} approved what they proposed`)
    this.#approvals.push({ at, by: entry.by, approves: entry.approves })
  }

  #takeAnswer(entry: Extract<Entry, { type: 'condition.answered' }>): void {
    const account = this.#of(entry.stage)
    const { askedOf } = entry.answer.evidence
    if (account.came !== 'gated' && askedOf !== undefined && askedOf !== account.command) {
      this.#fail(
        `${entry.stage}/${entry.condition} answered for ${askedOf}, not ${account.command}`,
      )
    }
    const seen = account.answers.get(entry.condition) ?? []
    account.answers.set(entry.condition, seen)
    const { attempt, atMs } = entry
    seen.push({ attempt, verdict: entry.answer.verdict, atMs })
    if (entry.answer.verdict === 'passed') account.ignored.delete(entry.condition)
  }

  #takeIssue(entry: Extract<Entry, { type: 'command.issued' }>): void {
    const account = this.#of(entry.stage)
    if (entry.fence <= this.#fence) this.#fail(`fence ${entry.fence} after ${this.#fence}`)
    this.#fence = entry.fence
    if (account.inFlight !== undefined) this.#fail(`two commands of ${entry.stage} at once`)
    account.inFlight = entry.command
    if (entry.purpose === 'do') {
      account.command = entry.command
      const isEntered = account.came === 'entered' && !account.isUndoing && !account.isFailed
      if (!isEntered) this.#fail(`${entry.command} issued although ${entry.stage} was not entered`)
      return
    }
    if (!account.isUndoing) this.#fail(`${entry.command} takes back what is not being undone`)
    if (!account.inEffect) this.#fail(`${entry.command} takes back what was never done`)
    this.#checkNothingStandsOn(account.stage, entry.command)
  }

  #takeCommandAnswer(entry: Extract<Entry, { type: 'command.answered' }>): void {
    for (const account of this.#accounts.values()) {
      if (account.inFlight !== entry.command) continue
      account.inFlight = undefined
      return
    }
    this.#fail(`${entry.command} answered although it was not under way`)
  }

  #takeEnd(entry: Extract<Entry, { type: 'ramp.ended' }>): void {
    this.#hasEnded = true
    if (entry.outcome === 'abandoned') return
    if (this.#held !== undefined) this.#fail(`ended ${entry.outcome} although it held`)
    for (const [name, account] of this.#accounts) {
      if (entry.outcome === 'undone' && account.inEffect) this.#fail(`undone without ${name}`)
      const needed = account.stage.finishes ? 4 : 3
      const isReady = account.isLeft || (!account.isUndoing && RANK[account.came] >= needed)
      if (entry.outcome === 'reached' && !isReady) this.#fail(`reached without ${name}`)
    }
  }

  #takeStage(entry: Extract<Entry, { stage: string }>): void {
    const account = this.#of(entry.stage)
    switch (entry.type as string) {
      case 'stage.gated':
        this.#checkMayEnter(account, 'gated')
        account.came = 'gated'
        account.gatedAtMs = entry.atMs
        account.answers.clear()
        return
      case 'stage.entered':
        return this.#takeEntered(account)
      case 'stage.started':
        account.came = 'started'
        account.startedAtMs = entry.atMs
        if (account.inFlight !== undefined) this.#fail(`${entry.stage} started unanswered`)
        return
      case 'stage.provisional':
        account.came = 'provisional'
        return
      case 'stage.ready':
        return this.#takeReady(account)
      case 'stage.completed':
        account.came = 'completed'
        if (!account.stage.finishes) this.#fail(`${entry.stage} completed, which never finishes`)
        return
      case 'stage.failed':
        account.isFailed = true
        return
      case 'stage.excused':
        account.isFailed = false
        account.came = 'ready'
        return
      case 'stage.breached': {
        const { condition, policy } = entry as Extract<Entry, { type: 'stage.breached' }>
        if (policy === 'ignore') account.ignored.add(condition)
        return
      }
      case 'stage.undoing':
        account.isUndoing = true
        account.isFailed = false
        account.isLeft = (entry as { next?: string }).next === 'leave'
        return
      case 'stage.undone':
        return this.#takeUndone(account)
      case 'stage.reset':
        account.came = 'nowhere'
        account.isUndoing = false
        account.isFailed = false
        account.retries += 1
        account.answers.clear()
        // What people said was about the attempt that is over.
        this.#approvals = this.#approvals.filter(({ at }) => !at.startsWith(`${entry.stage}/`))
        if (account.inEffect) this.#fail(`${entry.stage} reset while in effect`)
        return
    }
  }

  #takeEntered(account: Account): void {
    const { name, gates, pivot } = account.stage
    this.#checkMayEnter(account, 'entered')
    for (const gate of gates) {
      const why = this.#whyNotMet(account, gate, account.gatedAtMs)
      if (why !== undefined) this.#fail(`${name} entered although its gate ${gate.name} ${why}`)
    }
    if (gates.length > 0 && account.came !== 'gated') this.#fail(`${name} entered past its gates`)
    if (account.inEffect) this.#fail(`${name} entered twice`)
    account.came = 'entered'
    account.inEffect = true
    account.command = ''
    account.ignored.clear()
    if (pivot) this.#isPivoted = true
  }

  #checkMayEnter(account: Account, what: string): void {
    const { stage } = account
    if (this.#held !== undefined) this.#fail(`${stage.name} ${what} although the ramp held`)
    if (this.#isUndoing) this.#fail(`${stage.name} ${what} although the ramp is being undone`)
    for (const { target, until } of needsOf(this.#plan, stage)) {
      const on = this.#of(target)
      const isFar = !on.isUndoing && !on.isFailed && RANK[on.came] >= NEEDED[until]
      const isOut = on.isLeft && !on.inEffect
      if (!isFar && !isOut) {
        this.#fail(`${stage.name} ${what} although ${target} is ${on.came}, not ${until}`)
      }
    }
  }

  #takeReady(account: Account): void {
    const { stage } = account
    if (account.came === 'nowhere') this.#fail(`${stage.name} ready without being entered`)
    for (const condition of stage.conditions) {
      if (account.ignored.has(condition.name)) continue
      const why = this.#whyNotMet(account, condition, account.startedAtMs)
      if (why !== undefined) this.#fail(`${stage.name} ready although ${condition.name} ${why}`)
    }
    account.came = 'ready'
  }

  #takeUndone(account: Account): void {
    const { name } = account.stage
    if (!account.isUndoing) this.#fail(`${name} undone although nobody undid it`)
    if (account.inFlight !== undefined) this.#fail(`${name} undone while ${account.inFlight} runs`)
    this.#checkNothingStandsOn(account.stage, `${name} undone`)
    account.inEffect = false
    account.came = 'nowhere'
  }

  #checkNothingStandsOn(stage: Stage, what: string): void {
    for (const [name, other] of this.#accounts) {
      const stands = needsOf(this.#plan, other.stage).some(({ target }) => target === stage.name)
      if (stands && other.inEffect) this.#fail(`${what} while ${name} stands on it`)
    }
  }

  /** Why a condition is not met by what is recorded; undefined: it is. */
  #whyNotMet(account: Account, condition: Condition, sinceMs: number): string | undefined {
    const { question } = condition
    switch (question.ask) {
      case 'probe':
        return whyNotProved(account.answers.get(condition.name) ?? [], condition)
      case 'elapsed':
        return this.#atMs >= sinceMs + question.ms ? undefined : 'is not over'
      case 'instant':
        return this.#atMs >= question.atMs ? undefined : 'is not reached'
      case 'ramp': {
        const news = this.#news.get(question.subject)
        if (news?.is !== question.is) return `is ${news?.is ?? 'unknown'}, not ${question.is}`
        return this.#atMs - news.atMs >= condition.holdMs ? undefined : 'did not hold'
      }
      default: {
        const at = `${account.stage.name}/${condition.name}`
        const said = this.#approvals.filter((approval) => approval.at === at)
        if (said.some((approval) => !approval.approves)) return 'was rejected'
        const people = new Set(said.map((approval) => approval.by))
        return people.size >= question.count ? undefined : `has ${people.size} approvals`
      }
    }
  }
}

/** Whether the last run of passes is firm at some point, and nothing but a pass came last. */
function whyNotProved(answers: readonly Seen[], condition: Condition): string | undefined {
  const last = answers[answers.length - 1]
  if (last === undefined) return 'was never answered'
  if (last.verdict !== 'passed') return `was last answered ${last.verdict}`
  let run: Seen[] = []
  for (const answer of answers) {
    run = answer.verdict === 'passed' ? [...run, answer] : []
    const attempts = new Set(run.map((seen) => seen.attempt)).size
    const heldMs = answer.atMs - (run[0]?.atMs ?? answer.atMs)
    if (attempts >= condition.consecutive && heldMs >= condition.holdMs) return undefined
  }
  return `was never passed ${condition.consecutive} times for ${condition.holdMs} ms`
}

function needsOf(
  plan: Plan,
  stage: Stage,
): readonly { readonly target: string; readonly until: Until }[] {
  const own = stage.needs.map((need) => ({ target: need.stage, until: need.until }))
  const group = plan.groups.find((candidate) => candidate.name === stage.group)
  const waves = (group?.needs ?? []).flatMap((need) =>
    plan.stages
      .filter((other) => other.group === need.group)
      .map((other) => ({ target: other.name, until: need.until })),
  )
  return [...own, ...waves]
}

function blank(stage: Stage): Account {
  return {
    stage,
    came: 'nowhere',
    isFailed: false,
    isUndoing: false,
    isLeft: false,
    inEffect: false,
    gatedAtMs: 0,
    startedAtMs: 0,
    inFlight: undefined,
    command: '',
    retries: 0,
    answers: new Map(),
    ignored: new Set(),
  }
}
