/**
 * Brings what containers put out into files of their starts, where conditions and people read it.
 * The engine keeps the output and gives it from its beginning each time, so how far it was brought
 * is simply how long the files are: a daemon that was killed goes on at exactly that byte.
 */
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from './engine/engine.ts'
import { EngineTrouble } from './engine/engine-trouble.ts'
import { FrameReader } from './engine/frames.ts'
import type { Instance } from './instance.ts'

/** How long the rest of the output may take before the end is told without it. @unit ms */
const FINISH_MS = 1_000

/** What carrying needs. */
export interface OutputCarrierNeeds {
  readonly engine: Engine
  /** Told whenever there is more in the files. */
  readonly carried: (instance: Instance) => void
  /** Told of what goes wrong where nobody waits for an answer. */
  readonly onTrouble: (error: unknown) => void
}

interface Following {
  readonly giveUp: AbortController
  readonly settled: Promise<void>
}

/** Brings output as it comes. */
export class OutputCarrier {
  readonly #needs: OutputCarrierNeeds
  readonly #following = new Map<Instance, Following>()

  constructor(needs: OutputCarrierNeeds) {
    this.#needs = needs
  }

  /** Brings output until the container ends or the way to the engine is lost. Idempotent. */
  follow(instance: Instance): void {
    if (this.#following.has(instance) || instance.made === undefined) return
    const giveUp = new AbortController()
    const settled = this.#bring(instance, { follow: true, signal: giveUp.signal })
      .catch((error: unknown) => this.#tell(error, giveUp.signal))
      .finally(() => this.#following.delete(instance))
    this.#following.set(instance, { giveUp, settled })
  }

  /** Brings the rest of what a container that has ended has put out. Never rejects. */
  async finish(instance: Instance): Promise<void> {
    const following = this.#following.get(instance)
    following?.giveUp.abort()
    await following?.settled
    if (instance.made === undefined) return
    const signal = AbortSignal.timeout(FINISH_MS)
    await this.#bring(instance, { follow: false, signal }).catch((error: unknown) =>
      this.#tell(error, signal),
    )
  }

  /** Idempotent. */
  close(): void {
    for (const { giveUp } of this.#following.values()) giveUp.abort()
  }

  async #bring(
    instance: Instance,
    how: { readonly follow: boolean; readonly signal: AbortSignal },
  ): Promise<void> {
    const stream = await this.#needs.engine.logs(instance.made ?? '', how)
    const files = { out: openOutput(instance.path, 'out'), err: openOutput(instance.path, 'err') }
    try {
      const reader = new FrameReader()
      for await (const piece of stream) {
        let more = false
        for (const { stream: name, bytes } of reader.read(piece as Buffer)) {
          more = write(files[name], bytes) || more
        }
        if (more) this.#needs.carried(instance)
      }
    } finally {
      closeSync(files.out.handle)
      closeSync(files.err.handle)
    }
  }

  #tell(error: unknown, signal: AbortSignal): void {
    // Broken off on purpose; or the container or the engine has gone, which others tell of.
    if (signal.aborted || error instanceof EngineTrouble) return
    if (isBrokenOff(error)) return
    this.#needs.onTrouble(error)
  }
}

interface Output {
  readonly handle: number
  /** Bytes that an earlier following has brought already. */
  skip: number
}

function openOutput(path: string, name: 'out' | 'err'): Output {
  const handle = openSync(join(path, name), 'a', 0o600)
  return { handle, skip: fstatSync(handle).size }
}

/** @returns whether anything was new */
function write(output: Output, bytes: Buffer): boolean {
  const fresh = bytes.subarray(output.skip)
  output.skip -= bytes.length - fresh.length
  for (let written = 0; written < fresh.length; ) {
    written += writeSync(output.handle, fresh, written)
  }
  return fresh.length > 0
}

/** Whether the connection ended before the answer did. */
export function isBrokenOff(error: unknown): boolean {
  const code = String((error as NodeJS.ErrnoException).code)
  return code.startsWith('UND_ERR') || ['ECONNRESET', 'EPIPE', 'ENOENT'].includes(code)
}
