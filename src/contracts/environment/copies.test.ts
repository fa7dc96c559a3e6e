/** Copies: several starts of one component behind one front, each proved, all routed at once. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of contracts are written in plain strings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  environmentIn,
  headOf,
  issuesIn,
  planIn,
  stageIn,
} from '../../../test/support/environments.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { explainContract } from '../index.ts'

const HEAD = headOf('shop')
const API = `    api:
      run: { command: [api], ports: { http: {}, admin: {} } }
      ready: [{ name: serving, tcp: '\${self.host}:\${self.ports.http}' }]
`

/** The environment with so many copies, and what else is said of the component, and beside it. */
const shop = (copies: number, own = '', beside = ''): string =>
  `  components:\n    db: { run: { command: [db] } }\n${API}      roll: { ports: [http] }
      needs: [db]\n      copies: ${copies}\n${own}${beside}`

const planFor = (spec: string, goal = 'up'): Plan => planIn(HEAD + spec, goal)

const namesOf = (plan: Plan): readonly string[] => plan.stages.map(({ name }) => name)

const needsOf = (plan: Plan, name: string): readonly string[] =>
  stageIn(plan, name).needs.map(({ stage, until }) => `${stage} ${until}`)

const issuesOf = (spec: string): readonly string[] =>
  issuesIn(HEAD + spec).map(({ path, message }) => `${path}: ${message}`)

test('one copy is what every component has: it is planned as if nothing was said', () => {
  const said = planFor(shop(1)).stages
  const unsaid = planFor(shop(1).replace('      copies: 1\n', '')).stages
  assert.deepEqual(said, unsaid)
  assert.deepEqual(issuesOf('  components: { db: { run: { command: [db] }, copies: 1 } }\n'), [])
})

test('every copy is a stage, and one route waits for all of them', () => {
  const plan = planFor(shop(3, '', "    web: { needs: [api], ready: [{ tcp: 'h:1' }] }\n"))
  assert.deepEqual(namesOf(plan), [
    ...['db', 'api/1', 'api/2', 'api/3', 'api/front', 'api/route', 'web'],
    ...['api/drained', 'api/retire'],
  ])
  assert.deepEqual(needsOf(plan, 'api/2'), ['db ready', 'api/front started'])
  assert.deepEqual(needsOf(plan, 'api/front'), ['db ready'])
  assert.deepEqual(needsOf(plan, 'api/route'), ['api/1 ready', 'api/2 ready', 'api/3 ready'])
  assert.deepEqual(needsOf(plan, 'web'), ['api/route ready'])
  const { command, compensation } = stageIn(plan, 'api/2')
  assert.equal(command?.input['subject'], 'shop/api')
  assert.deepEqual([command.input['beside'], command.input['copy']], [true, 2])
  assert.deepEqual(
    [compensation?.input['copy'], compensation?.input['onlyStartedByRamp']],
    [2, '${run.id}'],
  )
})

test('the copies differ in nothing but which one they are', () => {
  const plan = planFor(shop(2))
  const [one, two] = ['api/1', 'api/2'].map((name) => stageIn(plan, name))
  assert.deepEqual(
    { ...two, name: 'api/1', command: undefined, compensation: undefined },
    { ...one, command: undefined, compensation: undefined },
  )
  assert.deepEqual({ ...two?.command?.input, copy: 1 }, one?.command?.input)
})

test('traffic goes to exactly the new set, the rest is ended, and undoing brings back who served', () => {
  const plan = planFor(shop(2))
  const set = ['${component("api/1").instance}', '${component("api/2").instance}']
  const route = stageIn(plan, 'api/route')
  assert.deepEqual(route.command?.input, { front: 'shop/api', to: set })
  assert.deepEqual(route.compensation?.input, {
    front: 'shop/api',
    from: set,
    to: '${component("api/front").serving}',
  })
  const { question } = stageIn(plan, 'api/drained').conditions[0] ?? assert.fail()
  assert.deepEqual(question.ask === 'probe' && question.input, { front: 'shop/api', except: set })
  assert.deepEqual(stageIn(plan, 'api/retire').command?.input['except'], set)
})

test('people are asked once for all copies', () => {
  const plan = planFor(shop(3, '      gates: [{ approval: { from: approver } }]\n'))
  const asking = plan.stages.filter(({ gates }) => gates.length > 0).map(({ name }) => name)
  assert.deepEqual(asking, ['api/front'])
})

test('who needs copies that have started waits for every one of them', () => {
  const web = "    web: { needs: [{ api: started }], ready: [{ tcp: 'h:1' }] }\n"
  assert.deepEqual(needsOf(planFor(shop(2, '', web)), 'web'), ['api/1 started', 'api/2 started'])
})

test('every copy is watched, and taken down alone when its promise is to lead to that', () => {
  const web = '    web: { needs: [api], ready: [{ tcp: \'${component("api").host}:1\' }] }\n'
  const plan = planFor(shop(2, '', web), 'watch')
  assert.deepEqual(namesOf(plan), ['db', 'api/1', 'api/2', 'api/front', 'web'])
  const { command, compensation, conditions } = stageIn(plan, 'api/2')
  assert.deepEqual(command?.input, { subject: 'shop/api', copy: 2 })
  assert.equal(compensation?.input['copy'], 2)
  assert.deepEqual(
    conditions.map(({ name }) => name),
    ['running', 'serving'],
  )
  // What they are known by to others has been looked up before others speak of them.
  assert.ok(needsOf(plan, 'web').includes('api/front started'))
})

