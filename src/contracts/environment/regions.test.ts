/** Regions: the same components again, in waves, with what they must agree on. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of contracts are written in plain strings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  environmentIn,
  headOf,
  issuesIn,
  planIn,
  printNearest,
  stageIn,
} from '../../../test/support/environments.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { explainContract } from '../index.ts'

const HEAD = headOf('geo')

const TWO = `  regions: { us: { after: [eu] }, eu: {} }
  components:
    db: { run: { command: [db], ports: { pg: {} } } }
    replica:
      regions: [us]
      needs: [db, eu/db]
      ready: [{ tcp: '\${component("eu/db").host}:\${component("eu/db").ports.pg}' }]
    api:
      needs: [db]
      run: { command: [api, '\${region.name}'] }
      ready: [{ http: "http://h/\${settings.x}" }]
  settings: { x: { default: 1 } }
`

const planFor = (spec: string, goal = 'up'): Plan => planIn(HEAD + spec, goal)

const issuesOf = (spec: string): readonly string[] => issuesIn(HEAD + spec).map(printNearest)

test('every component is a stage in every region it is part of, wave after wave', () => {
  const plan = planFor(TWO)
  assert.deepEqual(
    plan.stages.map((stage) => [stage.name, stage.group, stage.needs.map(({ stage: on }) => on)]),
    [
      ['eu/db', 'eu', []],
      ['eu/api', 'eu', ['eu/db']],
      ['us/db', 'us', []],
      ['us/api', 'us', ['us/db']],
      ['us/replica', 'us', ['us/db', 'eu/db']],
    ],
  )
  assert.deepEqual(plan.groups, [
    { name: 'eu', needs: [] },
    { name: 'us', needs: [{ group: 'eu', until: 'ready' }] },
  ])
  assert.equal(stageIn(plan, 'us/db').command?.input['subject'], 'geo/us/db')
})

test('a region can be taken back alone', () => {
  const plan = planFor(TWO.replace('    api:', '    api:\n      onBreach: undoRegion'))
  assert.equal(stageIn(plan, 'us/api').onBreach, 'undoGroup')
  const alone = '  components: { a: { run: { command: [x] }, onBreach: undoRegion } }\n'
  assert.deepEqual(issuesOf(alone), [
    'this environment has no regions, so there is none to undo; write undo',
  ])
})

test('on the way down no region waits for another', () => {
  const plan = planFor(TWO, 'down')
  assert.deepEqual(
    plan.stages.map(({ name }) => name),
    ['us/api', 'us/db', 'eu/api', 'eu/db'],
  )
  assert.deepEqual(plan.groups, [
    { name: 'eu', needs: [] },
    { name: 'us', needs: [] },
  ])
})

test('an agreement is a last stage that asks one condition as each region would', () => {
  const plan = planFor(`${TWO}  agree: [{ same: evidence.json.version, of: api/http }]\n`)
  const { needs, group, conditions } = stageIn(plan, 'agree')
  assert.equal(group, undefined)
  assert.equal(needs.length, 5)
  const [condition] = conditions
  assert.equal(condition?.name, 'same-api')
  const { question } = condition ?? assert.fail()
  assert.ok(question.ask === 'probe')
  assert.deepEqual(question.input, {
    compare: 'same',
    value: 'evidence.json.version',
    quorum: 'all',
    withinMs: 2_000,
  })
  const input = { url: 'http://h/${settings.x}' }
  assert.deepEqual(question.among, [
    { name: 'eu', stage: 'eu/api', probe: 'http', input },
    { name: 'us', stage: 'us/api', probe: 'http', input },
  ])
})

test('an agreement may be a probe of its own, which names regions', () => {
  const url = 'postgres://h:${component("eu/db").ports.pg}/d'
  const plan = planFor(`${TWO}  agree: [{ name: lag, postgres: '${url}' }]\n`)
  assert.equal(stageIn(plan, 'agree').conditions[0]?.name, 'lag')
})

test('a component that is emptied first keeps what it needs until it is gone', () => {
  const plan = planFor(
    `  components:
    db: { run: { command: [db], ports: { pg: {} } } }
    schema: { needs: [db], run: { command: [m], oneShot: true } }
    worker:
      needs: [{ schema: completed }]
      run: { command: [w] }
      drain: { signal: SIGUSR2, deadline: 5s, until: [{ tcp: 'h:\${component("db").ports.pg}' }] }
    web: { needs: [db], run: { command: [web] } }
`,
    'down',
  )
  const waits = (name: string): readonly string[] =>
    stageIn(plan, name).needs.map((need) => need.stage)
  assert.deepEqual(waits('db/stop'), ['db', 'worker/stop'])
  assert.deepEqual(waits('web/stop'), ['web'])
  assert.deepEqual(waits('worker/stop'), ['worker'])
  const { command, conditions, deadlineMs, onBreach } = stageIn(plan, 'worker')
  assert.deepEqual(command?.input, { subject: 'geo/worker', signal: 'SIGUSR2', mustRun: true })
  assert.deepEqual([deadlineMs, onBreach, conditions[0]?.onBreach], [5_000, 'ignore', 'hold'])
})

test('what regions cannot be is said where it is written', () => {
  const parts = '  components:\n    db: { run: { command: [x] } }\n'
  assert.deepEqual(issuesOf(`  regions: { us: { after: [euu] }, eu: {} }\n${parts}`), [
    'there is no region "euu" | eu',
  ])
  assert.deepEqual(issuesOf(`  regions: { us: { settings: { a: 1 } } }\n${parts}`), [
    'this environment has no settings',
  ])
  assert.match(
    issuesOf(`  regions: { us: { after: [eu] }, eu: { after: [us] } }\n${parts}`)[0] ?? '',
    /us comes after eu comes after us|eu comes after us comes after eu/,
  )
  assert.deepEqual(issuesOf('  components:\n    a: { needs: [eu/a], run: { command: [x] } }\n'), [
    'this environment has no regions, so there is no eu/a; write a',
  ])
})

test('needs reach only what is in the region', () => {
  const spec = (needs: string): string => `  regions: { us: { after: [eu] }, eu: {} }
  components:
    db: { regions: [eu], run: { command: [x] } }
    api: { needs: [${needs}], run: { command: [x] } }
`
  assert.deepEqual(issuesOf(spec('db')), ['db is not in the region us; write eu/db'])
  assert.deepEqual(issuesOf(spec('eu/db')), [])
  assert.deepEqual(issuesOf(spec('euu/db')), ['there is no region "euu" | eu/db'])
})

test('a region that needs what comes after it is a circle', () => {
  const spec = `  regions: { us: { after: [eu] }, eu: {} }
  components:
    db: { run: { command: [x] } }
    early: { regions: [eu], needs: [us/db], run: { command: [x] } }
`
  assert.match(issuesOf(spec)[0] ?? '', /wait for each other in a circle/)
})

test('agreements that compare nothing are refused', () => {
  const two = (agree: string): readonly string[] => issuesOf(`${TWO}  agree: [${agree}]\n`)
  assert.deepEqual(two('{ same: evidence.x, of: apy/http }'), [
    'there is no component called "apy" | api',
  ])
  assert.deepEqual(two('{ same: evidence.x, of: api/htp }'), [
    'there is no condition of api called "htp" | http',
  ])
  assert.deepEqual(two('{ same: evidence.x, of: replica/tcp }'), [
    'replica is in one region only, so there is nothing to compare',
  ])
  assert.deepEqual(two('{ holds: evidence.x, of: api/http, quorum: 3 }'), [
    'a quorum of 3 can never be reached: 2 regions are asked',
  ])
  assert.match(two('{ same: evidence.x }')[0] ?? '', /name it, as in of: api\/http/)
  assert.match(two('{ spread: evidence.x, of: api/http }')[0] ?? '', /a spread needs its most/)
  assert.match(two('{ same: settings.x, of: api/http }')[0] ?? '', /settings/)
  assert.match(
    two('{ same: evidence.x, of: api/http, onBreach: undoRegion }')[0] ?? '',
    /of no region, so there is none to undo/,
  )
  assert.deepEqual(
    issuesOf('  components: { a: { run: { command: [x] } } }\n  agree: [{ tcp: "h:1" }]\n'),
    ['agree compares regions, and this environment has fewer than two'],
  )
})

test('an explanation names regions and agreements', () => {
  const text = `${HEAD}${TWO}  agree: [{ spread: evidence.lag, most: 5, of: api/http }]\n`
  const said = explainContract(environmentIn(text))
  assert.match(said, /3 components in eu and us \(after eu\)\./)
  assert.match(said, /spread-api: spread evidence\.lag, at most 5 apart, asked by http of api/)
})

test('watching an optional component that is not there takes nothing down', () => {
  const spec = `  components:
    db: { run: { command: [db] } }
    extra: { optional: true, run: { command: [extra] } }
  watch: { onBreach: undo }
`
  const plan = planFor(spec, 'watch')
  assert.equal(stageIn(plan, 'db').onBreach, 'undo')
  assert.equal(stageIn(plan, 'extra').onBreach, 'ignore')
})

const WEB = '  components: { web: { run: { command: [web] }, ready: [{ tcp: "a:1" }] } }\n'

test('a region that nothing is in, and one that is named twice, are told', () => {
  const spec = `  regions: { eu: {}, far: {}, us: { after: [eu, eu] } }
  components: { web: { regions: [eu, us, eu], run: { command: [web] } } }
`
  assert.deepEqual(issuesOf(spec), [
    'no component is in this region; take it out, or name it in the regions of one',
    'eu is named twice',
    'eu is named twice',
  ])
})

test('a comparison that nothing could fail, and names that are taken, are told', () => {
  const spec = `  regions: { eu: {}, us: {} }
${WEB}  agree:
    - { name: a, same: evidence.x, of: web/tcp, quorum: 1 }
    - { name: a, spread: evidence.x, most: 1, of: web/tcp, quorum: 1 }
    - { holds: evidence.x, of: web/tcp, quorum: 1 }
`
  const alone = 'a quorum of 1 compares nothing: every region agrees with itself'
  assert.deepEqual(issuesOf(spec), [
    alone,
    'two conditions are called a; their names must differ',
    alone,
  ])
})

test('what must follow a broken promise can follow, and whoever is told can be told', () => {
  assert.deepEqual(issuesOf(`${WEB}  watch: { onBreach: undoRegion }\n`), [
    'this environment has no regions, so there is none to undo; write undo',
  ])
  const notify = (text: string): string => `watch: { notify: { url: ${text} } }`
  const targets = `  targets: { a: { ${notify('"http://h/${self.host}"')} } }\n`
  assert.deepEqual(issuesOf(`${WEB}${targets}  ${notify('nowhere')}\n`), [
    'who is told is the same whatever breaks, so there is no self; use settings',
    'expected a URL with http:// or https://, found the string "nowhere"',
  ])
})

test('what cannot be emptied, or not so, is told', () => {
  const drain = '{ until: [{ tcp: "a:1" }] }'
  const until = `[{ name: a, tcp: "a:1", onBreach: undo, watch: none }, { name: a, tcp: "a:1",
        deadline: 3s, holdFor: 2s }]`
  const spec = `  components:
    proof: { ready: [{ tcp: "a:1" }], drain: ${drain} }
    once: { run: { command: [x], oneShot: true }, drain: ${drain} }
    web: { run: { command: [x] }, drain: { signal: SIGKILL, deadline: 2s, until: ${until} } }
`
  assert.deepEqual(issuesOf(spec), [
    'proof has no run, so there is nothing to empty first',
    'once is a one-shot, which ends by itself, so there is nothing to empty first',
    'SIGKILL ends it at once, so nothing could be emptied; write another signal',
    'the way down takes nothing back; write hold, abort or ignore',
    'what is stopped once it is empty is not watched; leave watch out',
    'two conditions are called a; their names must differ',
    'a deadline of 3s is longer than the deadline of the drain, 2s; the longer one could never be reached',
    'it cannot hold for 2s within a deadline of 2s',
  ])
})
