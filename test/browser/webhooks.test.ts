/** What could not be delivered stays in sight on the dashboard, however much was delivered since. */
import { test } from 'node:test'
import { present } from '../../src/core/fault/assert.ts'
import { HttpCourier } from '../../src/notifier/http-courier.ts'
import { SystemRandom } from '../../src/random/system-random.ts'
import { type Delivery, DeliveryQueue } from '../../src/server/notifications/delivery-queue.ts'
import { openNetServer } from '../support/net-server.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import { builtDashboard } from './built-dashboard.ts'

test('shows what was not delivered when all of the latest deliveries were', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const notifying = {
    courier: new HttpCourier({ mayReach: [] }),
    random: new SystemRandom(),
    masterKey: () => new Uint8Array(32).fill(1),
  }
  const { origin, parts, tokenFor } = await openNetServer(t, { notifying }, await builtDashboard())
  const { secret: token } = await tokenFor('admin', [{ role: 'admin', scope: {} }])
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
