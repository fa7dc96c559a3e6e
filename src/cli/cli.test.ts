import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { collectingParts, runInProcess, TEST_VERSION } from '../../test/support/cli.ts'
import { Drive } from '../../test/support/drive.ts'
import { commandOf, planOf, probed, stageOf } from '../../test/support/plan-words.ts'
import { openFolder } from '../../test/support/rampart.ts'
import { AssertionFailure } from '../core/fault/assert.ts'
import { Fault, isFault } from '../core/fault/fault.ts'
import { complain } from './complaint.ts'
import { chooseContract, folderOf, loadContracts } from './contract-files.ts'
import { runCli } from './program.ts'
import { settingValues } from './setting-values.ts'
import { exitCodeOf, summaryOf } from './summary.ts'

/** The text of a small contract. */
function contractText(name: string, settings = ''): string {
  return `apiVersion: rampart/v1
kind: Environment
metadata: { name: ${name} }
spec:
  ${settings}
  components:
    web: { run: { command: [node, web.mjs] }, ready: [{ exit: running }] }
`
}

describe('usage', () => {
  const cases: readonly { readonly argv: readonly string[]; readonly says: RegExp }[] = [
    {
      argv: ['upp'],
      says: /unknown command 'upp'\n\(Did you mean up\?\)\n {2}Next: rampart --help/,
    },
    { argv: ['ledger', 'verfy'], says: /Did you mean verify\?\)\n {2}Next: rampart ledger --help/ },
    { argv: ['up', '--dettach'], says: /--dettach'\n\(Did you mean --detach\?\)/ },
    { argv: ['up', 'a', 'b'], says: /too many arguments.*\n {2}Next: rampart up --help/ },
    { argv: ['approve', 'ramp'], says: /missing required argument 'stage\/condition'/ },
    { argv: ['logs', '--tail', 'few'], says: /--tail takes a number of lines, not few/ },
    { argv: [], says: /^Usage: rampart/ },
    { argv: ['ledger'], says: /^Usage: rampart ledger/ },
  ]
  for (const { argv, says } of cases) {
    test(`rampart ${argv.join(' ')} is refused with 2 and says how to go on`, async (t) => {
      const { exitCode, stdout, stderr } = await runInProcess(argv, openFolder(t))
      assert.deepEqual([exitCode, stdout], [2, ''])
      assert.match(stderr, says)
      if (argv.length > 1) assert.match(stderr, /^rampart: /)
    })
  }

  test('the version is printed alone', async (t) => {
    const { exitCode, stdout } = await runInProcess(['--version'], openFolder(t))
    assert.deepEqual([exitCode, stdout], [0, `${TEST_VERSION}\n`])
  })
})

describe('complaints', () => {
  const fault = new Fault({
    code: 'ramp-busy',
    operation: 'open the ramp',
    subject: 'shop',
    hint: 'shop-up-1 is under way.',
  })

  test('say what happened, what to do, and where to read more', () => {
    const parts = collectingParts('.')
    assert.equal(complain(parts, fault, false), 1)
    const [first, remedy, more] = parts.stderrText().split('\n')
    assert.equal(first, 'rampart: shop-up-1 is under way.')
    assert.match(remedy ?? '', /^ {2}Wait for it with `rampart status --watch`/)
    assert.equal(more, '  More: rampart explain ramp-busy')
    assert.equal(parts.stdoutText(), '')
  })

  test('are one object on standard output for programs', () => {
    const parts = collectingParts('.')
    complain(parts, fault, true)
    const { error } = JSON.parse(parts.stdoutText())
    assert.deepEqual([error.code, error.subject, error.retryable], ['ramp-busy', 'shop', true])
    assert.equal(parts.stderrText(), '')
  })

  test('name the daemon only to those who have asked one', () => {
    const lost = new Fault({
      code: 'daemon-lost',
      operation: 'ask',
      subject: 'x',
      hint: 'It is lost.',
    })
    const here = collectingParts('.')
    complain(here, lost, false)
    assert.match(here.stderrText(), /rampart daemon status/)
    const there = collectingParts('.')
    complain({ ...there, server: 'https://rampart.example.org' }, lost, false)
    assert.match(there.stderrText(), /Check its address.*`rampart ready`/)
    assert.doesNotMatch(there.stderrText(), /daemon status/)
  })

  test('tell where an option belongs that was written behind the command', async () => {
    const parts = collectingParts('.')
    assert.equal(await runCli(['status', '--server', 'https://x'], parts), 2)
    assert.match(
      parts.stderrText(),
      /--server stands before the command: rampart --server … status/,
    )
  })

  test('say what the token of an agent lacks', async () => {
    const parts = collectingParts('.')
    assert.equal(await runCli(['token', 'create', 'eu-1', '--role', 'agent'], parts), 2)
    assert.match(parts.stderrText(), /--region is missing.*--role agent --region eu/s)
  })

  test('let an agent speak to nobody whom others could overhear', async () => {
    for (const [server, said] of [
      ['http://far.example', /must begin with https/],
      ['far.example', /A server is written https:/],
    ] as const) {
      const parts = collectingParts('.')
      assert.equal(await runCli(['agent', '--region', 'eu', '--server', server], parts), 2)
      assert.match(parts.stderrText(), said)
    }
  })

  test('never hide a bug of our own', () => {
    const bug = new AssertionFailure('two is not one')
    assert.throws(() => complain(collectingParts('.'), bug, false), bug)
  })
})

