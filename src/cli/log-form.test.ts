/** RAMPART_LOG before a server or an agent holds anything. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { collectingParts } from '../../test/support/cli.ts'
import { openFolder } from '../../test/support/rampart.ts'
import { refuseLogForm } from './log-form.ts'
import { runCli } from './program.ts'

test('a log of a form that there is not is refused with the nearest one', async (t) => {
  const folder = openFolder(t)
  for (const command of ['serve', 'agent']) {
    const parts = collectingParts(folder, { settings: { RAMPART_LOG: 'txet' } })
    assert.equal(await runCli([command], parts), 2)
    assert.match(parts.stderrText(), /RAMPART_LOG is txet; it is text or json\./)
    assert.match(parts.stderrText(), new RegExp(`Next: RAMPART_LOG=text rampart ${command}`))
  }
  assert.ok(!existsSync(join(folder, '.rampart')))
  for (const form of ['text', 'json', '']) {
    const parts = collectingParts(folder, { settings: { RAMPART_LOG: form } })
    assert.equal(refuseLogForm(parts, 'serve'), undefined)
  }
})
