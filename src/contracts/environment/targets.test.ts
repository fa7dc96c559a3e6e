/** Targets: the same contract for a laptop, for CI and for production. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of contracts are written in plain strings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  environmentIn,
  headOf,
  issuesIn,
  printNearest,
} from '../../../test/support/environments.ts'
import { isFault } from '../../core/fault/fault.ts'
import { checkPlan } from '../../core/plan/check-plan.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { aimContract, explainContract, nextGoalOf, planContract } from '../index.ts'
import { compareSettings } from './compare-settings.ts'
import type { EnvironmentContract } from './definition.ts'

const HEAD = headOf('geo')

const SPEC = `  settings: { x: { from: X, default: 1 }, secret: { from: S, secret: true } }
  regions: { us: { after: [eu] }, eu: { settings: { x: 7 } }, jp: { after: [us] } }
  components:
    db: { run: { command: [db, '\${run.target}'], ports: { pg: {} } } }
    api: { needs: [db], run: { command: [api, '\${settings.x}'] }, ready: [{ tcp: "h:1" }] }
    follow: { regions: [us], needs: [eu/db], run: { command: [follow] } }
  agree:
    - { same: evidence.x, of: api/tcp }
`

const TARGETS = `  targets:
    production: {}
    laptop: { regions: [eu], without: [api], settings: { x: 2, secret: none }, watch: false }
    ci: { regions: [eu, jp], settings: { secret: { from: CI_S } } }
`

const contractOf = (spec: string): EnvironmentContract => environmentIn(HEAD + spec)

const planFor = (target?: string, goal = 'up'): Plan =>
  checkPlan(
    planContract(contractOf(SPEC + TARGETS), {
      goal,
      ...(target === undefined ? {} : { target }),
    }),
  )

const names = (plan: Plan): readonly string[] => plan.stages.map(({ name }) => name)

const issuesOf = (spec: string): readonly string[] => issuesIn(HEAD + spec).map(printNearest)

test('a target has the regions it names, without what it leaves out', () => {
  assert.deepEqual(names(planFor('laptop')), ['eu/db'])
  assert.deepEqual(names(planFor('ci')), ['eu/db', 'eu/api', 'jp/db', 'jp/api', 'agree'])
  assert.equal(names(planFor('production')).length, 8)
})

test('a wave that ran through a region that is not there goes on to the one before', () => {
  assert.deepEqual(planFor('ci').groups, [
    { name: 'eu', needs: [] },
    { name: 'jp', needs: [{ group: 'eu', until: 'ready' }] },
  ])
})

test('the plan says which target it is of, and of the same contract', () => {
  const [laptop, ci] = [planFor('laptop'), planFor('ci')]
  assert.equal(laptop.contract.target, 'laptop')
  assert.equal(laptop.contract.digest, ci.contract.digest)
  assert.equal(planFor('laptop', 'watch').stages.length, 0)
  assert.equal(planFor('ci', 'watch').contract.target, 'ci')
})

test('the order in which targets are written means nothing', () => {
  const lines = TARGETS.trimEnd().split('\n')
  const turned = [lines[0], ...lines.slice(1).reverse()].join('\n')
  const request = { goal: 'up', target: 'ci' }
  assert.deepEqual(planContract(contractOf(`${SPEC}${turned}\n`), request), planFor('ci'))
})

test('a contract without targets has the plan it always had', () => {
  const plan = planContract(contractOf(SPEC.replace(", '${run.target}'", '')), { goal: 'up' })
  assert.deepEqual(Object.keys(plan.contract), ['kind', 'name', 'digest'])
})

test('a setting has its value for the target, and a region its own', () => {
  const contract = contractOf(SPEC + TARGETS)
  const { settings, regions } = aimContract(contract, 'laptop').definition
  assert.deepEqual(settings, [
    { name: 'secret', secret: true, default: 'none' },
    { name: 'x', secret: false, default: 2 },
  ])
  assert.deepEqual(regions, [{ name: 'eu', after: [], settings: [{ name: 'x', default: 7 }] }])
  const [secret] = aimContract(contract, 'ci').definition.settings
  assert.deepEqual(secret, { name: 'secret', secret: true, from: 'CI_S' })
})

test('a target is watched as it says', () => {
  const contract = contractOf(SPEC + TARGETS)
  assert.equal(nextGoalOf(contract, { goal: 'up', target: 'laptop' }), undefined)
  assert.equal(nextGoalOf(contract, { goal: 'up', target: 'ci' }), 'watch')
})

test('no target is taken by itself, and none that there is not', () => {
  const refused = (code: string, hint: RegExp) => (error: unknown) =>
    isFault(error) && error.code === code && hint.test(error.hint)
  assert.throws(() => planFor(), refused('target-missing', /the targets ci, laptop and production/))
  assert.throws(() => planFor('labtop'), refused('target-unknown', /Did you mean laptop\?/))
  const plain = contractOf(SPEC.replace(", '${run.target}'", ''))
  const request = { goal: 'up', target: 'ci' }
  assert.throws(() => planContract(plain, request), refused('target-unknown', /has no targets/))
})

test('without a target everything that any of them may have brought up goes down', () => {
  assert.equal(names(planFor(undefined, 'down')).length, 7)
  assert.deepEqual(names(planFor('laptop', 'down')), ['eu/db'])
})

test('what a target names must be there, and leave something to run', () => {
  const wrong = '  targets: { ci: { regions: [ue], settings: { y: 1 }, without: [appi] } }\n'
  assert.deepEqual(issuesOf(SPEC.replace('${run.target}', '') + wrong), [
    'there is no region "ue" | us',
    'there is no setting "y" | x',
    'there is no component "appi" | api',
  ])
  const nothing = '  targets: { ci: { without: [a] } }\n'
  assert.deepEqual(issuesOf(`  components: { a: { run: { command: [x] } } }\n${nothing}`), [
    'ci leaves every component out, so there is nothing to run',
  ])
  assert.match(issuesOf(`${SPEC}  targets: { ci: { regions: [] } }\n`).join(), /at least 1 item/)
})

test('what a target has left must not need what it leaves out', () => {
  assert.deepEqual(issuesOf(`${SPEC}  targets: { ci: { without: [db] } }\n`), [
    'with the target "ci", there is no component "db"',
    'with the target "ci", there is no component "db"',
  ])
  assert.deepEqual(issuesOf(`${SPEC}  targets: { ci: { regions: [us] } }\n`), [
    'with the target "ci", there is no region "eu"',
  ])
})

test('what regions agree on is proved among those of the target', () => {
  const quorum = SPEC.replace('of: api/tcp', 'of: api/tcp, quorum: 3')
  assert.deepEqual(issuesOf(`${quorum}${TARGETS}`), [
    'with the target "ci", a quorum of 3 can never be reached: 2 regions are asked',
  ])
  const [agree] = planFor('ci').stages.filter(({ name }) => name === 'agree')
  const question = agree?.conditions[0]?.question
  assert.deepEqual(question?.ask === 'probe' ? question.among?.map(({ name }) => name) : [], [
    'eu',
    'jp',
  ])
})

test('settings of two targets differ in where they come from, and secrets stay unsaid', () => {
  const contract = contractOf(SPEC + TARGETS)
  const [production, laptop] = ['production', 'laptop'].map((target) => {
    return aimContract(contract, target).definition
  })
  assert.ok(production && laptop)
  assert.deepEqual(compareSettings(production, laptop), [
    { setting: 'secret', first: { from: 'S' }, second: { secret: true } },
    { setting: 'x', first: { from: 'X', default: 1 }, second: { default: 2 } },
  ])
  assert.deepEqual(compareSettings(laptop, laptop), [])
})

test('an explanation names targets and what is different for each', () => {
  const said = explainContract(contractOf(SPEC + TARGETS))
  assert.match(said, /- laptop: in eu only, without api, with its own secret and x, not watched/)
  assert.match(said, /- production: as it stands/)
})
