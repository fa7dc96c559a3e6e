import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import {
  commandOf,
  conditionOf,
  planOf,
  probed,
  probeOf,
  stageOf,
} from '../../../test/support/plan-words.ts'
import type { Plan, Stage } from '../plan/plan.ts'
import type { Answer } from '../plan/verdict.ts'
import type { JsonObject } from '../units/json.ts'
import type { Circumstances, PressureSample } from './circumstances.ts'
import type { Run } from './question.ts'
import { explainWhy, type Why } from './why.ts'

const OUTSIDE = { host: 'db.internal', port: 5432 }

const up = (name: string, ...needs: readonly string[]): Stage =>
  stageOf(name, {
    needs,
    command: commandOf('start', { command: [name] }),
    conditions: [probed('up', OUTSIDE)],
  })

/** A ramp of one stage after the other, each taking as long as it says. */
function rampOf(plan: Plan, tookMs: Readonly<Record<string, number>>): Drive {
  const drive = new Drive(plan)
  for (const { name } of plan.stages) {
    drive.done(name)
    drive.pass(tookMs[name] ?? 0)
    drive.answer(`${name}:up`, 'passed')
  }
  assert.equal(drive.state.ended?.outcome, 'reached')
  return drive
}

function circumstancesOf(rest: Partial<Circumstances>): Circumstances {
  return { settings: {}, releases: {}, samples: [], ...rest }
}

function ask(drive: Drive, earlier: readonly Run[] = [], circumstances?: Circumstances): Why {
  const { state, entries, nowMs } = drive
  return explainWhy({ state, entries, nowMs, earlier, circumstances })
}

/** The class, the stage and the evidence of every finding. */
function gist(why: Why): readonly string[] {
  return why.findings.map(({ class: cls, stage, evidence }) =>
    [cls, stage, ...evidence.map((one) => one.of)].join(' '),
  )
}

function failing(drive: Drive, at: string, rest: Partial<Answer>): void {
  drive.answer(at, 'failed', { outlook: 'terminal', ...rest })
}

const PLAN = planOf([up('db'), up('api', 'db')])
const GOOD: Run = { state: rampOf(PLAN, { db: 100, api: 100 }).state }

describe('a slow ramp', () => {
  test('as usual has no finding, and is measured against all runs of the same stages', () => {
    const why = ask(rampOf(PLAN, { db: 110, api: 90 }), [GOOD, GOOD])
    assert.deepEqual([gist(why), why.runs, why.total.standing], [[], 2, 'usual'])
    const other: Run = { state: rampOf(planOf([up('db')]), { db: 5 }).state }
    const broken: Run = { state: new Drive(PLAN).state }
    assert.equal(ask(rampOf(PLAN, {}), [other, broken, GOOD]).runs, 1)
  })

  test('waited behind the slow stage, of which nothing is known', () => {
    const why = ask(rampOf(PLAN, { db: 900, api: 100 }), [GOOD])
    assert.deepEqual(gist(why), ['bottleneck api queue', 'unexplained db'])
    assert.equal(why.findings[0]?.sentence, 'api had to wait 800 ms longer than usual behind db.')
    assert.match(why.findings[1]?.sentence ?? '', /^db took 800 ms longer than usual\. Nothing/)
  })

  test('is a bad deploy when a stage before the slow one differs, and nothing nearer speaks', () => {
    const changed = planOf([{ ...up('db'), deadlineMs: 50_000 }, up('api', 'db')])
    const why = ask(rampOf(changed, { db: 100, api: 900 }), [GOOD])
    assert.deepEqual(gist(why), ['badDeploy api change'])
    const elsewhere = planOf([up('db'), up('api', 'db'), up('other')])
    const before: Run = { state: rampOf(elsewhere, { db: 100, api: 100 }).state }
    const other = { ...up('other'), deadlineMs: 50_000 }
    const touched = planOf([up('db'), up('api', 'db'), other])
    const untouched = ask(rampOf(touched, { db: 100, api: 900 }), [before])
    assert.deepEqual([gist(untouched)[0], untouched.changes.length], ['unexplained api', 1])
    assert.match(untouched.findings[0]?.sentence ?? '', /what differs does not touch it/)
  })

  test('lacked a dependency for most of the extra time', () => {
    const drive = new Drive(planOf([up('db')]))
    const before: Run = { state: rampOf(planOf([up('db')]), { db: 100 }).state }
    drive.done('db')
    drive.answer('db:up', 'failed', { reason: 'unknown-host' })
    drive.pass(700)
    drive.answer('db:up', 'passed')
    const why = ask(drive, [before])
    assert.deepEqual(gist(why), ['missingDependency db answer'])
    assert.match(
      why.findings[0]?.sentence ?? '',
      /600 ms longer .*: the name is not known for 700 ms/,
    )
  })

  test('says on the first run of all what it waited for, but not how long is usual', () => {
    const drive = new Drive(planOf([up('db')]))
    drive.done('db')
    drive.answer('db:up', 'failed', { reason: 'refused' })
    drive.pass(900)
    assert.deepEqual(gist(ask(drive)), [], 'things take a moment to start')
    drive.pass(1_100)
    const why = ask(drive)
    assert.deepEqual(gist(why), ['missingDependency db answer'])
    assert.match(why.findings[0]?.sentence ?? '', /^db has taken 2\.00 s: nobody accepted/)
  })
})