describe('contracts', () => {
  test('are found under their usual names, the first one that is there', async (t) => {
    const folder = openFolder(t)
    writeFileSync(join(folder, 'rampart.json'), '{}')
    writeFileSync(join(folder, 'rampart.yml'), contractText('yml'))
    assert.deepEqual(
      (await loadContracts(folder)).contracts.map(({ name }) => name),
      ['yml'],
    )
  })

  test('of a folder are read in the order of their names, its own paths beginning there', async (t) => {
    const folder = openFolder(t)
    const inner = join(folder, 'rampart')
    mkdirSync(inner)
    writeFileSync(join(inner, 'b.yaml'), contractText('bee'))
    writeFileSync(join(inner, 'a.yaml'), `${contractText('ay')}---\n${contractText('cee')}`)
    writeFileSync(join(inner, 'notes.txt'), 'not a contract')
    const loaded = await loadContracts(folder)
    assert.deepEqual(loaded.contracts.map(({ name }) => name).sort(), ['ay', 'bee', 'cee'])
    const bee = chooseContract(loaded, 'bee')
    assert.equal(folderOf(folder, bee), inner)
    assert.throws(
      () => chooseContract(loaded),
      (error) =>
        isFault(error, 'contract-ambiguous') && /ay, cee, bee|ay, bee, cee/.test(error.hint),
    )
    assert.throws(
      () => chooseContract(loaded, 'dee'),
      (error) => isFault(error, 'contract-absent') && /There are: /.test(error.hint),
    )
  })

  test('written as a program are run, and mean the same', async (t) => {
    const folder = openFolder(t)
    const spec = {
      components: { web: { run: { command: ['node', 'web.mjs'] }, ready: [{ exit: 'running' }] } },
    }
    const value = JSON.stringify({
      apiVersion: 'rampart/v1',
      kind: 'Environment',
      metadata: { name: 'shop' },
      spec,
    })
    writeFileSync(
      join(folder, 'rampart.config.ts'),
      `const value: object = ${value}\nexport { value as shop }\n`,
    )
    const [program] = (await loadContracts(folder)).contracts
    writeFileSync(join(folder, 'same.yaml'), contractText('shop'))
    const [text] = (await loadContracts(folder, 'same.yaml')).contracts
    assert.equal(program?.digest, text?.digest)
  })

  test('that cannot be read say why', async (t) => {
    const folder = openFolder(t)
    writeFileSync(join(folder, 'rampart.config.ts'), 'throw new TypeError("no luck")\n')
    const isTold = (error: unknown): boolean =>
      isFault(error, 'contract-unreadable') && /no luck/.test(error.hint)
    await assert.rejects(loadContracts(folder), isTold)
    for (const path of ['nowhere.yaml', '.']) {
      const empty = openFolder(t)
      await assert.rejects(loadContracts(empty, path), (error) => isFault(error, 'contract-absent'))
    }
  })

  test('get the variables that their settings name, and no others', async (t) => {
    const folder = openFolder(t)
    const settings = 'settings: { a: { from: SHOP_A }, b: { from: SHOP_B, default: x } }'
    writeFileSync(join(folder, 'rampart.yaml'), contractText('shop', settings))
    const contract = chooseContract(await loadContracts(folder))
    assert.deepEqual(settingValues(contract, { SHOP_A: '', SECRET: 'no' }), { a: '' })
  })
})

describe('summaries', () => {
  const shop = planOf([
    stageOf('db', { command: commandOf('start'), conditions: [probed('answers')] }),
  ])

  test('are ready, with instants since the opening', () => {
    const drive = new Drive(shop)
    assert.equal(summaryOf(drive.state).verdict, 'underWay')
    drive.nowMs += 40
    drive.done('db')
    drive.nowMs += 60
    drive.answer('db:answers', 'passed')
    const { verdict, totalMs, ratio, stages, cause } = summaryOf(drive.state)
    assert.deepEqual(
      { verdict, totalMs, ratio, cause },
      { verdict: 'ready', totalMs: 100, ratio: 1, cause: null },
    )
    assert.deepEqual(stages, [
      { name: 'db', verdict: 'ready', startedAtMs: 40, readyAtMs: 100, ownMs: 100 },
    ])
    assert.equal(exitCodeOf(drive.state), 0)
  })

  test('name the part and the evidence of a bad end', () => {
    const drive = new Drive(shop)
    drive.done('db')
    const evidence = { code: 1 }
    drive.answer('db:answers', 'failed', { outlook: 'terminal', reason: 'gone', evidence })
    assert.equal(exitCodeOf(drive.state), 3)
    drive.done('db')
    const { verdict, cause } = summaryOf(drive.state)
    assert.equal(verdict, 'undone')
    assert.deepEqual([cause?.stage, cause?.condition, cause?.evidence], ['db', 'answers', evidence])
  })

  test('tell a hold from an end', () => {
    const drive = new Drive(shop)
    drive.say({ say: 'hold', why: 'lunch' })
    assert.equal(summaryOf(drive.state).verdict, 'held')
    drive.say({ say: 'abort', undo: false, why: '' })
    assert.equal(summaryOf(drive.state).verdict, 'abandoned')
  })
})