test('all copies are stopped as one, and each is emptied before where the component says so', () => {
  assert.deepEqual(namesOf(planFor(shop(2), 'down')), ['api/front', 'api', 'db'])
  const drain = "      drain: { until: [{ tcp: '${self.host}:${self.ports.http}' }] }\n"
  const plan = planFor(shop(2, drain), 'down')
  assert.deepEqual(
    namesOf(plan).filter((name) => name.startsWith('api')),
    ['api', 'api/1', 'api/2', 'api/front', 'api/stop'],
  )
  assert.deepEqual(needsOf(plan, 'api/2'), ['api completed'])
  assert.equal(stageIn(plan, 'api/2').command?.input['copy'], 2)
  assert.deepEqual(
    needsOf(plan, 'api/front'),
    needsOf(plan, 'api/stop').filter((need) => need !== 'api/front completed'),
  )
  assert.deepEqual(needsOf(plan, 'api/stop'), [
    ...['api completed', 'api/1 completed', 'api/2 completed', 'api/front completed'],
  ])
})

test('a front stays open for those that are to be gone before what is behind it', () => {
  const web = '    web: { needs: [{ api: ready, drain: true }], run: { command: [web] } }\n'
  const plan = planFor(shop(2, '', web), 'down')
  assert.deepEqual(needsOf(plan, 'api/front'), ['web completed'])
  assert.deepEqual(needsOf(plan, 'api'), ['api/front completed', 'web completed'])
})

const GEO = '  regions: { eu: {}, us: { after: [eu] } }\n'

test('there are so many copies in every region, and all of them must agree', () => {
  const agree = '  agree: [{ same: evidence.address, of: api/serving }]\n'
  const plan = planFor(GEO + shop(2) + agree)
  assert.deepEqual(
    plan.stages.filter(({ group }) => group === 'eu').map(({ name }) => name),
    [
      ...['eu/db', 'eu/api/1', 'eu/api/2', 'eu/api/front', 'eu/api/route'],
      ...['eu/api/drained', 'eu/api/retire'],
    ],
  )
  assert.equal(stageIn(plan, 'us/api/2').command?.input['subject'], 'shop/us/api')
  const { question } = stageIn(plan, 'agree').conditions[0] ?? assert.fail()
  assert.deepEqual(
    question.ask === 'probe' && question.among?.map(({ name, stage }) => [name, stage]),
    [
      ['eu/1', 'eu/api/1'],
      ['eu/2', 'eu/api/2'],
      ['us/1', 'us/api/1'],
      ['us/2', 'us/api/2'],
    ],
  )
})

test('copies are refused where they cannot be, with what to do instead', () => {
  const of = (component: string): readonly string[] =>
    issuesOf(`  components:\n    db: { ${component}, copies: 2 }\n`).filter((one) =>
      one.startsWith('spec.components.db.copies'),
    )
  const at = 'spec.components.db.copies: '
  assert.deepEqual(of('run: { command: [db], ports: { pg: {} } }'), [
    `${at}copies of db need a front that spreads what comes over them; add roll: {}`,
  ])
  assert.deepEqual(of('run: { command: [db], oneShot: true }, roll: {}'), [
    `${at}db is a one-shot, which ends by itself; copies are of what serves; take copies out`,
  ])
  assert.deepEqual(of("run: { container: { image: 'a@sha256:1' } }, roll: {}"), [
    `${at}db is not run as a process; only processes have copies; take copies out`,
  ])
  assert.deepEqual(of('run: { external: { host: h } }, roll: {}'), [
    `${at}db is run by somebody else, who says how many of it there are; take copies out`,
  ])
  assert.deepEqual(of("ready: [{ tcp: 'h:1' }]"), [
    `${at}db has no run, so there is nothing to copy; take copies out`,
  ])
  assert.deepEqual(of('run: { command: [db], ports: { pg: {} } }, roll: {}, optional: true'), [
    `${at}db is optional: were one copy left out, the others would run for nobody; take optional or copies out`,
  ])
  for (const many of [0, 65, 1.5]) assert.equal(issuesOf(shop(many)).length, 1)
})

test('others know copies by their front alone', () => {
  const web = (what: string): string =>
    shop(2, '', `    web: { needs: [api], ready: [{ tcp: '\${component("api").${what}}:1' }] }\n`)
  assert.deepEqual(issuesOf(web('ports.http')), [])
  assert.match(issuesOf(web('ports.admin')).join(), /has no field admin; it has http/)
  assert.match(issuesOf(web('pid')).join(), /has no field pid; it has host and ports/)
})

test('a quorum counts regions and not copies', () => {
  const agree = '  agree: [{ same: evidence.address, of: api/serving, quorum: 2 }]\n'
  assert.match(
    issuesOf(GEO + shop(3) + agree).join(),
    /agree\[0\]\.quorum: a quorum counts regions, and api has 3 copies in each; leave quorum out/,
  )
})

test('says how many there are to people who did not write it', () => {
  assert.match(
    explainContract(environmentIn(HEAD + shop(3))),
    /3 copies of it serve side by side behind its front, each once it is proved\./,
  )
})