describe('a machine that is pressed', () => {
  const plan = planOf([up('db')])
  const sampled = (rest: Partial<PressureSample>): Circumstances => {
    const sample = { spanMs: 1_000, cpuBp: 300, demandBp: 5_000, ioBp: 200, memoryBp: 0 }
    return circumstancesOf({ samples: [{ ...sample, atMs: 2_000, ...rest }] })
  }
  const before: Run = { state: rampOf(plan, { db: 100 }).state, circumstances: sampled({}) }

  test('is a bottleneck by the resource that pressed most beyond what is usual', () => {
    const slow = rampOf(plan, { db: 900 })
    const io = ask(slow, [before], sampled({ ioBp: 6_100, cpuBp: 500 }))
    assert.deepEqual(gist(io), ['bottleneck db pressure'])
    assert.match(
      io.findings[0]?.sentence ?? '',
      /input and output was short 61 % of the time, usually 2 %/,
    )
    const memory = ask(slow, [before], sampled({ memoryBp: 5_000, ioBp: 2_600 }))
    assert.match(memory.findings[0]?.sentence ?? '', /memory was short 50 %/)
  })

  test('is none when it is always so, unless even more want the processors', () => {
    const slow = rampOf(plan, { db: 900 })
    const always: Run = { ...before, circumstances: sampled({ cpuBp: 9_500, demandBp: 20_000 }) }
    assert.deepEqual(gist(ask(slow, [always], sampled({ cpuBp: 9_700, demandBp: 25_000 }))), [
      'unexplained db',
    ])
    assert.deepEqual(gist(ask(slow, [always], sampled({ cpuBp: 9_700, demandBp: 60_000 }))), [
      'bottleneck db pressure',
    ])
  })

  test('must be pressed hard where nothing was sampled before', () => {
    const slow = rampOf(plan, { db: 900 })
    const unsampled: Run = { state: before.state }
    assert.deepEqual(gist(ask(slow, [unsampled], sampled({ cpuBp: 4_000 }))), ['unexplained db'])
    assert.deepEqual(gist(ask(slow, [unsampled], sampled({ cpuBp: 6_000 }))), [
      'bottleneck db pressure',
    ])
  })

  test('has nothing to do with samples of another time', () => {
    const slow = rampOf(plan, { db: 900 })
    const why = ask(slow, [before], sampled({ cpuBp: 9_900, atMs: 50_000 }))
    assert.deepEqual(gist(why), ['unexplained db'])
  })
})

