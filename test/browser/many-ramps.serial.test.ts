import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { conditionOf, planOf, stageOf } from '../support/plan-words.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import { openSmallDashboard } from './small-dashboard.ts'

const RAMPS = 1_000
const LIVE = 20

/** Alone on two processors it takes a third of this; a machine that is shared takes longer. @unit ms */
const FIRST_VIEW_MS = 3_000

/** How long the page may do one thing, so that nobody notices. @unit ms */
const LONGEST_TASK_MS = 400

const waiting = conditionOf('release', { ask: 'approval', from: ['admin'], count: 1 })

test('a thousand ramps with twenty under way are there at once, and scroll smoothly', {
  ...requireRealPart('Chromium'),
}, async (t) => {
  const { url, open, token } = await openSmallDashboard(t)
  for (let count = 0; count < RAMPS; count += 1) {
    const isLive = count >= RAMPS - LIVE
    const gates = isLive ? [waiting] : []
    const stages = [stageOf('build', {}), stageOf('switch', { needs: ['build'], gates })]
    await open(planOf(stages, { name: `shop-${count}` }), 'somebody')
  }
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await openPage(t, browser, url, { token: await token('viewer') })
  await page.addInitScript(WATCH_TASKS)

  const viewMs = await timeOf(page, '/', () => seen(page.getByText(`${LIVE} ramps are under way.`)))
  const overviewTaskMs = await longestTaskMs(page)
  const listMs = await timeOf(page, '/ramps', async () => {
    await seen(page.getByRole('link', { name: /shop-999 up/ }))
  })
  const rows = page.getByRole('list', { name: 'Ramps' }).getByRole('link')
  assert.ok((await rows.count()) < 100, 'only what is in sight is drawn')
  for (let step = 0; step < 40; step += 1) await page.mouse.wheel(0, 1_600)
  await seen(page.getByRole('link', { name: /shop-0 up/ }))
  const scrollTaskMs = await longestTaskMs(page)
  t.diagnostic(
    `first view ${viewMs} ms, list ${listMs} ms, longest task: overview ${overviewTaskMs} ms, scrolling ${scrollTaskMs} ms`,
  )
  assert.ok(viewMs < FIRST_VIEW_MS, `the overview is there after ${viewMs} ms`)
  assert.ok(listMs < FIRST_VIEW_MS, `the list is there after ${listMs} ms`)
  assert.ok(scrollTaskMs < LONGEST_TASK_MS, `the longest task took ${scrollTaskMs} ms`)
})

/** Keeps the longest task of the page, as the browser tells it. */
const WATCH_TASKS = `
  window.longestTaskMs = 0
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) {
      window.longestTaskMs = Math.max(window.longestTaskMs, Math.round(task.duration))
    }
  }).observe({ type: 'longtask', buffered: true })
`

async function longestTaskMs(page: Page): Promise<number> {
  return await page.evaluate<number>('window.longestTaskMs')
}

async function timeOf(page: Page, path: string, until: () => Promise<void>): Promise<number> {
  const beganMs = performance.now()
  await page.goto(path, { waitUntil: 'commit' })
  await until()
  return Math.round(performance.now() - beganMs)
}
