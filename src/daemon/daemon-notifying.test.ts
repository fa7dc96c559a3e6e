/** The real daemon, killed while a receiver refuses: the next one tells what that one could not. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { killDaemon } from '../../test/support/daemon.ts'
import { openFolder, rampart, stopDaemon } from '../../test/support/rampart.ts'
import { openReceiver } from '../../test/support/webhook-receiver.ts'

const TINY = `apiVersion: rampart/v1
kind: Environment
metadata: { name: tiny }
spec:
  watch: false
  components: { api: { run: { command: [node, -e, "setInterval(() => {}, 1000)"] } } }
`

test('nothing is lost when the daemon is killed while a receiver refuses', async (t) => {
  const folder = openFolder(t)
  writeFileSync(join(folder, 'rampart.yaml'), TINY)
  let isWell = false
  const receiver = await openReceiver(t, (response) => {
    response.writeHead(isWell ? 200 : 503).end()
  })
  const run = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await rampart(args, { cwd: folder })
    assert.equal(exitCode, 0, stderr)
    return stdout
  }
  assert.match(await run('webhooks', 'add', receiver.url), /^whsec_/)
  await run('up')
  const [refused] = await receiver.until(1)
  killDaemon(folder)
  isWell = true
  // Asking anything starts the next one.
  await run('contracts', 'list')
  const [, told] = await receiver.until(2)
  assert.equal(told?.headers['webhook-id'], refused?.headers['webhook-id'])
  assert.equal(JSON.parse(told?.body ?? '').data.outcome, 'reached')
  const listed = await run('webhooks', 'deliveries', '--json')
  assert.ok(!listed.includes('planted-path'))
  await run('down')
  await receiver.until(3)
  await stopDaemon(folder)
})
