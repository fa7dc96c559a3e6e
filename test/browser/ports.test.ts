/** The port map of the dashboard, of a broker that really leases and processes that really listen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { present } from '../../src/core/fault/assert.ts'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import { digestOf } from '../../src/core/units/digest.ts'
import { PortKernel } from '../../src/ports/kernel/port-kernel.ts'
import { LinuxKernel } from '../../src/runtimes/process/kernel/linux.ts'
import type { PortBroker, PortWish } from '../../src/seams/port-broker.ts'
import { granted, Listener, policyOf, wish } from '../ports/workbench.ts'
import { openNetServer } from '../support/net-server.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import { builtDashboard } from './built-dashboard.ts'

const kernel = new PortKernel(new LinuxKernel())

/** Puts a contract in force, or amends it. */
async function enforce(broker: PortBroker, first: number): Promise<void> {
  const office = { for: { service: 'office' }, fixed: { 'office/http': first } }
  const { ranges } = policyOf({ first, last: first + 9, ...office })
  const contract = 'own'
  const digest = digestOf({ first })
  await broker.enforce({
    ...{ contract, digest, ramp: `up-${first}`, policy: { contract, digest, ranges } },
    connect: { contract, rules: [], clients: [] },
  })
}

test('tells who has which port, who listens there, and who had it, as it changes', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const { origin, parts, tokenFor } = await openNetServer(t, {}, await builtDashboard())
  const broker = present(parts.ports, 'the server leases ports')
  const { secret: token } = await tokenFor('browser', [{ role: 'viewer', scope: {} }])
  const claim = async (...wishes: readonly PortWish[]): Promise<PortLease> =>
    present(granted(await broker.claim(wishes))[0], 'it is granted')
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, origin, { token })

  await page.goto('/ports')
  await seen(page.getByText('No port is leased.'), page.getByText('rampart ports run'))
  const { id, claim: over } = await claim(wish('shop/api'))
  const front = { owner: { service: 'till/web', port: 'http' }, front: 'http', isLasting: true }
  await claim(front as PortWish)
  const states = page.getByRole('combobox', { name: 'State' })
  const table = page.getByRole('table', { name: 'Leases of ports' })
  const row = table.getByRole('row', { name: /shop\/api/ })
  await seen(row.getByText('held', { exact: true }), row.getByText(String(over.port)))
  await seen(table.getByRole('row', { name: /till\/web/ }).getByText('front'))
  await seen(page.getByRole('heading', { name: 'Built-in range' }))
  const chip = page.getByRole('list', { name: 'Ports of shop/api' }).getByRole('button')
  assert.equal(
    await chip.getAttribute('aria-label'),
    `${over.port}, shop/api http, held`,
    'what is coloured is said',
  )

  const [owner, thief] = [new Listener(t), new Listener(t)]
  await broker.letGo([id])
  assert.equal(await thief.listen(over.port), 'listening')
  await broker.assign(id, present(kernel.identify(owner.pid), 'it lives'))
  const wrong = page.getByRole('region', { name: /Needs a person/ })
  await seen(wrong.getByText('stolen'), row.getByText(new RegExp(`listens: ${thief.pid} `)))
  await wrong.getByRole('button', { name: 'Story' }).click()
  const story = page.getByRole('dialog', { name: `Port ${over.port}` })
  await seen(story.getByRole('list', { name: 'Who listens now' }).getByText(String(thief.pid)))
  await thief.kill()
  assert.equal(await owner.listen(over.port), 'listening')
  await seen(story.getByText('ready', { exact: true }), story.getByText(`Process ${owner.pid}`))
  await page.keyboard.press('Escape')
  await wrong.waitFor({ state: 'detached' })
  await seen(row.getByText('ready', { exact: true }), row.getByText(String(owner.pid)))

  await page.getByLabel('Filter by service, port or process').fill('shop')
  await seen(page.getByText('1 of 2 leases'))
  assert.equal(await table.getByRole('row', { name: /till\/web/ }).count(), 0)
  await states.selectOption('draining')
  await seen(page.getByText('No lease is like that.'))
  await states.selectOption('ready')
  await seen(row)

  await owner.kill()
  await states.selectOption('cooling')
  await seen(row.getByText(/free in \d+ s/))
  // The same service takes it up again, and so ends the lease before.
  assert.equal((await claim(wish('shop/api'))).claim.port, over.port)
  await page.reload()
  await states.selectOption('')
  await row.getByRole('button', { name: `Story of port ${over.port}` }).click()
  await seen(story.getByRole('list', { name: 'Who had it before' }).getByText('shop/api http'))
  await page.keyboard.press('Escape')

  await page.getByLabel('Filter by service, port or process').fill('')
  await enforce(broker, 21_900)
  const ranges = page.getByRole('list', { name: 'Ranges' })
  const own = ranges.getByRole('listitem').filter({ hasText: 'web of own' })
  await seen(own.getByText('tcp, 0 leased of 10'), own.getByText('For service office'))
  await seen(own.getByText('Fixed: 21900 for office/http'))
  await claim(wish('office'))
  await seen(own.getByRole('button', { name: '21900, office http, held' }))
  await enforce(broker, 21_910)
  const earlier = own.filter({ hasText: 'An earlier revision: nothing more is granted of it' })
  await seen(earlier.getByText('1 leased of 10'), own.getByText('Fixed: 21910 for office/http'))

  const carrier = { plane: 'haproxy', socket: '/run/haproxy.sock', backend: 'api' } as const
  const reached = { host: '::1', number: 8_080 }
  await broker.carried.open({ service: 'shop/api', port: 'http', ...reached, carrier })
  const fronts = page.getByRole('list', { name: 'Fronts that proxies carry' })
  await seen(fronts.getByText('[::1]:8080'), fronts.getByText('shop/api http'))
  await seen(fronts.getByText('HAProxy, by its backend api at /run/haproxy.sock'))

  await page.getByLabel('Port to explain').fill('1')
  await page.getByRole('button', { name: 'Explain' }).click()
  await seen(page.getByRole('dialog', { name: 'Port 1' }).getByText(/Nobody has 1/))
})
