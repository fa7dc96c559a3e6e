// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of contracts are written in plain strings.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { environmentIn, headOf, stageIn } from '../../../test/support/environments.ts'
import { isFault } from '../../core/fault/fault.ts'
import { checkPlan } from '../../core/plan/check-plan.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { printCanonicalJson } from '../../core/units/json.ts'
import { explainContract, planContract } from '../index.ts'
import { printCommandText } from './command-text.ts'
import type { EnvironmentContract } from './definition.ts'

const shopText = readFileSync(join(import.meta.dirname, 'fixtures/shop.yaml'), 'utf8')

const environment = (components: string): EnvironmentContract =>
  environmentIn(`${headOf('shop')}  components:\n${components}`)

const planOf = (contract: EnvironmentContract, goal = 'up'): Plan =>
  checkPlan(planContract(contract, { goal }))

test('the shop parses, and its plans pass the plan’s own check', () => {
  const shop = environmentIn(shopText)
  assert.equal(shop.name, 'shop')
  assert.deepEqual(shop.labels, { team: 'store' })
  assert.deepEqual(
    planOf(shop).stages.map((stage) => stage.name),
    ['db', 'schema', 'worker', 'api', 'smoke'],
  )
})

test('a plan holds the source of every template and nothing of settings or folders', () => {
  const text = printCanonicalJson(planOf(environmentIn(shopText)))
  assert.ok(text.includes('${settings.dbPassword}'))
  assert.ok(text.includes('${run.directory}/migrations'))
  assert.ok(!text.includes('only for development'))
})

test('a component without a word about its process must be running, and is asked so first', () => {
  const plan = planOf(environment('    db: { run: { command: [x] }, ready: [{ tcp: "h:1" }] }'))
  const { conditions } = stageIn(plan, 'db')
  assert.deepEqual(
    conditions.map((condition) => condition.name),
    ['running', 'tcp'],
  )
  assert.deepEqual(conditions[0]?.question, {
    ask: 'probe',
    probe: 'exit',
    input: { expect: 'running' },
    timeoutMs: 1_000,
    cadence: { firstMs: 5, mostMs: 100, watchMs: 1_000 },
  })
})

test('a one-shot without a word about its end must end with 0, and finishes', () => {
  const stage = stageIn(planOf(environment('    a: { run: { command: [x], oneShot: true } }')), 'a')
  assert.deepEqual(
    stage.conditions.map(({ name, question }) => [
      name,
      question.ask === 'probe' && question.input,
    ]),
    [['exit', { expect: [0] }]],
  )
  assert.equal(stage.finishes, true)
})

test('what is written about the process is not implied a second time', () => {
  const stage = stageIn(
    planOf(
      environment('    a: { run: { command: [x] }, ready: [{ tcp: "h:1" }, { exit: running }] }'),
    ),
    'a',
  )
  assert.deepEqual(
    stage.conditions.map((condition) => condition.name),
    ['tcp', 'exit'],
  )
})

test('conditions without a name are called by their probe, each differently', () => {
  const stage = stageIn(
    planOf(
      environment(
        '    a: { ready: [{ tcp: "h:1" }, { tcp: "h:2" }, { name: tcp-2, tcp: "h:3" }, { tcp: "h:4" }] }',
      ),
    ),
    'a',
  )
  assert.deepEqual(
    stage.conditions.map((condition) => condition.name),
    ['tcp', 'tcp-3', 'tcp-2', 'tcp-4'],
  )
  assert.equal(stage.command, undefined)
})

test('every word about firmness reaches the plan', () => {
  const stage = stageIn(
    planOf(
      environment(`    a:
      run: { command: [x] }
      onBreach: hold
      deadline: 5m
      retry: { limit: 2, backoff: 3s }
      optional: true
      ready:
        - tcp: "h:1"
          name: port
          when: evidence.bytes > 0
          consecutive: 3
          holdFor: 10s
          deadline: 2m
          timeout: 250ms
          every: { first: 10ms, most: 2s, watch: 5s }
          onBreach: ignore
          watch: current
          tolerate: { failures: 2, for: 1s }
`),
    ),
    'a',
  )
  assert.deepEqual(stage.conditions[1], {
    name: 'port',
    question: {
      ask: 'probe',
      probe: 'tcp',
      input: { address: 'h:1' },
      when: 'evidence.bytes > 0',
      timeoutMs: 250,
      cadence: { firstMs: 10, mostMs: 2_000, watchMs: 5_000 },
    },
    consecutive: 3,
    holdMs: 10_000,
    deadlineMs: 120_000,
    onBreach: 'ignore',
    watch: 'current',
    tolerance: { failures: 2, ms: 1_000 },
  })
  const { deadlineMs, onBreach, retry, optional } = stage
  assert.deepEqual(
    { deadlineMs, onBreach, retry, optional },
    {
      deadlineMs: 300_000,
      onBreach: 'hold',
      retry: { limit: 2, backoffMs: 3_000 },
      optional: true,
    },
  )
})

