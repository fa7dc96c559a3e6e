/** A browser for a file of tests, and pages in it that complain when anything goes wrong in them. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { present } from '../../src/core/fault/assert.ts'
import { findPart, REAL_PARTS } from '../support/real-parts.ts'

/** How long something may take to be seen, on a machine that is busy. @unit ms */
const PATIENCE_MS = 60_000

/** As it is, without what it would tell and ask of others. */
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
]

/** Starts the browser of Debian. */
export function openBrowser(): Promise<Browser> {
  const part = present(
    REAL_PARTS.find(({ name }) => name === 'Chromium'),
    'Chromium is in the list of real parts',
  )
  return chromium.launch({
    executablePath: present(findPart(part), 'tests that need it ask whether it is here'),
    args: FLAGS,
  })
}

/** How a page is looked at. */
export interface Look {
  readonly token?: string
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
}

/**
 * A page of its own, signed in with a token. The test fails when the page throws, asks another server
 * for anything, or does what its content security policy forbids.
 */
export async function openPage(
  t: TestContext,
  browser: Browser,
  url: string,
  look: Look = {},
): Promise<Page> {
  const { token, colorScheme = 'light', width = 1_280 } = look
  const context = await browser.newContext({
    baseURL: url,
    colorScheme,
    reducedMotion: 'reduce',
    viewport: { width, height: 800 },
  })
  const wrong: string[] = []
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  page.on('pageerror', (error) => wrong.push(String(error.stack)))
  page.on('console', (message) => {
    if (/Content Security Policy|Warning:/i.test(message.text())) wrong.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) wrong.push(`asked ${request.url()}`)
  })
  if (token !== undefined) {
    const signedIn = await context.request.post('/v1/auth/session', { data: { token } })
    assert.equal(signedIn.status(), 200, 'the token is good for a session')
  }
  t.after(async () => {
    await context.close()
    assert.deepEqual(wrong, [], 'nothing went wrong in the page')
  })
  return page
}

/** Waits until it is to be seen. */
export async function seen(...locators: readonly Locator[]): Promise<void> {
  for (const locator of locators) await locator.first().waitFor()
}
