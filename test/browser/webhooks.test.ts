/** Webhooks at the dashboard: what could not be delivered stays in sight, and what is kept of a secret is told. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { present } from '../../src/core/fault/assert.ts'
import { HttpCourier } from '../../src/notifier/http-courier.ts'
import { SystemRandom } from '../../src/random/system-random.ts'
import { type Delivery, DeliveryQueue } from '../../src/server/notifications/delivery-queue.ts'
import { openNetServer } from '../support/net-server.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import { builtDashboard } from './built-dashboard.ts'

async function openServer(t: TestContext) {
  const notifying = {
    courier: new HttpCourier({ mayReach: [] }),
    random: new SystemRandom(),
    masterKey: () => new Uint8Array(32).fill(1),
  }
  const server = await openNetServer(t, { notifying }, await builtDashboard())
  const { secret: token } = await server.tokenFor('admin', [{ role: 'admin', scope: {} }])
  return { ...server, token }
}

test('shows what was not delivered when all of the latest deliveries were', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const { origin, parts, token } = await openServer(t)
  const queue = new DeliveryQueue(parts)
  const end = async (position: number, became: Partial<Delivery>): Promise<void> => {
    const id = await queue.add({ position, place: 0 }, 'wh_1', {
      ...{ id: `shop:${position}`, type: 'dev.rampart.ramp.ended', atMs: 1, data: {} },
      ...{ contract: 'Environment/shop', sentence: 'It has ended.' },
    })
    const kept = present(await queue.get(present(id, 'it is queued')), 'it is kept')
    await queue.put(kept, { ...kept.value, attempts: 1, ...became })
  }
  await end(1, { status: 'dead', complaint: 'It was answered with 410.' })
  for (let position = 2; position < 62; position++) await end(position, { status: 'delivered' })
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, origin, { token })

  await page.goto('/access')
  await page.getByRole('tab', { name: 'Webhooks' }).click()
  const dead = page.getByRole('region', { name: /Not delivered/ })
  await seen(dead.getByText('It was answered with 410.'))
  await seen(dead.getByRole('button', { name: 'Deliver again' }))
})

test('says what is kept of a secret that is shown once: of a token its hash, of a webhook nothing', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const { origin, token } = await openServer(t)
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, origin, { token })
  await page.goto('/access')
  await page.getByRole('tab', { name: 'Webhooks' }).click()
  await page.getByRole('button', { name: 'Add a webhook' }).click()
  await page.getByLabel('URL').fill('https://hooks.example.org/rampart')
  await page.getByRole('button', { name: 'Add it' }).click()
  const webhook = page.getByRole('dialog', { name: 'The secret of its signatures' })
  await seen(
    webhook.getByText(/kept nowhere: the server derives it .* The address is kept sealed\./),
    webhook.getByText(/whsec_/),
  )
  assert.equal(await webhook.getByText(/hash/).count(), 0)
  await webhook.getByRole('button', { name: 'I have it' }).click()

  await page.getByRole('tab', { name: 'Tokens' }).click()
  await page.getByRole('button', { name: 'Make a token' }).click()
  await page.getByLabel('Name').fill('ci')
  await page.getByRole('button', { name: 'Make it' }).click()
  const made = page.getByRole('dialog', { name: 'Its secret' })
  await seen(made.getByText(/secret of token:ci is shown\. Only its hash is kept\./))
})
