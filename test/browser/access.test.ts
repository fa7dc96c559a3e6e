/** What people are granted by name, changed at the dashboard, where groups and configuration give besides. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Grant, PersonView } from '../../src/server/wire/access.ts'
import { openNetServer } from '../support/net-server.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import { builtDashboard } from './built-dashboard.ts'
import { contractText } from './served.ts'

const CONFIGURED: Grant = { role: 'viewer', scope: {} }
const NARROW: Grant = { role: 'approver', scope: { labels: { team: 'store' } } }
const SHOP: Grant = { role: 'operator', scope: { contracts: ['Environment/shop'] } }
const ANNA = 'oidc:anna@example.org'

test('changes only what was granted by name, widens nothing unasked, and takes all of it away', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const access = { groups: {}, people: { [ANNA]: [CONFIGURED] } }
  const { origin, ask, tokenFor } = await openNetServer(t, { access }, await builtDashboard())
  const { secret: token } = await tokenFor('admin', [{ role: 'admin', scope: {} }])
  const path = `/v1/people/${encodeURIComponent(ANNA)}`
  const anna = async (): Promise<PersonView> => (await ask(path, { token })).body as PersonView
  await ask(path, { method: 'PUT', token, body: { grants: [NARROW, SHOP] } })
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, origin, { token })
  const change = page.getByRole('button', { name: `Change what ${ANNA} may do` })
  const dialog = page.getByRole('dialog', { name: ANNA })

  await page.goto('/access')
  await page.getByRole('tab', { name: 'People' }).click()
  await change.click()
  await seen(dialog.getByRole('group', { name: 'approver of team=store' }))
  await seen(dialog.getByText(/groups or the server’s configuration give viewer everywhere/))
  const shop = dialog.getByRole('group', { name: 'operator of Environment/shop' })
  await shop.getByLabel('Contracts').fill('Environment/till')
  await dialog.getByLabel('Let them do more').check()
  await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  const till = { role: 'operator', scope: { contracts: ['Environment/till'] } }
  const changed = await anna()
  assert.deepEqual(changed.granted, [NARROW, till])
  assert.deepEqual(changed.grants, [NARROW, till, CONFIGURED])

  await change.click()
  await dialog.getByRole('button', { name: 'Take away approver of team=store' }).click()
  await dialog.getByRole('button', { name: /^Take away operator/ }).click()
  await seen(dialog.getByText('Nothing is granted to them by name.'))
  await dialog.getByRole('button', { name: 'Grant nothing' }).click()
  await dialog.waitFor({ state: 'detached' })
  const { granted, grants } = await anna()
  assert.deepEqual([granted, grants], [[], [CONFIGURED]])
})

test('changes scopes by labels from the keyboard, says what it expects, and widens only by a yes', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const { origin, ask, tokenFor } = await openNetServer(t, {}, await builtDashboard())
  const { secret: token } = await tokenFor('admin', [{ role: 'admin', scope: {} }])
  const path = `/v1/people/${encodeURIComponent(ANNA)}`
  const put = (grants: readonly Grant[]) => ask(path, { method: 'PUT', token, body: { grants } })
  const granted = async (): Promise<readonly Grant[]> =>
    ((await ask(path, { token })).body as PersonView).granted
  await put([NARROW])
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, origin, { token })
  const change = page.getByRole('button', { name: `Change what ${ANNA} may do` })
  const dialog = page.getByRole('dialog', { name: ANNA })
  const labels = dialog.getByRole('textbox', { name: 'Labels', exact: true })

  await page.goto('/access?view=people')
  await change.focus()
  await page.keyboard.press('Enter')
  assert.equal(await labels.inputValue(), 'team=store')
  await labels.fill('payments')
  await labels.press('Enter')
  await seen(dialog.getByText(/“payments” is no label: expected name=value, for example team=pay/))
  await seen(dialog.locator('input:focus[aria-invalid="true"]'))
  assert.deepEqual(await granted(), [NARROW], 'nothing was granted')

  // Another team is wider than before, for as much as the page can tell.
  await labels.fill('team=payments')
  await labels.press('Enter')
  await seen(dialog.getByText('approver of team=payments, until now approver of team=store'))
  await seen(dialog.getByText(/Expected a yes to it/))
  assert.deepEqual(await granted(), [NARROW], 'nothing was granted')
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  assert.deepEqual(await granted(), [{ role: 'approver', scope: { labels: { team: 'payments' } } }])

  // Narrower is no matter of a yes; and a yes to one change is none to the next.
  await change.click()
  await labels.fill('')
  await dialog.getByLabel('Let them do more').check()
  await labels.fill('team=payments, tier=1')
  assert.equal(await dialog.getByLabel('Let them do more').count(), 0)
  await dialog.getByLabel('Role').selectOption('admin')
  assert.equal(await dialog.getByLabel('Let them do more').isChecked(), false)
  await dialog.getByLabel('Role').selectOption('viewer')
  await dialog.getByRole('button', { name: 'Add a role' }).click()
  const added = dialog.getByRole('group', { name: 'viewer everywhere' })
  await added.getByRole('textbox', { name: 'Contracts' }).fill('shop')
  await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
  await seen(dialog.getByText(/“shop” cannot be meant: expected kind and name with a slash/))
  await page.keyboard.press('Home')
  await page.keyboard.type('Environment/')
  await seen(dialog.getByRole('group', { name: 'viewer of Environment/shop' }))

  // Somebody else has changed them meanwhile: nothing is overwritten.
  await put([SHOP])
  await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
  await seen(dialog.getByRole('alert').filter({ hasText: /./ }))
  assert.deepEqual(await granted(), [SHOP])
})

test('offers who may only look no trial of a change, and says for whom it is', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const { origin, ask, tokenFor } = await openNetServer(t, {}, await builtDashboard())
  const { secret: operator } = await tokenFor('operator', [{ role: 'operator', scope: {} }])
  const { secret: viewer } = await tokenFor('viewer', [CONFIGURED])
  const sources = [{ path: 'shop.yaml', text: contractText('shop', ['db']) }]
  await ask('/v1/apply', { method: 'POST', token: operator, body: { sources } })
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, origin, { token: viewer })
  await page.goto('/contracts/Environment/shop?view=change')
  await seen(page.getByText('This is for operators of Environment/shop.'))
  assert.ok(await page.getByRole('button', { name: 'Try it' }).isDisabled())
})
