/**
 * Shells that were started before anybody needs them, each in a session of its own, each waiting to
 * be told what to become. They know nothing yet, carry no variables, and end when their maker does:
 * what they read then is an end.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { SHELL } from '../spawn.ts'

/** How many wait: a contract seldom starts more at the same instant. */
const WAITING = 4

/** Shells are made while nothing is asked for, so as not to compete with what was just started. */
const QUIET_MS = 50

/** The shells that wait. */
export class WaitingShells {
  readonly #shells = new Set<ChildProcess>()
  #refill: NodeJS.Timeout | undefined

  /** Makes a shell read `script` and become what it says. Undefined when none is waiting. */
  tell(script: string): ChildProcess | undefined {
    this.refillSoon()
    for (const shell of this.#shells) {
      this.#shells.delete(shell)
      if (shell.exitCode !== null || shell.signalCode !== null) continue
      shell.stdin?.end(script)
      return shell
    }
    return undefined
  }

  /** Makes shells, once nobody has asked for one for a while. */
  refillSoon(): void {
    clearTimeout(this.#refill)
    this.#refill = setTimeout(() => this.#add(), QUIET_MS)
  }

  /** One at a time: an order that comes in between waits for one fork at the most. */
  #add(): void {
    if (this.#shells.size >= WAITING) return
    const shell = spawn(SHELL, ['-s'], {
      cwd: '/',
      env: {},
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    // Refused (no more processes): starts then meet the same refusal, and tell of it.
    shell.once('error', () => this.#shells.delete(shell))
    shell.once('exit', () => this.#shells.delete(shell))
    // It may be killed between being chosen and being told; its end then tells.
    shell.stdin?.on('error', () => undefined)
    if (shell.pid === undefined) return
    this.#shells.add(shell)
    this.#refill = setTimeout(() => this.#add())
  }
}
