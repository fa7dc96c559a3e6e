/** A list that is longer than what is read at once: it says so, and goes on for whoever asks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openNetServer } from '../support/net-server.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import { builtDashboard } from './built-dashboard.ts'

/** The page reads ten pages of 500 at once. */
const PEOPLE = 5_003

test('says where a list of 5,003 ends, reads on, and then says nothing more', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const names = Array.from({ length: PEOPLE }, (_, place) => `oidc:p${10_000 + place}@example.org`)
  const people = Object.fromEntries(names.map((name) => [name, [{ role: 'viewer', scope: {} }]]))
  const access = { groups: {}, people: people as never }
  const { origin, tokenFor } = await openNetServer(t, { access }, await builtDashboard())
  const { secret: token } = await tokenFor('admin', [{ role: 'admin', scope: {} }])
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, origin, { token })
  await page.goto('/access?view=people')
  const panel = page.getByRole('region', { name: /^People/ })
  const onPage = panel.getByRole('listitem')
  await seen(panel.getByText(/^5,000 people were read, and there are more/))
  assert.equal(await onPage.count(), 5_000)
  // Also for whoever only sees where it begins.
  await seen(page.getByRole('heading', { name: 'People 5000 and more' }))
  assert.equal(await panel.getByText(names[5_002] ?? '').count(), 0)

  await panel.getByRole('button', { name: 'Read more people' }).click()
  await seen(panel.getByText(names[5_002] ?? ''))
  assert.equal(await onPage.count(), PEOPLE)
  await seen(page.getByRole('heading', { name: `People ${PEOPLE}`, exact: true }))
  await panel.getByRole('button', { name: 'Read more people' }).waitFor({ state: 'detached' })

  // Who is let in is in the list that is read anew, as far as it was read.
  await panel.getByRole('button', { name: 'Let somebody in…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Let somebody in' })
  await dialog.getByLabel('Name').fill('oidc:zoe@example.org')
  await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
  await seen(panel.getByText('oidc:zoe@example.org'))
  assert.equal(await onPage.count(), PEOPLE + 1)
})