describe('a dependency that is slow itself', () => {
  const asks = (input: JsonObject): Plan =>
    planOf([up('db'), { ...up('api', 'db'), conditions: [probed('up', input)] }])
  const rampWith = (plan: Plan, latencyMs: number): Drive => {
    const drive = new Drive(plan)
    drive.done('db')
    drive.answer('db:up', 'passed')
    drive.done('api')
    drive.pass(latencyMs)
    drive.answer('api:up', 'passed', { evidence: { latencyMs } })
    return drive
  }

  test('is named, with what it took at most before', () => {
    const plan = asks({ url: `http://\${component("db").host}/` })
    const why = ask(rampWith(plan, 800), [{ state: rampWith(plan, 20).state }])
    assert.deepEqual(gist(why), ['bottleneck api latency'])
    assert.match(
      why.findings[0]?.sentence ?? '',
      /db took 800 ms to answer up, at most 20 ms before/,
    )
  })

  test('is not the stage itself: that it answers slowly is what is to be explained', () => {
    const plan = asks({ url: `http://\${self.host}/` })
    const why = ask(rampWith(plan, 800), [{ state: rampWith(plan, 20).state }])
    assert.deepEqual(gist(why), ['unexplained api'])
  })
})

describe('a queue before a stage', () => {
  const gated = (name: string, ask: Parameters<typeof conditionOf>[1]): Plan =>
    planOf([stageOf('api', { gates: [conditionOf(name, ask)] })])

  test('is a bottleneck, and says behind which ramp or whose approval', () => {
    const behindRamp = gated('turn', { ask: 'ramp', subject: 'environment/mail', is: 'ready' })
    const wait = (plan: Plan, ms: number): Drive => {
      const drive = new Drive(plan)
      drive.pass(ms)
      drive.news('environment/mail', 'ready')
      const digest = drive.state.planDigest
      drive.say({ say: 'approve', stage: 'api', condition: 'say', digest, as: 'ops' }, 'ann')
      assert.equal(drive.state.ended?.outcome, 'reached')
      return drive
    }
    const first = ask(wait(behindRamp, 900), [{ state: wait(behindRamp, 10).state }])
    assert.deepEqual(gist(first), ['bottleneck api queue'])
    assert.match(first.findings[0]?.sentence ?? '', /waited 900 ms behind environment\/mail/)
    const approval = gated('say', { ask: 'approval', from: ['ops'], count: 1 })
    const second = ask(wait(approval, 900), [{ state: wait(approval, 10).state }])
    assert.match(second.findings[0]?.sentence ?? '', /behind the approval say of ops/)
  })
})

