import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Drive } from '../../../test/support/drive.ts'
import { commandOf, planOf, probed, stageOf } from '../../../test/support/plan-words.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import { goalWords } from '../../core/telling/goal-words.ts'
import { answerKey, stageRows } from '../../core/telling/stage-rows.ts'
import type { AgentView } from '../../server/wire/agents.ts'
import type { ComponentView, EnvironmentView, RampSummary } from '../../server/wire.ts'
import { agentLines, agentRows } from './agent-lines.ts'
import { countOf, fit, tableLines } from './columns.ts'
import { entryLine } from './entry-line.ts'
import { environmentLines } from './environment-lines.ts'
import { heldLines } from './held-lines.ts'
import { paintFor } from './paint.ts'
import { rampLines } from './ramp-lines.ts'
import { timelineLines } from './timeline-lines.ts'

const plain = paintFor({ isTTY: false }, {})

/** A database, and an API that needs it. */
function driveShop(goal = 'up'): Drive {
  const command = commandOf('start')
  const db = stageOf('db', { command, conditions: [probed('answers')], finishes: goal === 'down' })
  const api = stageOf('api', { command, needs: ['db'], conditions: [probed('serves')] })
  return new Drive(planOf([db, api], { goal }))
}

/** The plain lines of everything that has happened. */
function linesOf(drive: Drive): readonly string[] {
  return drive.entries.flatMap((entry) => entryLine(entry, drive.state, plain) ?? [])
}

describe('columns', () => {
  test('a text is cut to its width on one line, never beyond', () => {
    assert.equal(fit('one\ntwo', 20), 'one two')
    assert.equal(fit('abcdef', 4), 'abc…')
    assert.equal(fit('abcdef', 1), 'a')
    assert.equal(fit('abcdef', 6), 'abcdef')
  })

  test('a table has columns as wide as their widest cells', () => {
    assert.deepEqual(
      tableLines([
        ['a', 'b', ''],
        ['long', '', 'c'],
      ]),
      ['a     b', 'long     c'],
    )
  })

  test('one is not many', () => {
    assert.deepEqual([countOf(1, 'stage'), countOf(2, 'stage')], ['1 stage', '2 stages'])
  })
})

describe('colours', () => {
  test('are for terminals that want them', () => {
    const isColoured = (isTTY: boolean, settings: Record<string, string>): boolean =>
      paintFor({ isTTY }, settings).bold('x') !== 'x'
    assert.equal(isColoured(true, {}), true)
    assert.equal(isColoured(false, {}), false)
    assert.equal(isColoured(true, { NO_COLOR: '1' }), false)
    assert.equal(isColoured(true, { TERM: 'dumb' }), false)
    assert.equal(isColoured(false, { FORCE_COLOR: '1' }), true)
  })
})

describe('a ramp in plain lines', () => {
  test('tells each step once, with its time and its proof', () => {
    const drive = driveShop()
    drive.nowMs += 20
    drive.done('db')
    drive.answer('db:answers', 'passed', { sentence: 'It answers.' })
    drive.done('api')
    drive.nowMs += 1_230
    drive.answer('api:serves', 'passed', { sentence: 'It serves.' })
    assert.deepEqual(linesOf(drive), [
      '+0 ms     ▸ shop   up         ramp by proposer',
      '+0 ms     ▸ db     starting',
      '+20 ms    ✔ db     ready      in 20 ms  It answers.',
      '+20 ms    ▸ api    starting',
      '+1.25 s   ✔ api    ready      in 1.23 s  It serves.',
      '+1.25 s   ✔ shop   ready      after 1.25 s',
    ])
  })

  test('names what failed, why, and what is undone', () => {
    const drive = driveShop()
    drive.done('db')
    drive.answer('db:answers', 'failed', { outlook: 'terminal', sentence: 'It is broken.' })
    drive.done('db')
    const lines = linesOf(drive).slice(2)
    assert.match(lines[0] ?? '', /✖ db +failed +It is broken\.$/)
    assert.match(lines[1] ?? '', /✖ shop +undoing +db: It is broken\.$/)
    assert.match(lines[2] ?? '', /○ db +undone$/)
    assert.match(lines[3] ?? '', /✖ shop +undone +after/)
  })

  test('speaks of stopping on the way down', () => {
    const drive = driveShop('down')
    drive.done('db')
    drive.answer('db:answers', 'passed')
    const text = linesOf(drive).join('\n')
    assert.match(text, /▸ db +stopping\n/)
    assert.match(text, /✔ db +stopped/)
    assert.equal(goalWords('down').reached, 'down')
    assert.equal(goalWords('forward').reached, 'reached')
  })

  test('tells what a person said, and what was refused', () => {
    const drive = driveShop()
    drive.say({ say: 'hold', why: 'lunch' })
    drive.say({ say: 'resume', why: '' })
    drive.say({ say: 'resume', why: '' })
    const text = linesOf(drive).join('\n')
    assert.match(text, /✖ shop +held +.*lunch/)
    assert.match(text, /▸ shop +resumed +by operator/)
    assert.match(text, /✖ shop +refused +It does not hold/)
  })
})

