/**
 * The folders of copies, and which of them were left by a proof that was killed. As long as one is being
 * proved, its prover listens at a socket in it: an end of any kind closes that, and no number of a
 * process that somebody else has by now can be mistaken for it.
 */
import { once } from 'node:events'
import { lstatSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RampartClient } from '../server/client/client.ts'
import type { LeftoversView } from '../server/wire.ts'
import type { CopiedContainers } from './copied-containers.ts'
import { signalAll } from './signal-all.ts'

const PREFIX = 'rampart-prove-'
const SOCKET = 'prover.sock'
const MOVED = 'moved.json'

/** How long what was killed may take to be gone. @unit ms */
const GONE_MS = 10_000
const LOOK_MS = 25

/** A folder that is being proved in. */
export interface HeldCopy {
  readonly workspace: string
  /** Removes it; whatever ran of it must be gone. */
  remove(): Promise<void>
}

/** Makes a folder for a copy, and holds it. */
export async function holdCopy(): Promise<HeldCopy> {
  return await holdFolder(realpathSync(mkdtempSync(join(tmpdir(), PREFIX))))
}

/** Holds a copy that is dead, so that nobody else removes it at the same time. */
export async function takeOver(workspace: string): Promise<HeldCopy> {
  await rm(join(workspace, SOCKET), { force: true })
  return await holdFolder(workspace)
}

async function holdFolder(workspace: string): Promise<HeldCopy> {
  const server = createServer((socket) => socket.destroy())
  server.listen(join(workspace, SOCKET))
  await once(server, 'listening')
  server.unref()
  return {
    workspace,
    remove: async () => {
      server.close()
      // The synchronous one gives up without a word where the daemon removes a file at the same moment.
      await rm(workspace, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The folders of this user's copies whose prover is gone. */
export async function deadCopies(): Promise<readonly string[]> {
  const folder = realpathSync(tmpdir())
  const names = readdirSync(folder).filter((name) => name.startsWith(PREFIX))
  const dead: string[] = []
  for (const workspace of names.map((name) => join(folder, name))) {
    if (isOwn(workspace) && (await isForsaken(join(workspace, SOCKET)))) dead.push(workspace)
  }
  return dead
}

/** Kills what is left of a copy, and puts back what it had moved. */
export async function clearDeadCopy(
  workspace: string,
  client: RampartClient,
  containers: CopiedContainers,
): Promise<LeftoversView['processes']> {
  // Without an engine there are no containers that could be left.
  await containers.clearAway().catch(() => 0)
  const left = await killLeftovers(client)
  await putBack(workspace)
  return left
}

/** Kills whatever is left of a workspace. Returns what is left all the same. */
export async function killLeftovers(client: RampartClient): Promise<LeftoversView['processes']> {
  const untilMs = performance.now() + GONE_MS
  for (;;) {
    const { processes } = await client.leftovers()
    if (processes.length === 0 || performance.now() >= untilMs) return processes
    const pids = processes.map(({ pid }) => pid)
    signalAll(pids, 'SIGKILL')
    await delay(LOOK_MS)
  }
}

/** A file that was moved for a fault: back to `path`, or away when it was made. */
export interface MovedFile {
  readonly path: string
  readonly aside?: string
}

/** Writes down what is moved, before it is, so that a later proof can put it back. */
export async function noteMoved(workspace: string, moved: MovedFile | undefined): Promise<void> {
  if (moved === undefined) await rm(join(workspace, MOVED), { force: true })
  else await writeFile(join(workspace, MOVED), JSON.stringify(moved))
}

async function putBack(workspace: string): Promise<void> {
  const text = await readFile(join(workspace, MOVED), 'utf8').catch(() => undefined)
  if (text === undefined) return
  const { path, aside } = JSON.parse(text) as MovedFile
  if (aside === undefined) await rm(path, { force: true })
  // That nothing is aside means that it was never moved, or is back.
  else await rename(aside, path).catch(() => undefined)
}

function isOwn(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  return stat?.isDirectory() === true && stat.uid === (process.getuid?.() ?? stat.uid)
}

/** Whether nobody listens at a socket that somebody has listened at. */
async function isForsaken(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'
  } finally {
    socket.destroy()
  }
}
