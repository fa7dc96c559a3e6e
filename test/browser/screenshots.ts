/**
 * Takes pictures of the dashboard, to be looked at: a healthy, a stuck, a broken and an empty system, one
 * with published scans and one in which a service changes hands, each in light, dark and narrow (on a
 * phone, light and dark). They are left in test/tmp/screenshots.
 *
 * Usage: node test/browser/screenshots.ts [system ...]
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { present } from '../../src/core/fault/assert.ts'
import { PortKernel } from '../../src/ports/kernel/port-kernel.ts'
import { LinuxKernel } from '../../src/runtimes/process/kernel/linux.ts'
import type { LeaseList, PortGrant, PortLease, PortWish } from '../../src/server/wire/ports.ts'
import type { ScanRequest } from '../../src/server/wire/scans.ts'
import type { EnvironmentPage, OpenRampReply, RampPage, RampView } from '../../src/server/wire.ts'
import { until } from '../support/until.ts'
import { openBrowser } from './browser.ts'
import { publishedScans } from './published-scans.ts'
import {
  askLocally,
  bringUp,
  contractDocument,
  flag,
  openServed,
  type Served,
  writeContract,
} from './served.ts'
import { openSlowService, type StaysBy } from './slow-service.ts'

const FOLDER = join(import.meta.dirname, '../tmp/screenshots')

const LOOKS = {
  light: { colorScheme: 'light', width: 1_440 },
  dark: { colorScheme: 'dark', width: 1_440 },
  narrow: { colorScheme: 'light', width: 390 },
  'narrow-dark': { colorScheme: 'dark', width: 390 },
} as const

const PARTS = ['db', 'cache', 'api']

/** Brings each system into its state, and gives the pages that tell of it. */
const SYSTEMS: Readonly<Record<string, (served: Served) => Promise<readonly string[]>>> = {
  empty: async () => ['/', '/contracts', '/ports'],
  ports: async (served) => {
    await bringUp(served, writeContract(served, 'shop', PARTS))
    await bringUp(served, writePorts(served))
    const stolen = await leasePorts(served)
    return ['/ports', `/ports?port=${stolen}`]
  },
  scans: async (served) => {
    for (const [name, scan] of Object.entries(publishedScans())) await publish(served, name, scan)
    return ['/ports?view=scans', '/ports?view=scans&scan=bank&guesses=true']
  },
  'hand-over': (served) => handOver(served, 'front'),
  'shared-socket': (served) => handOver(served, 'socket'),
  'taken-back': async (served) => {
    const { up, ended } = openSlowService(served)
    await ended(await up('one'), 'reached')
    const failed = await up('never')
    await ended(failed, 'undone')
    return ['/', `/ramps/${failed}?view=hand-over`, `/ramps/${failed}`]
  },
  healthy: async (served) => {
    const folder = writeContract(served, 'shop', PARTS)
    await bringUp(served, folder)
    await askLocally(served.workspace, '/v1/apply', {
      documents: [contractDocument('shop', PARTS)],
    })
    const ramp = await newest(served, 'shop-up')
    const views = ['graph', 'story', 'logs', 'why'].map((view) => `/ramps/${ramp}?view=${view}`)
    const ofContracts = ['/contracts', '/contracts/Environment/shop']
    const ofRamp = [`/ramps/${ramp}?stage=api`, ...views]
    return ['/', '/ramps', ...ofRamp, ...ofContracts, '/ledger', '/regions', '/access']
  },
  stuck: async (served) => {
    await bringUp(served, writeContract(served, 'shop', PARTS))
    const hold = '      onBreach: hold\n      deadline: 2s\n'
    const folder = writeContract(served, 'billing', ['queue', 'invoices'], hold)
    flag(folder, 'invoices')
    const contract = contractDocument('billing', ['queue', 'invoices'], hold)
    const { ramp } = await askLocally<OpenRampReply>(served.workspace, '/v1/ramps', {
      contract,
      directory: folder,
      goal: 'up',
      settings: {},
      by: 'somebody',
    })
    await until('it holds', async () => (await phaseOf(served, ramp)) === 'held', 30_000)
    await propose(served)
    return ['/', `/ramps/${ramp}?stage=invoices`, '/approvals']
  },
  broken: async (served) => {
    const folder = writeContract(served, 'shop', PARTS)
    await bringUp(served, folder)
    flag(folder, 'cache')
    flag(folder, 'api')
    await until('two promises are broken', async () => (await brokenOf(served)) === 2, 30_000)
    const ramp = await newest(served, 'shop-watch')
    return ['/', `/ramps/${ramp}?stage=cache`]
  },
}

/** Hands a service over, and stops where the old one finishes what it has. */
async function handOver(served: Served, by: StaysBy): Promise<readonly string[]> {
  const { up, ended, port: portOf } = openSlowService(served, by)
  await ended(await up('one'), 'reached')
  const port = await portOf()
  get({ port, path: '/slow', host: '127.0.0.1' }).on('error', () => undefined)
  const underWay = await up('two')
  const last = by === 'front' ? 'web/drained' : 'web/retire'
  await until('the old one finishes', async () => {
    const { state } = await askLocally<RampView>(served.workspace, `/v1/ramps/${underWay}`)
    return state.stages.some(({ name, phase }) => name === last && phase !== 'waiting')
  })
  const views = ['hand-over', 'timeline', 'graph'].map((view) => `/ramps/${underWay}?view=${view}`)
  return ['/', ...views, '/ports', `/ports?port=${port}`]
}

