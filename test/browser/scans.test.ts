/** Published scans on the dashboard: by repository, between repositories, found, removed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openNetServer } from '../support/net-server.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import { builtDashboard } from './built-dashboard.ts'
import { publishedScans } from './published-scans.ts'

test('shows what scans found, what several repositories claim, and says how to publish one', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const { origin, ask, tokenFor } = await openNetServer(t, {}, await builtDashboard())
  const { secret: ci } = await tokenFor('ci', [{ role: 'operator', scope: {} }])
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, origin, { token: ci })

  await page.goto('/ports')
  await page.getByRole('tab', { name: 'Scans' }).click()
  await seen(page.getByText('No scan was published.'))
  await seen(page.getByText(`rampart --server ${origin} ports scan --publish NAME`))
  for (const [name, body] of Object.entries(publishedScans())) {
    const { status } = await ask(`/v1/scans/${name}`, { method: 'PUT', token: ci, body })
    assert.equal(status, 200)
  }
  await page.reload()
  const between = page.getByRole('region', { name: /Between repositories/ })
  await seen(between.getByText('Port 8080 is claimed by bank and shop in staging.'))
  await seen(between.getByText('deploy/compose.yaml:7:13'), between.getByText('1 guess is not'))
  const found = page.getByRole('region', { name: 'Findings in shop' })
  await seen(found.getByText('Port 8025 of this machine is claimed by admin and mail.'))
  await seen(found.getByText('admin/package.json:1:36'), found.getByText('vite --port 8025'))
  await seen(page.getByRole('table', { name: 'Ports that shop claims' }).getByText('contested'))

  await page.getByRole('checkbox', { name: 'Guesses too' }).check()
  await seen(between.getByText('Port 5432 is claimed by mail and shop in staging.'))
  await page.getByRole('button', { name: /^bank/ }).click()
  await seen(page.getByText('Nothing is wrong within this repository.'))
  assert.match(page.url(), /view=scans.*scan=bank/)
  await page.getByLabel('Filter by port, service, file or repository').fill('3000 mail')
  await seen(between.getByText('None is like that.'))
  await page.getByLabel('Filter by port, service, file or repository').fill('deploy')
  await seen(between.getByText('Port 8080 is claimed by bank and shop in staging.'))

  await page.getByRole('button', { name: 'Remove…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove the scan of bank?' })
  await dialog.getByRole('button', { name: 'Remove it' }).click()
  await page.getByRole('button', { name: /^bank/ }).waitFor({ state: 'detached' })
  await seen(between.getByText('None is like that.'))
  assert.equal((await ask('/v1/scans/bank', { token: ci })).status, 404)
})
