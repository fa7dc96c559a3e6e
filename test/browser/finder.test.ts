/** Finding a ramp among more than any page reads at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf, stageOf } from '../support/plan-words.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import { openSmallDashboard } from './small-dashboard.ts'

/** The page itself reads the newest 250. */
const NEWER = 260

test('finds the oldest ramp of many by its contract and by its id, from the keyboard', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const { url, open, token } = await openSmallDashboard(t)
  const plan = (name: string) => planOf([stageOf('build', {})], { name })
  const oldest = await open(plan('attic'), 'somebody')
  for (let count = 0; count < NEWER; count += 1) await open(plan(`shop-${count}`), 'somebody')
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, url, { token: await token('viewer', 'viewer') })
  const dialog = page.getByRole('dialog', { name: 'Find' })
  const field = dialog.getByRole('combobox', { name: 'Find a ramp, a contract or a page' })
  const options = dialog.getByRole('option')

  await page.goto('/')
  await seen(page.getByRole('heading', { level: 1, name: 'Overview' }))
  await page.keyboard.press('/')
  // The whole word: of three letters, one in fifty runs has some in the ids that chance gives.
  await field.fill('ATTIC')
  await seen(dialog.getByRole('option', { name: oldest, selected: true }))
  assert.equal(await options.count(), 1)
  await field.press('Enter')
  await seen(page.getByRole('heading', { level: 1, name: 'attic up' }))

  await page.keyboard.press('/')
  await field.fill(oldest.slice(0, -2))
  await seen(options.filter({ hasText: oldest }))
  await field.fill('shop-')
  await seen(dialog.getByText('More ramps are called so: type more of the name.'))
  assert.equal(await options.count(), 12)
  await field.press('ArrowDown')
  await seen(dialog.getByRole('option', { name: /shop-258/, selected: true }))
  await field.fill('cellar')
  await seen(dialog.getByText('No contract, no ramp and no page is called so.'))
  assert.equal(await options.count(), 0)
})
