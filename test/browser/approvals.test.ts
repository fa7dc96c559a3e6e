import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf, planOf, stageOf } from '../support/plan-words.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import { openSmallDashboard } from './small-dashboard.ts'

const approval = conditionOf('release', { ask: 'approval', from: ['sre', 'admin'], count: 1 })
const gated = planOf([stageOf('build'), stageOf('switch', { needs: ['build'], gates: [approval] })])

test('tells whose word is wanted, refuses the proposer, and lets the ramp go on by another', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const { url, open, token } = await openSmallDashboard(t)
  const mine = await token('proposer')
  const theirs = await token('approver')
  const ramp = await open(gated, 'token:proposer')
  const browser = await openBrowser()
  t.after(() => browser.close())

  const proposer = await openPage(t, browser, url, { token: mine })
  await proposer.goto('/approvals')
  await seen(proposer.getByRole('heading', { name: /Wait for others/ }))
  assert.equal(await proposer.getByRole('button', { name: /Approve/ }).count(), 0)

  await proposer.goto(`/ramps/${ramp}`)
  await seen(proposer.getByRole('button', { name: 'Reject switch…' }))
  const operator = await openPage(t, browser, url, { token: await token('operator', 'operator') })
  await operator.goto(`/ramps/${ramp}`)
  await seen(operator.getByText(/^This is for approvers of /))
  assert.ok(await operator.getByRole('button', { name: 'Approve switch…' }).isDisabled())

  const page = await openPage(t, browser, url, { token: theirs })
  await page.goto('/')
  await seen(page.getByText(/1 approval is wanted/))
  await page.getByRole('link', { name: 'Approvals 1 wait for you' }).click()
  await seen(page.getByText('proposed by token:proposer', { exact: false }))
  await page.getByRole('button', { name: 'Approve or reject…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Approve switch?' })
  await seen(dialog.getByText('one word of sre or admin'))
  await seen(dialog.getByRole('definition').getByText('admin', { exact: true }))
  await seen(dialog.getByText('switch is entered as soon as its other gates are open.'))
  await dialog.getByRole('button', { name: 'Approve', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.goto(`/ramps/${ramp}?stage=switch`)
  await seen(page.getByText('2 of 2 stages ready'))
})
