/**
 * The keeper: a small process that holds ports for a workspace and outlives its daemons, so that no
 * crash of one lets go of what was promised. It knows nothing of leases or rules. It ends by itself
 * once no daemon has been connected for a while and it holds nothing, or, within seconds and whatever
 * it holds, when no daemon can find it any more, since its folder was removed. Its words are SOCKET
 * IDLE_MS FOLDER; `KeeperLink` starts it, and nobody else.
 */
import { rmSync, statSync } from 'node:fs'
import type { Socket } from 'node:net'
import { FOLDER_LOOK_MS, FolderWatch } from '../../channel/folder-watch.ts'
import { listenAlone } from '../../channel/listen-alone.ts'
import type { SystemSockets } from '../../seams/system-sockets.ts'
import { Holds } from './holds.ts'
import type { KeeperHears, KeeperSays } from './keeper-words.ts'
import { Lines } from './lines.ts'
import { spawnHeir } from './spawn-heir.ts'
import { openSystemSockets } from './system-sockets.ts'

const [path = '', waits = '', portsFolder = ''] = process.argv.slice(2)
/** How long it waits for a daemon when it holds nothing. @unit ms */
const IDLE_MS = Number(waits)
/** The workspace's folder of ports; its socket may be elsewhere. */
const folder = new FolderWatch(portsFolder)
const opened = await openSystemSockets()
const cannotHold = 'why' in opened ? opened.why : undefined
const holds = new Holds('why' in opened ? none(opened.why) : opened)
const daemons = new Set<Socket>()
let idle: NodeJS.Timeout | undefined
/** Which file its socket is, known once a daemon came by it. */
let place: number | undefined

// Signals to the daemon's terminal are not meant for it: it ends when nothing needs it any more.
process.on('SIGHUP', () => undefined)

listenAlone({ path, serve, onOther: () => process.exit(0) })
watchIdle()
setInterval(endWhereLost, FOLDER_LOOK_MS)

function serve(daemon: Socket): void {
  daemons.add(daemon)
  place ??= placeOf(path)
  clearTimeout(idle)
  const lines = new Lines()
  daemon.on('data', (chunk) => {
    try {
      for (const line of lines.take(chunk)) hear(daemon, JSON.parse(line) as KeeperHears)
    } catch {
      // What one of them says that cannot be understood costs it its line, and nobody what is held.
      daemon.destroy()
    }
  })
  // A daemon that was killed: what it has asked for stays.
  daemon.on('error', () => daemon.destroy())
  daemon.on('close', () => {
    daemons.delete(daemon)
    watchIdle()
  })
  say(daemon, {
    says: 'hello',
    pid: process.pid,
    ...(cannotHold === undefined ? {} : { cannotHold }),
  })
}

/** What it cannot do is told to whoever asked for it: nobody reads anything else that it says. */
function hear(daemon: Socket, words: KeeperHears): void {
  try {
    answer(daemon, words)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    say(daemon, { says: 'refused', request: words.request, error: why })
  }
}

function answer(daemon: Socket, words: KeeperHears): void {
  const { request } = words
  if (words.do === 'hold') {
    const outcomes = words.wishes.map((wish) => holds.hold(wish))
    say(daemon, { says: 'held', request, outcomes })
  } else if (words.do === 'let-go') {
    for (const id of words.ids) holds.letGo(id)
    say(daemon, { says: 'let-go', request })
  } else if (words.do === 'list') {
    say(daemon, { says: 'list', request, holds: holds.list() })
  } else if (words.do === 'spawn') {
    spawnHeir(words.heir, holds).then(
      (child) => {
        const pid = child.pid ?? 0
        say(daemon, { says: 'spawned', request, pid })
        child.once('exit', (code, signal) => {
          for (const one of daemons) say(one, { says: 'ended', pid, code, signal })
        })
      },
      (error: NodeJS.ErrnoException) => {
        say(daemon, { says: 'refused', request, error: error.code ?? error.message })
      },
    )
  } else say(daemon, { says: 'refused', request, error: 'ENOSYS' })
}

function say(daemon: Socket, words: KeeperSays): void {
  if (daemon.writable) daemon.write(`${JSON.stringify(words)}\n`)
}

/** Looks again and again, since the last hold may be let go of by nobody's word at all. */
function watchIdle(): void {
  clearTimeout(idle)
  idle = setTimeout(() => {
    if (daemons.size === 0 && holds.size === 0) {
      rmSync(path, { force: true })
      process.exit(0)
    }
    watchIdle()
  }, IDLE_MS)
}

/** No daemon will ever come: what is held is held for nobody. */
function endWhereLost(): void {
  if (daemons.size > 0) return
  const isElsewhere = place !== undefined && placeOf(path) !== place
  if (!isElsewhere && !folder.isGone()) return
  // The file is another keeper's, if there is one.
  if (!isElsewhere) rmSync(path, { force: true })
  process.exit(0)
}

function placeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino
}

function none(why: string): SystemSockets {
  const error = (): { readonly error: string } => ({ error: why })
  return { open: error, copy: error, close: () => undefined }
}
