/**
 * The dashboard of the demo: the shop's own daemon, with a door on this machine only, and a token for
 * whoever sits before it. Where there is no dashboard, the demo goes on without one.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { openerOf, openInBrowser, type Place } from './browser.ts'

/** Where it is, and how one gets in. */
export interface Dashboard {
  readonly url: string
  readonly token: string
}

/** Starts it; undefined when the shop's daemon runs already, as after a demo that was killed. */
export async function openDashboard(rampart: string, shop: string): Promise<Dashboard | undefined> {
  const at = ['--workspace', shop]
  const server = spawn(process.execPath, [rampart, 'serve', '--listen', '127.0.0.1:0', ...at], {
    // It ends by `rampart daemon stop`, not by the Ctrl-C that ends the demo.
    detached: true,
    env: { ...process.env, RAMPART_LOG: 'text' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const url = await listeningAt(server)
  server.unref()
  if (url === undefined) return undefined
  const create = ['token', 'create', `demo-${server.pid}`, '--role', 'approver', '--expires', '1d']
  const maker = spawn(process.execPath, [rampart, ...create, ...at], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let token = ''
  maker.stdout.setEncoding('utf8').on('data', (text: string) => {
    token += text
  })
  await once(maker, 'close')
  return { url, token: token.trim() }
}

/**
 * Opens it in the browser of whoever sits here, signed in by a code that is worth something once: the
 * token itself would stand in the list of processes, and in the browser's history.
 *
 * @returns false where nobody would see it, or it cannot be opened
 */
export async function openForPerson({ url, token }: Dashboard, place: Place): Promise<boolean> {
  if (openerOf(place, url) === undefined) return false
  try {
    const headers = { authorization: `Bearer ${token}` }
    // Where no dashboard was built there is nothing to be shown.
    const page = await fetch(url)
    const made = await fetch(`${url}/v1/auth/codes`, { method: 'POST', headers })
    if (!page.ok || !made.ok) return false
    const { code } = (await made.json()) as { readonly code: string }
    return await openInBrowser(place, `${url}/#code=${code}`)
  } catch {
    // The demo needs no browser; where to look is said in any case.
    return false
  }
}

/** Undefined when it ends instead. It is read for as long as the demo runs, since it goes on talking. */
function listeningAt(server: ChildProcess): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  server.once('error', () => resolve(undefined))
  server.once('exit', () => resolve(undefined))
  const { stderr } = server
  if (stderr === null) return Promise.resolve(undefined)
  createInterface({ input: stderr }).on('line', (line) => {
    const [, url] = /Listening at (http\S+?)\.?$/.exec(line) ?? []
    if (url !== undefined) resolve(url)
  })
  // The demo's end is not to wait for the daemon's.
  if (stderr instanceof Socket) promise.then(() => stderr.unref())
  return promise
}
