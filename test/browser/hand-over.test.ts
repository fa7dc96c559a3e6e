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
  const { directory, up, ended, port } = openSlowService(served)
  await ended(await up('one'), 'reached')
  const front = await port()

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

test('shows starts that share a socket live: that both are there, and what became of the old one', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const served = await openServed()
  t.after(() => served.close())
  const { url, token } = served
  const { directory, up, ended, port: portOf } = openSlowService(served, 'socket')
  await ended(await up('one'), 'reached')
  const port = await portOf()

  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, url, { token })
  const slow = get({ port, path: '/slow', host: '127.0.0.1' })
  const answered = once(slow, 'response')
  await once(slow, 'finish')
  const second = await up('two')
  await page.goto(`/ramps/${second}`)
  await page.getByRole('tab', { name: 'Hand-over' }).click()
  const [socket, old, fresh] = ['Socket', 'Old', 'New'].map((name) =>
    page.getByRole('region', { name, exact: true }),
  )
  assert.ok(socket !== undefined && old !== undefined && fresh !== undefined)
  const steps = page.getByRole('list', { name: 'Steps of web' })
  const status = page.getByRole('status')
  const asked = 'tiny/web#2 serves; tiny/web#1 is asked to end, and finishes what it has.'
  await seen(status.getByText(asked), page.getByText('finishing'), page.getByText('accepts'))
  await seen(socket.getByText(String(port)), socket.getByText('ready'), fresh.getByText('serves'))
  const ending = steps.getByRole('listitem').filter({ hasText: 'Ask the old one to end' })
  await seen(ending.getByText(/after 1 min 00 s is killed/), ending.getByText(/of 1 min 00 s/))

  writeFileSync(join(directory, 'go'), '')
  await answered
  await seen(status.getByText('tiny/web#2 serves; tiny/web#1 has ended.'))
  await seen(
    page.getByText('clean', { exact: true }),
    old.getByText('Asked to end, and has ended.'),
  )

  // One that never accepts is taken back, and nothing was asked of the old one.
  const third = await up('never')
  await page.goto(`/ramps/${third}?view=hand-over`)
  await seen(status.getByText('tiny/web#2 serves, as before: tiny/web#3 is taken back.'))
  await seen(old.getByText('Not asked to end.'), fresh.getByText('Taken back.'))
})