test('a start says what to run, and its compensation stops only what this ramp started', () => {
  const stage = stageIn(
    planOf(
      environment(`    a:
      run: { command: [sleep, 5], cwd: ./services//a/, env: { N: 1 }, ports: { http: {} } }
      stop: { signal: SIGINT, grace: 3s, command: [ctl, "\${self.ports.http}"] }
`),
    ),
    'a',
  )
  const stop = { signal: 'SIGINT', graceMs: 3_000, command: ['ctl', '$${self.ports.http}'] }
  const { digest, ...input } = stage.command?.input ?? {}
  assert.match(String(digest), /^sha256:[0-9a-f]{64}$/)
  assert.deepEqual(input, {
    subject: 'shop/a',
    command: ['sleep', '5'],
    cwd: '${run.directory}/services/a',
    env: { N: '1' },
    inherit: ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'],
    ports: { http: {} },
    oneShot: false,
    stop,
  })
  assert.deepEqual(stage.compensation, {
    actuator: 'process',
    operation: 'stop',
    input: { subject: 'shop/a', stop, onlyStartedByRamp: '${run.id}' },
    timeoutMs: 13_000,
  })
})

test('words of a command come out as text, and leave self to whoever starts it', () => {
  assert.equal(printCommandText('--port=${self.ports.http}'), '--port=$${self.ports.http}')
  assert.equal(printCommandText('${settings.size}'), '${string(settings.size)}')
  assert.equal(printCommandText('a${settings.size}'), 'a${settings.size}')
  assert.equal(printCommandText('$${HOME}'), '$${HOME}')
  assert.equal(printCommandText('${self.host}:${settings.size}'), '$${self.host}:${settings.size}')
})

test('down stops everything at once, but for edges marked drain, looking through what only proves', () => {
  const contract = environment(`    db: { run: { command: [x] } }
    proof: { needs: [{ db: ready, drain: true }], ready: [{ tcp: "h:1" }] }
    api: { needs: [{ proof: ready, drain: true }], run: { command: [x] } }
    web: { needs: [{ api: started, drain: true }, db], run: { command: [x] } }
    free: { needs: [db], run: { command: [x] } }
`)
  const plan = planOf(contract, 'down')
  assert.deepEqual(
    plan.stages.map((stage) => [stage.name, stage.needs]),
    [
      ['web', []],
      ['api', [{ stage: 'web', until: 'completed' }]],
      ['free', []],
      ['db', [{ stage: 'api', until: 'completed' }]],
    ],
  )
  for (const stage of plan.stages) {
    assert.equal(stage.finishes, true)
    assert.equal(stage.onBreach, 'hold')
    assert.equal(stage.compensation, undefined)
    assert.deepEqual(stage.conditions, [])
  }
})

test('another goal is refused as a fault', () => {
  const contract = environmentIn(shopText)
  assert.throws(
    () => planContract(contract, { goal: 'sideways' }),
    (thrown) => isFault(thrown, 'goal-unknown'),
  )
})

test('the order of keys changes neither digest nor plan', () => {
  const one = environment(
    '    a: { run: { command: [x], oneShot: true } }\n    b: { needs: [a], ready: [{ tcp: "h:1" }] }',
  )
  const other = environmentIn(
    JSON.stringify({
      spec: {
        components: {
          b: { ready: [{ tcp: 'h:1' }], needs: ['a'] },
          a: { run: { oneShot: true, command: ['x'] } },
        },
      },
      metadata: { name: 'shop' },
      kind: 'Environment',
      apiVersion: 'rampart/v1',
    }),
  )
  assert.equal(one.digest, other.digest)
  assert.equal(JSON.stringify(planOf(one)), JSON.stringify(planOf(other)))
})

test('explains itself in the order it comes up', () => {
  const text = explainContract(environmentIn(shopText))
  assert.match(text, /^shop is an environment of 5 components\./)
  assert.match(text, /2\. schema waits until db is ready; then it runs `node migrate\.ts` once\./)
  assert.match(text, /http: .* 3 times in a row, within 20\.0 s/)
})
