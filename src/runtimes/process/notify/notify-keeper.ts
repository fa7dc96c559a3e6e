/**
 * Listens to what components say of themselves (systemd's NOTIFY_SOCKET), one socket an instance, so
 * that it is known who speaks. Keeps it in the instance's folder, where probes look. The addon that
 * gives Node sockets for datagrams is loaded when the first component wants to speak.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Instance } from '../instance.ts'
import { notifySocketPath } from './notify-path.ts'
import { foldMessage, parseNotifyState, printNotifyState, silence } from './notify-state.ts'

type Socket = import('node-unix-socket').DgramSocket

/** What the keeper needs. */
export interface NotifyKeeperNeeds {
  readonly nowMs: () => number
  /** Told of what goes wrong inside an event, where nobody waits for an answer. */
  readonly onTrouble: (error: unknown) => void
}

/** Where probes find what an instance has said. */
export function notifyFile(instanceFolder: string): string {
  return join(instanceFolder, 'notify.json')
}

/** Listens until the instance has ended or the keeper is closed. */
export class NotifyKeeper {
  readonly #needs: NotifyKeeperNeeds
  readonly #sockets = new Map<Instance, { readonly socket: Socket; readonly path: string }>()
  #isClosed = false

  constructor(needs: NotifyKeeperNeeds) {
    this.#needs = needs
  }

  /** Whether there is an addon for this machine. */
  async isAvailable(): Promise<boolean> {
    return await import('node-unix-socket').then(
      () => true,
      () => false,
    )
  }

  /**
   * Listens to an instance. What an earlier daemon has heard is kept; a socket it left is replaced.
   *
   * @returns the path for NOTIFY_SOCKET
   * @throws the system's own error, or the loader's where there is no addon for this machine
   */
  async listen(instance: Instance): Promise<string> {
    const { DgramSocket } = await import('node-unix-socket')
    const known = this.#sockets.get(instance)
    if (known !== undefined) return known.path
    const path = notifySocketPath(instance.path)
    if (this.#isClosed || instance.ended !== undefined) return path
    rmSync(path, { force: true })
    const socket = new DgramSocket()
    socket.on('error', this.#needs.onTrouble)
    socket.on('data', (message: Buffer) => this.#hear(instance, message))
    try {
      socket.bind(path)
      const heard = read(instance) ?? silence(this.#needs.nowMs())
      write(instance, printNotifyState({ ...heard, listeningSinceMs: this.#needs.nowMs() }))
    } catch (error) {
      socket.close()
      throw error
    }
    this.#sockets.set(instance, { socket, path })
    instance.onEnd(() => this.#stop(instance))
    return path
  }

  /** Stops listening; what runs goes on running. Idempotent. */
  close(): void {
    this.#isClosed = true
    for (const { socket } of this.#sockets.values()) socket.close()
    this.#sockets.clear()
  }

  #stop(instance: Instance): void {
    const listening = this.#sockets.get(instance)
    if (listening === undefined) return
    this.#sockets.delete(instance)
    listening.socket.close()
    rmSync(listening.path, { force: true })
  }

  #hear(instance: Instance, message: Buffer): void {
    if (!this.#sockets.has(instance)) return
    try {
      const nowMs = this.#needs.nowMs()
      const state = read(instance) ?? silence(nowMs)
      write(instance, printNotifyState(foldMessage(state, message.toString('utf8'), nowMs)))
    } catch (error) {
      this.#needs.onTrouble(error)
    }
  }
}

function read(instance: Instance): ReturnType<typeof parseNotifyState> {
  try {
    return parseNotifyState(readFileSync(notifyFile(instance.path), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** By renaming, so that nobody ever reads half of it. */
function write(instance: Instance, text: string): void {
  const file = notifyFile(instance.path)
  writeFileSync(`${file}.draft`, text, { mode: 0o600 })
  renameSync(`${file}.draft`, file)
}
