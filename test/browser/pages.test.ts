import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import type { ProposalPage } from '../../src/server/wire/proposals.ts'
import type { OpenRampReply } from '../../src/server/wire.ts'
import { rampart } from '../support/rampart.ts'
import { requireRealPart } from '../support/require-part.ts'
import { openBrowser, openPage, seen } from './browser.ts'
import {
  askLocally,
  bringUp,
  contractDocument,
  contractText,
  flag,
  openServed,
  type Served,
  writeContract,
} from './served.ts'

describe('the dashboard of a real server', requireRealPart('Chromium'), () => {
  let browser: Browser
  let served: Served

  before(async () => {
    served = await openServed()
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await served.close()
  })

  test('asks who is there, refuses a wrong token, and tells what to do first', async (t) => {
    const page = await openPage(t, browser, served.url)
    await page.goto('/')
    await seen(page.getByRole('heading', { name: 'Sign in' }))
    assert.equal(await page.getByText('Sign in with your provider').count(), 0, 'there is none')
    await page.getByLabel('With a token').fill('rmp_wrong')
    await page.getByRole('button', { name: 'Use token' }).click()
    await seen(page.getByRole('alert'))
    await page.getByLabel('With a token').fill(served.token)
    await page.getByRole('button', { name: 'Use token' }).click()
    await seen(page.getByRole('heading', { name: 'Bring it up' }), page.getByText('rampart init'))
    // Not every three seconds: what is told live is followed from the sign-in on.
    await seen(page.getByRole('status').filter({ hasText: /^Live\b(?!,)/, visible: true }))
    for (const [path, nothing] of [
      ['/ramps', 'Nothing has been ramped yet.'],
      ['/contracts', 'The server holds no contract yet.'],
      ['/approvals', 'No approval is wanted.'],
      ['/ports', 'No port is leased.'],
      ['/regions', 'No agent is connected.'],
      ['/nowhere', 'This address leads nowhere.'],
    ] as const) {
      await page.goto(path === '/nowhere' ? '/ramps/a/b/c' : path)
      await seen(page.getByText(nothing))
    }
  })

  test('signs in by a code in the address, takes it out of there, and by the same one nobody else', async (t) => {
    const headers = { authorization: `Bearer ${served.token}` }
    const made = await fetch(`${served.url}/v1/auth/codes`, { method: 'POST', headers })
    const { code } = (await made.json()) as { readonly code: string }
    const page = await openPage(t, browser, served.url)
    await page.goto(`/#code=${code}`)
    await seen(page.getByRole('heading', { name: 'Bring it up' }))
    assert.equal(new URL(page.url()).hash, '')
    const other = await openPage(t, browser, served.url)
    await other.goto(`/#code=${code}`)
    await seen(other.getByRole('heading', { name: 'Sign in' }))
  })

  test('shows a ramp from its first entry to its evidence, and another beside it', async (t) => {
    const folder = writeContract(served, 'shop', ['db', 'api'])
    await bringUp(served, folder)
    const { token, url } = served
    const page = await openPage(t, browser, url, { token })
    await page.goto('/')
    await seen(page.getByText('Is ready, and watched: every promise is kept.'))
    await page.goto('/ramps?show=reached')
    await page.getByRole('link', { name: /shop up/ }).click()
    await seen(page.getByText('2 of 2 stages ready'))
    await page.getByRole('button', { name: /api/ }).first().click()
    await seen(page.getByRole('heading', { name: 'Proof' }), page.getByText('team-api'))
    await page.getByText('Evidence of').first().click()
    await seen(page.getByText('passed', { exact: true }))
    await page.getByRole('tab', { name: 'Graph' }).click()
    await seen(page.getByRole('region', { name: 'Stages and what they need' }))
    await seen(page.getByLabel('api, ready, on the critical path'))
    await page.getByRole('tab', { name: 'Story' }).click()
    await seen(page.getByRole('list', { name: 'Story' }).getByText('starting'))
    await page.getByRole('tab', { name: 'Logs' }).click()
    await seen(page.getByRole('log').getByText(/listens on/))
    await page.getByRole('tab', { name: 'Why' }).click()
    await seen(page.getByRole('columnheader', { name: 'Usually' }))
    await page.getByRole('tab', { name: 'Compare' }).click()
    await seen(page.getByText('There is no earlier run of this.'))
    const slider = page.getByRole('slider', { name: 'Moment looked at' })
    await slider.focus()
    await slider.press('Home')
    await seen(page.getByText(/As it was at/), page.getByText('0 of 2 stages ready'))
    await page.getByRole('button', { name: 'Back to now' }).click()
    await seen(page.getByText('2 of 2 stages ready'))
  })

  test('tells of a promise that breaks, on whom it is, without being reloaded', async (t) => {
    const folder = writeContract(served, 'stock', ['db'])
    await bringUp(served, folder)
    const page = await openPage(t, browser, served.url, {
      token: served.token,
      colorScheme: 'dark',
    })
    await page.goto('/')
    const environments = page.getByRole('region', { name: /Environments/ })
    await seen(environments.getByText('stock'))
    flag(folder, 'db')
    await seen(page.getByText(/1 promise is broken/))
    const row = page.getByRole('link', { name: /stock: db answers/ })
    await seen(row.getByText('team-db'), row.getByText(/answered 503/))
    await seen(environments.getByText('Was ready, but a promise is broken.'))
  })

  test('says what a word will do before it is said, and that it was refused', async (t) => {
    const late = '      onBreach: hold\n      deadline: 1500ms\n'
    const folder = writeContract(served, 'billing', ['db'], late)
    flag(folder, 'db')
    const { ramp } = await askLocally<OpenRampReply>(served.workspace, '/v1/ramps', {
      contract: contractDocument('billing', ['db'], late),
      directory: folder,
      goal: 'up',
      settings: {},
      by: 'somebody',
    })
    const page = await openPage(t, browser, served.url, { token: served.token, width: 390 })
    await page.goto(`/ramps/${ramp}`)
    await seen(page.getByText('held', { exact: true }))
    await page.getByRole('button', { name: 'Resume…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Resume this ramp?' })
    await seen(dialog.getByText('db is taken back first, and then tried again.'))
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.goto(`/ramps/${ramp}?stage=db`)
    await page.getByRole('button', { name: 'Try again…' }).click()
    const retry = page.getByRole('dialog', { name: 'Try db again?' })
    await seen(retry.getByText(/db is taken back first, with everything that stands on it/))
    await retry.getByRole('button', { name: 'Try again', exact: true }).click()
    await retry.waitFor({ state: 'detached' })
    await seen(page.getByText('2, tried again'), page.getByText('held', { exact: true }))
    await page.getByRole('button', { name: 'Abort…' }).click()
    const abort = page.getByRole('dialog', { name: 'Abort this ramp?' })
    await abort.getByLabel('Leave everything as it stands').check()
    await seen(abort.getByText('The ramp ends as abandoned. This cannot be resumed.'))
    await abort.getByLabel('Take back what was done').check()
    await seen(abort.getByText(/One stage is taken back/))
    await abort.getByLabel('Why').fill('the disk is full')
    await abort.getByRole('button', { name: 'Abort', exact: true }).click()
    await seen(page.getByText('undone', { exact: true }), page.getByText(/the disk is full/))
    await page.goto('/')
    await seen(page.getByRole('region', { name: /Broke in the last day/ }).getByText('billing up'))
  })

  test('proves the ledger, finds in it, and shows an entry whole', async (t) => {
    const page = await openPage(t, browser, served.url, { token: served.token })
    await page.goto('/ledger')
    await page.getByRole('button', { name: 'Verify' }).click()
    await seen(page.getByText(/^Intact: \d+ entries/))
    await page.getByLabel('Kind').selectOption('ramp.')
    await page.getByLabel('Search these entries').fill('shop-up')
    await page
      .getByRole('list', { name: 'Entries' })
      .getByRole('button', { name: /ramp.ended/ })
      .first()
      .click()
    const entry = page.getByRole('dialog', { name: /^Entry \d+/ })
    await seen(entry.getByText('"outcome": "reached"'))
    await entry.getByRole('link').click()
    await seen(page.getByRole('heading', { name: 'shop up' }))
  })

  test('shows revisions and their differences, and where a change is wrong', async (t) => {
    const apply = (components: readonly string[]): Promise<unknown> =>
      askLocally(served.workspace, '/v1/apply', {
        sources: [{ path: 'shop.yaml', text: contractText('shop', components) }],
        as: components.map((component) => `team-${component}`),
      })
    await apply(['db'])
    await apply(['db', 'api'])
    const page = await openPage(t, browser, served.url, { token: served.token })
    await page.goto('/contracts')
    await page.getByRole('link', { name: /shop/ }).click()
    await seen(page.getByRole('button', { name: /Revision 2/ }), page.getByText('apiVersion:'))
    await page.getByRole('tab', { name: 'Differences' }).click()
    await seen(page.getByText('spec.components.api'))
    await page.getByRole('tab', { name: 'Try a change' }).click()
    const text = page.getByLabel('Text of shop')
    const before = await text.inputValue()
    await text.fill(before.replace('owner: team-db', 'ownr: team-db'))
    await page.getByRole('button', { name: 'Try it' }).click()
    await seen(page.getByText('One thing is wrong'), page.getByText(/did you mean owner/))
    await text.fill(before.replace('owner: team-db', 'owner: team-data'))
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByRole('button', { name: 'Propose…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Propose', exact: true }).click()
    await seen(page.getByText(/is proposed, not amended yet/), dialog.getByText('team-db'))
    await dialog.getByRole('button', { name: 'Done', exact: true }).click()
    const proposals = '/v1/contracts/Environment/shop/proposals'
    const waiting = await askLocally<ProposalPage>(served.workspace, proposals)
    const answers = `${proposals}/${waiting.proposals[0]?.proposal}/answers`
    await page.goto('/')
    const needs = page.getByRole('region', { name: /Needs a person/ })
    await seen(needs.getByText('Change wanted'), needs.getByText('team-data and team-db'))
    const yes = { say: 'approve', by: 'tina', as: ['team-db'] }
    await askLocally(served.workspace, answers, yes)
    await page.goto('/approvals')
    await seen(
      page.getByText('tina said yes for team-db'),
      page.getByText(/waits for/).getByText('team-data'),
    )
    await page.getByRole('button', { name: 'Look or withdraw of Environment/shop' }).click()
    const looking = page.getByRole('dialog', { name: 'Change Environment/shop?' })
    await seen(looking.getByText('spec.components.db.owner'))
    assert.equal(await looking.getByRole('button', { name: 'Approve' }).count(), 0)
    await looking.getByRole('button', { name: 'Leave it' }).click()
    await askLocally(served.workspace, answers, { ...yes, as: ['team-data'] })
    await seen(page.getByText('No change of a contract waits for an owner.'))
    await page.goto('/contracts/Environment/shop')
    await seen(page.getByRole('button', { name: /Revision 3/ }))
  })

  test('approves and rejects what others propose, and withdraws what is its own', async (t) => {
    const { workspace, url, token } = served
    const text = (owner: string, deadline: string): string =>
      contractText('till', ['db'], `      deadline: ${deadline}\n`).replace('team-db', owner)
    const apply = (words: object): Promise<unknown> => askLocally(workspace, '/v1/apply', words)
    const sourced = (owner: string, deadline: string): object => ({
      sources: [{ path: 'till.yaml', text: text(owner, deadline) }],
    })
    await apply({ ...sourced('token:browser', '9s'), as: ['token:browser'] })
    const page = await openPage(t, browser, url, { token })
    const propose = async (deadline: string): Promise<void> => {
      await apply({ ...sourced('token:browser', deadline), by: 'somebody', why: 'it is slow' })
      await page.goto('/approvals')
      await page.getByRole('button', { name: 'Approve or reject of Environment/till' }).click()
      await seen(page.getByRole('dialog').getByText('spec.components.db.deadline'))
    }
    await propose('8s')
    await seen(page.getByText(/proposed by somebody .*: it is slow/))
    await page.getByLabel('Why').fill('too short')
    await page.getByRole('button', { name: 'Reject', exact: true }).click()
    await seen(page.getByText('No change of a contract waits for an owner.'))
    await propose('7s')
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await seen(page.getByText('No change of a contract waits for an owner.'))
    await page.goto('/contracts/Environment/till')
    await seen(page.getByRole('button', { name: /Revision 2/ }))
    const own = await fetch(`${url}/v1/apply`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(sourced('team-till', '7s')),
    })
    assert.equal(own.status, 200)
    await page.goto('/approvals')
    await page.getByRole('button', { name: 'Look or withdraw of Environment/till' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
    await seen(page.getByText('No change of a contract waits for an owner.'))
  })

  test('makes a token whose secret it shows once, and revokes it', async (t) => {
    const page = await openPage(t, browser, served.url, { token: served.token })
    await page.goto('/access')
    await seen(page.getByText('admin everywhere'))
    await page.getByRole('tab', { name: 'Tokens' }).click()
    await page.getByRole('button', { name: 'Make a token…' }).click()
    await page.getByLabel('Name').fill('ci-deploy')
    await page.getByLabel('Contracts').fill('Environment/shop-*')
    await page.getByRole('button', { name: 'Make it' }).click()
    const secret = page.getByRole('dialog').getByText(/^rmp_/)
    await seen(secret)
    const text = (await secret.textContent()) ?? ''
    await page.getByRole('button', { name: 'I have it' }).click()
    await seen(page.getByText('operator of Environment/shop-*'))
    assert.ok(text !== '' && !(await page.content()).includes(text), 'the secret is gone')
    await page.getByRole('button', { name: 'Revoke token:ci-deploy' }).click()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await seen(page.getByText(/revoked just now/))
    await page.getByRole('tab', { name: 'People' }).click()
    await seen(page.getByText('Nobody has signed in.'))
  })

  test('says of what is up that nothing watches it any more', async (t) => {
    const folder = writeContract(served, 'alone', ['db'])
    await bringUp(served, folder)
    const { token, url, workspace } = served
    const page = await openPage(t, browser, url, { token })
    await page.goto('/')
    const row = page
      .getByRole('region', { name: /Environments/ })
      .getByRole('link', { name: /^alone/ })
    await seen(row.getByText('Is ready, and watched: every promise is kept.'))
    const [, watch = ''] =
      /^\/ramps\/(alone-watch-.*)$/.exec((await row.getAttribute('href')) ?? '') ?? []
    const words = ['abort', watch, '--leave', '--workspace', workspace]
    const { exitCode, stderr } = await rampart(words, { cwd: folder })
    assert.equal(exitCode, 0, stderr)
    await seen(row.getByText('Is ready, but nothing watches it. Next: rampart up.'))
  })

  test('is used by keys alone', async (t) => {
    await bringUp(served, writeContract(served, 'keys', ['db']))
    const page = await openPage(t, browser, served.url, { token: served.token })
    await page.goto('/')
    await seen(page.getByRole('region', { name: /Environments/ }))
    await page.keyboard.press('?')
    const keys = page.getByRole('dialog', { name: 'Keys' })
    await seen(keys)
    await page.keyboard.press('Escape')
    await keys.waitFor({ state: 'detached' })
    await page.keyboard.press('g')
    await page.keyboard.press('r')
    const rows = page.getByRole('list', { name: 'Ramps' }).getByRole('link')
    await seen(page.getByRole('heading', { name: 'Ramps' }), rows)
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    const address = await rows.nth(1).getAttribute('href')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**${address}`)
    await page.keyboard.press('/')
    await seen(page.getByRole('combobox'))
    await page.keyboard.type('regions')
    await page.keyboard.press('Enter')
    await seen(page.getByRole('heading', { name: 'Regions', level: 1 }))
  })
})