describe('a ramp as rows', () => {
  test('shows what each stage waits for, and the newest answer', () => {
    const drive = driveShop()
    drive.done('db')
    const fresh: Answer = {
      verdict: 'failed',
      outlook: 'notYet',
      reason: 'refused',
      sentence: 'Nobody listens.',
      evidence: {},
    }
    const latest = new Map([[answerKey('db', 'answers'), fresh]])
    const [db, api] = stageRows(drive.state, drive.nowMs + 500, latest)
    assert.deepEqual(db, {
      name: 'db',
      mood: 'moving',
      label: 'proving',
      tookMs: 500,
      budgetMs: 60_000,
      detail: 'answers: Nobody listens.',
    })
    assert.deepEqual(api, {
      name: 'api',
      mood: 'waiting',
      label: 'waiting',
      detail: 'for db ready',
    })
  })

  test('never has a line wider than the terminal, however narrow', () => {
    const drive = driveShop()
    drive.done('db')
    drive.answer('db:answers', 'failed', { sentence: 'word '.repeat(60) })
    for (const width of [40, 60, 80, 200]) {
      const lines = rampLines({ state: drive.state, nowMs: drive.nowMs, paint: plain, width })
      for (const line of lines) assert.ok(line.length <= width, `${width}: ${line}`)
    }
  })
})

describe('the timeline', () => {
  test('marks the stages that the time went to', () => {
    const drive = driveShop()
    drive.nowMs += 100
    drive.done('db')
    drive.answer('db:answers', 'passed')
    drive.nowMs += 300
    drive.done('api')
    drive.answer('api:serves', 'passed')
    const lines = timelineLines(drive.state, plain, 66)
    assert.match(lines[0] ?? '', /^ {2}\* db {3}░+ +100 ms$/)
    assert.match(lines[1] ?? '', /^ {2}\* api +░+ {2}300 ms$/)
    assert.equal(lines.at(-1), '  critical path (*): db → api, 400 ms of 400 ms')
  })

  test('is empty while nothing was entered', () => {
    const held = stageOf('a', { gates: [], needs: [] })
    const drive = new Drive(planOf([held]))
    const untouched = { ...drive.state, stages: [] }
    assert.deepEqual(timelineLines(untouched, plain, 80), [])
  })
})