/** A contract with a wide range, a narrow one and a single port. */
function writePorts({ workspace }: Served): string {
  const folder = join(workspace, 'ports')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'rampart.yaml'),
    `apiVersion: rampart/v1
kind: Ports
metadata: { name: office }
spec:
  ranges:
    archive:
      ports: 21000-22999
      for: { service: archive }
      perService: 20
      fixed: { archive/http: 21900 }
    desks:
      ports: 24000-24019
      for: { service: desk/*, environment: staging }
      claim: [deployers]
      cooling: 10m
      fixed: { desk/api/http: 24000, desk/web/http: 24001, desk/web/metrics: 24009 }
    edge: { ports: 26443, addresses: any, for: { service: edge } }
`,
  )
  return folder
}

/** Leases ports to many services, one of which a stranger takes. @returns that one */
async function leasePorts(served: Served): Promise<number> {
  const { workspace } = served
  const kernel = new PortKernel(new LinuxKernel())
  const claim = async (wishes: readonly PortWish[]): Promise<readonly PortLease[]> => {
    const grant = await askLocally<PortGrant>(workspace, '/v1/ports/leases', { wishes })
    return grant.verdict === 'granted' ? grant.leases : []
  }
  const services = ['till', 'stock', 'billing', 'a-team/with-a-long-name-of-its-service']
  const all = ['http', 'metrics', 'debug'].flatMap((port) =>
    services.map((service) => ({ owner: { service, port, scope: 'feature-x' } })),
  )
  await claim(all)
  const [taken] = await claim([{ owner: { service: 'till', port: 'admin' }, port: 8_123 }])
  const { id, claim: over } = present(taken, 'the port is free')
  // Whoever it was given to does not listen; this process does.
  const { pid = 0 } = spawn('sleep', ['120'], { detached: true, stdio: 'ignore' })
  const owner = present(kernel.identify(pid), 'it lives')
  await askLocally(workspace, `/v1/ports/leases/${id}/assign`, { process: owner })
  createServer().listen(over.port, '127.0.0.1').unref()
  const state = async (): Promise<string | undefined> =>
    (await leasesOf(served)).find((lease) => lease.id === id)?.state
  await until('it is stolen', async () => (await state()) === 'stolen', 30_000)
  return over.port
}

async function leasesOf({ workspace }: Served): Promise<LeaseList['leases']> {
  return (await askLocally<LeaseList>(workspace, '/v1/ports')).leases
}

async function publish({ url, token }: Served, name: string, scan: ScanRequest): Promise<void> {
  const { status } = await fetch(`${url}/v1/scans/${name}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(scan),
  })
  assert.equal(status, 200, `the scan of ${name} is taken`)
}

/** Has the owner of one part want what takes the word of another one. */
async function propose({ workspace }: Served): Promise<void> {
  const apply = (parts: readonly string[], words: object): Promise<unknown> => {
    const document = contractDocument('billing', parts)
    return askLocally(workspace, '/v1/apply', { documents: [document], ...words })
  }
  await apply(['queue', 'invoices'], { as: ['team-queue', 'team-invoices'] })
  const why = 'letters are written by the invoices themselves'
  await apply(['queue', 'invoices', 'letters'], { by: 'somebody', why })
  const other = contractDocument('shop', PARTS)
  await askLocally(workspace, '/v1/apply', {
    documents: [other],
    as: PARTS.map((one) => `team-${one}`),
  })
  const fewer = contractDocument('shop', PARTS.slice(0, 2))
  await askLocally(workspace, '/v1/apply', { documents: [fewer], by: 'somebody' })
}

const browser = await openBrowser()
try {
  const wanted = process.argv.slice(2)
  for (const [system, bring] of Object.entries(SYSTEMS)) {
    if (wanted.length > 0 && !wanted.includes(system)) continue
    const served = await openServed()
    try {
      const pages = await bring(served)
      for (const look of Object.keys(LOOKS) as (keyof typeof LOOKS)[]) {
        await take(browser, served, { system, look, pages })
      }
    } finally {
      await served.close()
    }
  }
} finally {
  await browser.close()
}

async function take(
  browser: Browser,
  { url, token }: Served,
  wanted: {
    readonly system: string
    readonly look: keyof typeof LOOKS
    readonly pages: readonly string[]
  },
): Promise<void> {
  const { system, look, pages } = wanted
  const { width, colorScheme } = LOOKS[look]
  const viewport = { width, height: 900 }
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
  await context.request.post(`${url}/v1/auth/session`, { data: { token } })
  const page = await context.newPage()
  for (const [place, path] of pages.entries()) {
    await page.goto(`${url}${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('load')
    for (const loading of await page.getByLabel('Loading').all()) {
      await loading.waitFor({ state: 'detached' })
    }
    const file = join(FOLDER, `${system}-${look}-${place}.png`)
    await page.screenshot({ path: file })
    console.log(file)
  }
  await context.close()
}

async function newest({ workspace }: Served, begins: string): Promise<string> {
  const { ramps } = await askLocally<RampPage>(workspace, '/v1/ramps')
  return ramps.find(({ ramp }) => ramp.startsWith(begins))?.ramp ?? ''
}

async function brokenOf({ workspace }: Served): Promise<number> {
  const { environments } = await askLocally<EnvironmentPage>(workspace, '/v1/environments')
  return environments[0]?.watch?.broken.length ?? 0
}

async function phaseOf({ workspace }: Served, ramp: string): Promise<string | undefined> {
  const { ramps } = await askLocally<RampPage>(workspace, '/v1/ramps')
  return ramps.find((one) => one.ramp === ramp)?.phase
}
