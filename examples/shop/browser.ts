/**
 * Opening a page in the browser of whoever sits before the terminal; where nobody does, nothing is
 * opened. What is opened must hold no secret that lasts: every list of processes shows it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Where it would be opened. */
export interface Place {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether a person reads and writes here. */
  readonly isTerminal: boolean
}

/** The program that opens an address, with its arguments; undefined where nobody would see it. */
export function openerOf(place: Place, url: string): readonly [string, ...string[]] | undefined {
  const { platform, env, isTerminal } = place
  if (!isTerminal || isSet(env['CI'])) return undefined
  if (platform === 'darwin') return ['open', url]
  // The first word in quotes would be the title of a window.
  if (platform === 'win32') return ['cmd', '/c', 'start', '""', url.replaceAll('&', '^&')]
  const hasDisplay = isSet(env['DISPLAY']) || isSet(env['WAYLAND_DISPLAY'])
  return hasDisplay ? ['xdg-open', url] : undefined
}

/** Opens an address. @returns whether something was started for it */
export async function openInBrowser(place: Place, url: string): Promise<boolean> {
  const opener = openerOf(place, url)
  if (opener === undefined) return false
  const [command, ...args] = opener
  const isVerbatim = { windowsVerbatimArguments: place.platform === 'win32' }
  const child = spawn(command, args, {
    ...{ detached: true, stdio: 'ignore', env: place.env as NodeJS.ProcessEnv, ...isVerbatim },
  })
  child.unref()
  try {
    await once(child, 'spawn')
    return true
  } catch {
    // There is no such program here; whoever asks says the address.
    return false
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0'
}
