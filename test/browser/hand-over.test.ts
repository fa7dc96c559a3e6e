/** A component that is replaced while a request takes its time, live on the dashboard, by real parts. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import { openServed } from './served.ts'
import { openSlowService } from './slow-service.ts'

test('shows a hand-over live: who serves, what is under way at the old one, and what became of it', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const served = await openServed()
  t.after(() => served.close())
  const { url, token } = served
  const { directory, up, ended, front: frontOf } = openSlowService(served)
  await ended(await up('one'), 'reached')
  const front = await frontOf()

  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, url, { token })
  const slow = get({ port: front, path: '/slow', host: '127.0.0.1' })
  const answered = once(slow, 'response')
  await once(slow, 'finish')
  const second = await up('two')
  await page.goto(`/ramps/${second}?view=hand-over`)
  const [old, fresh] = ['Old', 'New'].map((name) => page.getByRole('region', { name, exact: true }))
  const steps = page.getByRole('list', { name: 'Steps of web' })
  const status = page.getByRole('status')
  await seen(status.getByText('tiny/web#2 serves; 1 request is under way at tiny/web#1.'))
  await seen(page.getByText('1 finishing'), page.getByText('new traffic'))
  assert.ok(old !== undefined && fresh !== undefined)
  await seen(old.getByText('draining'), fresh.getByText('active'), fresh.getByText('serves'))
  const draining = steps.getByRole('listitem').filter({ hasText: 'See nothing under way' })
  await seen(draining.getByText(/of 1m 1s|of 61 s|deadline in/), draining.getByText('being done'))
  await draining.getByRole('button', { name: 'web/drained' }).click()
  await seen(page.getByRole('region', { name: 'web/drained' }).getByText(/still under way/))

  assert.ok(!existsSync(join(directory, 'go')))
  writeFileSync(join(directory, 'go'), '')
  await answered
  await seen(status.getByText('tiny/web#2 serves; tiny/web#1 is stopped, cleanly.'))
  await seen(page.getByText('clean', { exact: true }), old.getByText('cooling'))

  // One that never answers is taken back, and who served before serves on.
  const third = await up('never')
  await page.goto(`/ports?port=${front}`)
  const story = page.getByRole('dialog', { name: `Port ${front}` })
  await story.getByRole('link', { name: 'Its hand-over' }).click()
  await seen(page.getByRole('heading', { level: 1, name: 'tiny up' }))
  await page.goto(`/ramps/${third}?view=hand-over`)
  await seen(status.getByText('tiny/web#2 serves, as before: the new one is taken back.'))
  await seen(page.getByText('When this ramp ended:'), page.getByText('left open'))
  await seen(page.getByText('taken back').first(), steps.getByText('failed'))
})