describe('a ramp that broke', () => {
  test('by a word is nobody else’s fault', () => {
    const drive = new Drive(PLAN)
    drive.say({ say: 'abort', undo: true, why: 'lunch' }, 'ann')
    const why = ask(drive, [GOOD])
    assert.deepEqual(gist(why), ['word  word'])
    assert.match(why.findings[0]?.sentence ?? '', /ann aborted it: lunch/)
  })

  test('by its own port that refuses lacks no dependency', () => {
    const own = { ...up('db'), conditions: [probed('up', { url: `http://\${self.host}/` })] }
    const drive = new Drive(planOf([own]))
    drive.done('db')
    failing(drive, 'db:up', { reason: 'refused' })
    assert.deepEqual(gist(ask(drive)), ['unexplained db'])
  })

  test('for want of a dependency that was changed is a bad deploy of that dependency', () => {
    const asksDb = probeOf('tcp', { host: `\${component("db").host}` })
    const api = { ...up('api', 'db'), conditions: [conditionOf('up', asksDb)] }
    const before: Run = {
      state: rampOf(planOf([up('db'), api]), {}).state,
      circumstances: circumstancesOf({ releases: { db: { 'db.mjs': 'sha256:1' } } }),
    }
    const drive = new Drive(planOf([up('db'), api]))
    drive.done('db')
    drive.answer('db:up', 'passed')
    drive.done('api')
    failing(drive, 'api:up', { reason: 'refused' })
    const same = circumstancesOf({ releases: { db: { 'db.mjs': 'sha256:1' } } })
    const why = ask(drive, [before], same)
    assert.deepEqual(gist(why), ['missingDependency api answer'])
    const [evidence] = why.findings[0]?.evidence ?? []
    assert.equal(evidence?.of === 'answer' && evidence.target, 'db')
    const other = circumstancesOf({ releases: { db: { 'db.mjs': 'sha256:2' } } })
    assert.deepEqual(gist(ask(drive, [before], other)), ['badDeploy api change answer'])
  })

  test('for want of whatever a probe calls missing, or of a worker', () => {
    const reasons = [
      ['missing-reply-topic', 'schema'],
      ['empty-group', 'worker'],
      ['not-signed-in', 'auth'],
    ] as const
    for (const [reason, missing] of reasons) {
      const drive = new Drive(planOf([up('db')]))
      drive.done('db')
      failing(drive, 'db:up', { reason })
      const [evidence] = ask(drive).findings[0]?.evidence ?? []
      assert.equal(evidence?.of === 'answer' && evidence.missing, missing)
    }
    const drive = new Drive(planOf([up('db')]))
    drive.done('db')
    failing(drive, 'db:up', { reason: 'wrong-status', evidence: { status: 403 } })
    assert.deepEqual(gist(ask(drive)), ['missingDependency db answer'])
  })

  test('for want of a program says so, whatever the command was answered', () => {
    const drive = new Drive(planOf([up('db')]))
    const command = drive.stage('db').inFlight?.id ?? ''
    const answer = { verdict: 'failed', reason: 'command-not-found', sentence: 'No db.' } as const
    drive.hear({ type: 'command', command, answer: { ...answer, outputs: {}, retryable: false } })
    assert.deepEqual(gist(ask(drive)), ['missingDependency db answer'])
  })

  test('by what the process itself said last', () => {
    const said = [
      ['could not translate host name "db" to address', 'name'],
      ['error: password authentication failed for user "app"', 'auth'],
      ['error: relation "orders" does not exist', 'schema'],
      ["Error: Cannot find module './server.js'", 'program'],
    ] as const
    for (const [line, missing] of said) {
      const drive = new Drive(planOf([up('db')]))
      drive.done('db')
      failing(drive, 'db:up', { reason: 'ended', evidence: { lastErrors: [line] } })
      const [finding] = ask(drive).findings
      const [evidence] = finding?.evidence ?? []
      assert.equal(evidence?.of === 'answer' && evidence.missing, missing, line)
    }
  })

  test('is unexplained when nothing was ever good before, and says so', () => {
    const drive = new Drive(planOf([up('db')]))
    drive.done('db')
    failing(drive, 'db:up', { reason: 'wrong-body' })
    const why = ask(drive)
    assert.deepEqual(gist(why), ['unexplained db'])
    assert.match(why.findings[0]?.sentence ?? '', /^db failed\. No earlier run reached the goal/)
  })
})

describe('a stage that was not good at once', () => {
  test('was tried again for what it first failed with, and that time is told', () => {
    const flaky = {
      ...up('api'),
      compensation: commandOf('stop'),
      retry: { limit: 2, backoffMs: 500 },
    }
    const drive = new Drive(planOf([flaky]))
    drive.done('api')
    failing(drive, 'api:up', { reason: 'wrong-credentials' })
    drive.done('api')
    drive.pass(600)
    drive.done('api')
    drive.answer('api:up', 'passed')
    const why = ask(drive)
    assert.deepEqual(gist(why), ['missingDependency api answer'])
    assert.match(
      why.findings[0]?.sentence ?? '',
      /^api was tried once more, which took 500 ms: the way/,
    )
    assert.equal(why.stages[0]?.retries, 1)
  })

  test('breaks a promise later, in a ramp that goes on', () => {
    const tolerant = { ...up('db'), onBreach: 'ignore' as const }
    const drive = new Drive(planOf([tolerant, up('api', 'db')]))
    drive.done('db')
    drive.answer('db:up', 'passed')
    drive.pass(1_000)
    drive.answer('db:up', 'failed', { reason: 'refused' })
    const why = ask(drive)
    assert.deepEqual(gist(why), ['missingDependency db answer'])
    assert.match(why.findings[0]?.sentence ?? '', /^db broke a promise: nobody accepted/)
  })
})
