/**
 * The demo: brings the shop up with Rampart, shows where to click, and takes it down on Ctrl-C. It
 * uses nothing but the `rampart` command, as anybody would. `rampart demo` runs this very program.
 *
 *   npm run demo                          up, live; Ctrl-C takes it down
 *   npm run demo -- --exit                up, down, and exit
 *   npm run demo -- --break worker        break a part and see how that is noticed and undone
 *   npm run demo -- --exit --json         for programs: the last line is one JSON object
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Dashboard, openDashboard } from './dashboard.ts'

/** What each break gives the shop: the variables that its contract reads. */
const BREAKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...Object.fromEntries(
    ['db', 'schema', 'worker', 'api', 'cache', 'smoke'].map((part) => [part, { SHOP_BREAK: part }]),
  ),
  replication: { SHOP_BREAK_US: 'replication' },
  'region-us': { SHOP_BREAK_US: 'db' },
  'version-skew': { SHOP_RELEASE_US: '2.0.9' },
}
const shop = dirname(fileURLToPath(import.meta.url))

const { values: options } = parseArgs({
  options: {
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
  if (dashboard !== undefined) tellOfDashboard(dashboard)
  say('Bringing up a small shop in two regions, the second one following the first.\n')
  const up = await rampart(['up', shop])
  const isOpen = up.exitCode === 0
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
  if (options.json) process.stdout.write(`${JSON.stringify({ ...up.result, left })}\n`)
  const isNothingLeft = JSON.stringify(left) === '{"processes":0,"ports":0}'
  if (options.json && !isNothingLeft) return 1
  if (!isOpen) return up.exitCode
  return down.exitCode
}

/** Runs one command: its JSON when that was asked for, else on this terminal. */
async function rampart(
  args: readonly string[],
  how: 'shown' | 'quiet' = 'shown',
): Promise<{ readonly exitCode: number; readonly result?: Result }> {
  const isRead = options.json && how === 'shown'
  const child = spawn(process.execPath, [rampartBin, ...args, ...(isRead ? ['--json'] : [])], {
    stdio: [
      'inherit',
      how === 'quiet' ? 'ignore' : isRead ? 'pipe' : 'inherit',
      how === 'quiet' ? 'ignore' : 'inherit',
    ],
    env: { ...process.env, ...BREAKS[options.break] },
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
  const child = spawn(process.execPath, [rampartBin, 'status', '--json', '--workspace', shop], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { environments } = JSON.parse(await readAll(child)) as {
    environments: { components: { subject: string; ports: Record<string, number> }[] }[]
  }
  for (const region of ['eu', 'us']) {
    const subject = `shop/${region}/api`
    const api = environments[0]?.components.find((component) => component.subject === subject)
    say(`\nThe shop is open in ${region}:  http://127.0.0.1:${api?.ports['http']}/  (and /ready)`)
  }
  say(`\n\nIn another terminal, in ${shop}: npx rampart status, npx rampart logs -f\n`)
}

function tellOfDashboard({ url, token }: Dashboard): void {
  say(`\nThe dashboard:  ${url}\n  sign in with this token, which holds for a day:  ${token}\n\n`)
}

function say(text: string): void {
  if (!options.json) process.stderr.write(text)
}
