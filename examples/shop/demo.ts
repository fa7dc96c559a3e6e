/**
 * The demo: brings the shop up with Rampart, replaces its API by a new release while customers shop,
 * shows where to click, and takes it down on Ctrl-C. It uses nothing but the `rampart` command, as
 * anybody would. `rampart demo` runs this very program.
 *
 *   npm run demo                          up, a new release, live; Ctrl-C takes it down
 *   npm run demo -- --exit                up, a new release, down, and exit
 *   npm run demo -- --no-roll             without the new release
 *   npm run demo -- --no-open             without opening the dashboard in the browser
 *   npm run demo -- --break worker        break a part and see how that is noticed and undone
 *   npm run demo -- --exit --json         for programs: the last line is one JSON object
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Served, sendCustomers } from './customers.ts'
import { type Dashboard, openDashboard, openForPerson } from './dashboard.ts'

/** What each break gives the shop: the variables that its contract reads. */
const BREAKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...Object.fromEntries(
    ['db', 'schema', 'worker', 'api', 'cache', 'smoke'].map((part) => [part, { SHOP_BREAK: part }]),
  ),
  replication: { SHOP_BREAK_US: 'replication' },
  'region-us': { SHOP_BREAK_US: 'db' },
  'version-skew': { SHOP_RELEASE_US: '2.0.9' },
}
/** What the new release of the API is called, and how the shop's contract is told so. */
const RELEASE = '2.2.0'
const NEXT_RELEASE = { SHOP_RELEASE: RELEASE, SHOP_RELEASE_US: RELEASE }

const shop = dirname(fileURLToPath(import.meta.url))

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    roll: { type: 'boolean', default: true },
    open: { type: 'boolean', default: true },
    exit: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    break: { type: 'string', default: '' },
    rampart: { type: 'string', default: join(shop, '../../bin/rampart.mjs') },
  },
})
const rampartBin = options.rampart

interface Result {
  readonly verdict: string
  readonly [member: string]: unknown
}

/** A lease, as `rampart ports list --json` prints it. */
interface Lease {
  readonly owner: { readonly service: string }
  readonly claim: { readonly port: number }
  readonly front?: string
}

process.exitCode = await demo()

async function demo(): Promise<number> {
  if (options.break !== '' && !Object.hasOwn(BREAKS, options.break)) {
    process.stderr.write(`--break takes one of: ${Object.keys(BREAKS).join(', ')}\n`)
    return 2
  }
  // The commands started here get the terminal's Ctrl-C themselves and deal with it.
  let interrupted = false
  const interruption = once(process, 'SIGINT').then(() => {
    interrupted = true
  })
  process.on('SIGINT', () => undefined)
  // Waiting for a signal alone would not keep this program running.
  const staying = setInterval(() => undefined, 60_000)
  const dashboard = options.exit ? undefined : await openDashboard(rampartBin, shop)
  if (dashboard !== undefined) await showDashboard(dashboard)
  say('Bringing up a small shop in two regions, the second one following the first.\n')
  const up = await rampart(['up', shop])
  const isOpen = up.exitCode === 0
  const roll = isOpen && options.roll && !interrupted ? await rollApi() : undefined
  if (isOpen && !options.exit && !interrupted) {
    await tellWhereToClick()
    if (dashboard !== undefined) tellOfDashboard(dashboard)
    say('Ctrl-C takes it down.\n')
    await interruption
    say('\nTaking the shop down.\n')
  }
  clearInterval(staying)
  const down = await rampart(['down', shop])
  await rampart(['daemon', 'stop', '--workspace', shop], 'quiet')
  const left = down.result?.['left']
  if (options.json) process.stdout.write(`${JSON.stringify({ ...up.result, roll, left })}\n`)
  const isNothingLeft = JSON.stringify(left) === '{"processes":0,"ports":0}'
  if (options.json && !isNothingLeft) return 1
  if (!isOpen) return up.exitCode
  if (roll !== undefined && !isRolled(roll)) return 1
  return down.exitCode
}

/** Nobody was turned away, and somebody came: that nobody asked at all would prove nothing. */
function isRolled({ exitCode, failed, releases }: Served & { readonly exitCode: number }): boolean {
  return exitCode === 0 && failed === 0 && (releases[RELEASE] ?? 0) > 0
}

/** Replaces the API in both regions while customers shop there. */
async function rollApi(): Promise<Served & { readonly exitCode: number }> {
  const fronts = await frontsOfApi()
  say(`\nReplacing the API by release ${RELEASE} in both regions, while customers shop.\n`)
  const sendHome = sendCustomers(Object.values(fronts))
  const { exitCode } = await rampart(['up', shop], 'shown', NEXT_RELEASE)
  const served = await sendHome()
  const releases = Object.entries(served.releases).map(([name, count]) => `${count} by ${name}`)
  say(`\nMeanwhile customers asked ${served.requests} times (${releases.join(', ')}); `)
  say(`${served.failed === 0 ? 'none was' : `${served.failed} were`} turned away.\n`)
  return { exitCode, ...served }
}

/** Runs one command: its JSON when that was asked for, else on this terminal. */
async function rampart(
  args: readonly string[],
  how: 'shown' | 'quiet' = 'shown',
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly exitCode: number; readonly result?: Result }> {
  const isRead = options.json && how === 'shown'
  const child = spawn(process.execPath, [rampartBin, ...args, ...(isRead ? ['--json'] : [])], {
    stdio: [
      'inherit',
      how === 'quiet' ? 'ignore' : isRead ? 'pipe' : 'inherit',
      how === 'quiet' ? 'ignore' : 'inherit',
    ],
    env: { ...process.env, ...BREAKS[options.break], ...settings },
  })
  const text = isRead ? await readAll(child) : ''
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  const exitCode = child.exitCode ?? 1
  const last = text.trim().split('\n').at(-1)
  return last === undefined || last === '' ? { exitCode } : { exitCode, result: JSON.parse(last) }
}

async function readAll(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const chunk of child.stdout ?? []) text += String(chunk)
  return text
}

async function tellWhereToClick(): Promise<void> {
  for (const [region, address] of Object.entries(await frontsOfApi())) {
    say(`\nThe shop is open in ${region}:  ${address}  (and ${address}ready)`)
  }
  say(`\n\nIn another terminal, in ${shop}: npx rampart status, npx rampart ports list\n`)
}

/** Where the API is reached in each region, whichever release serves there. */
async function frontsOfApi(): Promise<Readonly<Record<string, string>>> {
  const child = spawn(
    process.execPath,
    [rampartBin, 'ports', 'list', '--json', '--workspace', shop],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const leases = (await readAll(child))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Lease)
  const fronts = leases.filter(({ front }) => front !== undefined)
  return Object.fromEntries(
    fronts.map(({ owner, claim }) => [
      owner.service.split('/')[1] ?? '',
      `http://127.0.0.1:${claim.port}/`,
    ]),
  )
}

async function showDashboard(dashboard: Dashboard): Promise<void> {
  tellOfDashboard(dashboard)
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY
  const place = { platform: process.platform, env: process.env, isTerminal }
  const isOpened = options.open && !options.json && (await openForPerson(dashboard, place))
  if (isOpened) say('It opens in your browser, where you are signed in already.\n\n')
}

function tellOfDashboard({ url, token }: Dashboard): void {
  say(`\nThe dashboard:  ${url}\n  sign in with this token, which holds for a day:  ${token}\n\n`)
}

function say(text: string): void {
  if (!options.json) process.stderr.write(text)
}
