/** Parts at the command line: read from where they stand, sent within the document, run as one plan. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInProcess } from '../../../test/support/cli.ts'
import { openFolder, stopDaemon } from '../../../test/support/rampart.ts'
import { leftovers } from '../../runtimes/process/leftovers.ts'

const HEAD = 'apiVersion: rampart/v1\nkind: Environment\n'

const PAYMENTS = `${HEAD}metadata: { name: payments }
spec:
  settings: { word: { from: PAY_WORD, default: paid } }
  components:
    db:
      run: { command: [node, db.mjs, "\${settings.word}"] }
      ready: [{ log: { pattern: "\${settings.word}" } }, { file: db.mjs }]
`

const SHOP = `${HEAD}metadata: { name: shop }
spec:
  components:
    payments: { owner: money, use: { contract: ../payments/rampart.yaml, revision: "REVISION" } }
    web:
      needs: [payments]
      run: { command: [node, -e, "setInterval(() => {}, 1000)"] }
`

test('a part is run from its own folder, and another revision of it is refused', async (t) => {
  const root = openFolder(t)
  const [payments, shop] = [join(root, 'payments'), join(root, 'shop')]
  for (const folder of [payments, shop]) mkdirSync(folder)
  writeFileSync(join(payments, 'rampart.yaml'), PAYMENTS)
  writeFileSync(
    join(payments, 'db.mjs'),
    'console.log(process.argv[2]); setInterval(() => {}, 1000)',
  )
  const { stdout: checked } = await runInProcess(['check', '--json'], payments)
  const digest = (JSON.parse(checked) as { contracts: readonly { digest: string }[] }).contracts[0]
  writeFileSync(join(shop, 'rampart.yaml'), SHOP.replace('REVISION', digest?.digest ?? ''))
  const up = await runInProcess(['up'], shop, { PAY_WORD: 'settled' })
  assert.equal(up.exitCode, 0, up.stderr)
  assert.match(up.stderr, /payments-db +ready/)
  assert.match((await runInProcess(['logs', 'payments-db'], shop)).stdout, /settled/)
  const agreed = await runInProcess(['parts'], root)
  assert.match(agreed.stdout, /^payments\/rampart\.yaml is sha256:/)
  assert.match(agreed.stdout, /\n {2}shop\/rampart\.yaml {2}as payments {2}as agreed on\n/)
  writeFileSync(join(payments, 'rampart.yaml'), PAYMENTS.replace('paid', 'owed'))
  const touched = await runInProcess(['parts', '..'], shop)
  assert.match(touched.stdout, /as payments {2}agreed on sha256:.*…; needs the word of money\n/)
  const told = await runInProcess(['parts', '--json'], root)
  assert.match(told.stdout, /"standing":"differs".*"owner":"money"/)
  const none = await runInProcess(['parts'], payments)
  assert.match(none.stderr, /No environment below .* uses another contract\./)
  const refused = await runInProcess(['up'], shop)
  assert.equal(refused.exitCode, 2)
  assert.match(refused.stderr, /payments\/rampart\.yaml is not the revision that was agreed on/)
  writeFileSync(join(payments, 'rampart.yaml'), `# a comment is no revision\n${PAYMENTS}`)
  const down = await runInProcess(['down'], shop)
  assert.equal(down.exitCode, 0, down.stderr)
  await stopDaemon(shop)
  assert.deepEqual(leftovers(shop), { processes: [], ports: [] })
})