describe('environments', () => {
  const digest = driveShop().state.planDigest
  const ramp = (goal: string, outcome: 'reached' | 'undone'): RampSummary => ({
    ramp: `shop-${goal}-abc123`,
    contract: { kind: 'Environment', name: 'shop', digest },
    goal,
    phase: 'ended',
    by: 'me',
    openedAtMs: 0,
    latestMs: 10,
    endedAtMs: 10,
    outcome,
  })
  const running: ComponentView = {
    subject: 'shop/api',
    instance: 'shop/api#1',
    pid: 7,
    status: 'running',
    ports: { http: 80, grpc: 81 },
    sinceMs: 1_000,
  }
  const killed = { ...running, status: 'exited', signal: 'SIGKILL', endedAtMs: 3_000 } as const
  const shown = (environment: EnvironmentView): readonly string[] =>
    environmentLines([environment], 5_000, plain)

  test('that run show where', () => {
    const lines = shown({
      kind: 'Environment',
      contract: 'shop',
      lastRamp: ramp('up', 'reached'),
      components: [
        running,
        { ...running, subject: 'shop/web', fronts: { http: 8080 } },
        { ...running, subject: 'shop/dns', ports: { dns: 53 }, protocols: { dns: 'udp' } },
      ],
    })
    assert.deepEqual(lines, [
      'shop is ready',
      '  ✔ api  running for 4.00 s  pid 7, http 80, grpc 81',
      '  ✔ web  running for 4.00 s  pid 7, http 8080 in front of 80, grpc 81',
      '  ✔ dns  running for 4.00 s  pid 7, dns 53/udp',
      '',
    ])
  })

  test('whose starts share a port beside each other say so', () => {
    const lines = shown({
      kind: 'Environment',
      contract: 'shop',
      lastRamp: ramp('up', 'reached'),
      components: [
        { ...running, instance: 'shop/api#0', ports: { http: 80, grpc: 79 }, pid: 6 },
        { ...killed, pid: 5 },
        running,
      ],
    })
    assert.deepEqual(
      lines.slice(1, -2).map((line) => line.replace(/^.*pid/, 'pid')),
      ['pid 6, http 80 shared, grpc 79', lines[2], 'pid 7, http 80 shared, grpc 81'],
    )
  })

  test('that nothing watches say so, since when, why, and what to do', () => {
    const cause = 'me: down takes its place'
    const environment = {
      kind: 'Environment',
      contract: 'shop',
      lastRamp: ramp('up', 'reached'),
      unwatched: { ramp: 'shop-watch-abc123', sinceMs: 4_000, cause },
      components: [running],
    }
    const [title, , ...lines] = shown(environment)
    assert.equal(title, 'shop is ready, but nothing watches it')
    assert.deepEqual(lines, [
      '  ✖ nothing watches it; what did has ended 1.00 s ago: me: down takes its place',
      '  Next: rampart up',
      '',
    ])
    const broken = shown({ ...environment, components: [killed] })
    assert.equal(broken[0], 'shop was ready, but api ended since')
    assert.match(broken[2] ?? '', /nothing watches it/)
    assert.equal(broken[3], '  Next: rampart logs api, rampart up')
  })

  test('whose component was killed say so, and what to do', () => {
    const lines = shown({
      kind: 'Environment',
      contract: 'shop',
      lastRamp: ramp('up', 'reached'),
      components: [killed],
    })
    assert.deepEqual(lines, [
      'shop was ready, but api ended since',
      '  ✖ api  ended by SIGKILL 2.00 s ago, after 2.00 s',
      '  Next: rampart logs api, rampart up',
      '',
    ])
  })

  test('whose components have copies say which', () => {
    const copies = [running, { ...killed, copy: 2 }, { ...running, copy: 3, pid: 9 }]
    const lines = shown({
      kind: 'Environment',
      contract: 'shop',
      lastRamp: ramp('up', 'reached'),
      components: copies,
    })
    assert.deepEqual(lines, [
      'shop was ready, but api copy 2 ended since',
      '  ✔ api copy 1  running for 4.00 s                         pid 7, http 80, grpc 81',
      '  ✖ api copy 2  ended by SIGKILL 2.00 s ago, after 2.00 s',
      '  ✔ api copy 3  running for 4.00 s                         pid 9, http 80, grpc 81',
      '  Next: rampart logs api, rampart up',
      '',
    ])
  })

  test('that are down say nothing of what was ended on purpose', () => {
    const lastRamp = ramp('down', 'reached')
    assert.deepEqual(
      shown({ kind: 'Environment', contract: 'shop', lastRamp, components: [killed] }),
      ['shop is down', ''],
    )
  })

  test('that were undone, are moving, or are of another ledger are told apart', () => {
    const titleOf = (lastRamp?: RampSummary): string | undefined =>
      shown({
        kind: 'Environment',
        contract: 'shop',
        components: [],
        ...(lastRamp && { lastRamp }),
      })[0]
    assert.equal(titleOf(ramp('up', 'undone')), 'shop: up was undone')
    assert.equal(titleOf({ ...ramp('up', 'undone'), phase: 'moving' }), 'shop: up is under way')
    assert.match(titleOf({ ...ramp('up', 'undone'), phase: 'held' }) ?? '', /^shop: up holds/)
    assert.equal(titleOf(), 'shop: its ramps are not in this ledger')
  })
})

test('says of every agent whether it is there, and what waits for one that is not', () => {
  const seen = { version: '1.2.3', sinceMs: 0, busyWith: 0 }
  const agents: readonly AgentView[] = [
    { ...seen, region: 'eu', name: 'token:agent-eu', status: 'connected', lastSeenAtMs: 60_000 },
    { ...seen, region: 'us', name: 'token:agent-us', status: 'lost', lastSeenAtMs: 1_000 },
  ]
  assert.deepEqual(agentLines([], 61_000, plain), [])
  assert.deepEqual(agentLines(agents, 61_000, plain), [
    'Agents',
    '  ✔ eu  token:agent-eu  connected  version 1.2.3  seen 1.00 s ago',
    '  ✖ us  token:agent-us  lost       version 1.2.3  seen 1 min 00 s ago',
    '  What is to be done in us waits. Next: rampart agent --help',
    '',
  ])
})

test('says until when the certificate of an agent counts', () => {
  const seen = { version: '1.2.3', sinceMs: 0, lastSeenAtMs: 0, busyWith: 0 }
  const who = { ...seen, region: 'eu', name: 'token:agent-eu', status: 'connected' } as const
  const certificate = { subject: 'CN=agent-eu', fingerprint: 'ab12', untilMs: 3_600_000 }
  const [line = ''] = agentRows([{ ...who, certificate }], 1_800_000)
  assert.match(line, / {2}certificate ends in 30 min 00 s$/)
  assert.match(agentRows([{ ...who, certificate }], 3_600_000)[0] ?? '', /has expired$/)
})

test('says how one of several stages that failed is tried again', () => {
  const start = { command: commandOf('start', {}), onBreach: 'hold' } as const
  const drive = new Drive(planOf([stageOf('db', start), stageOf('cache', start)]))
  assert.deepEqual(heldLines(drive.state), [])
  drive.done('db', 'failed')
  assert.deepEqual(heldLines(drive.state), ['Next: rampart resume ramp, rampart abort ramp'])
  drive.done('cache', 'failed')
  assert.deepEqual(heldLines(drive.state).slice(1), [
    'To try one of db, cache alone: rampart resume ramp --stage db',
  ])
})
