/** Starts a program of Rampart's own that outlives whoever started it. */
import { spawn } from 'node:child_process'

/** Starts it, in a session of its own, with nothing of ours: whoever looks at it finds no secrets. */
export function startDetached(words: readonly string[]): void {
  const program = spawn(process.execPath, words, {
    cwd: '/',
    env: plainEnvironment(),
    // What is sent to the daemon's group is not meant for it.
    detached: true,
    stdio: 'ignore',
  })
  // Not started at all: then nobody answers, which is told of.
  program.once('error', () => undefined)
  program.unref()
}

/** What such a program needs to be told of the world. */
export function plainEnvironment(): Readonly<Record<string, string>> {
  const { PATH = '/usr/bin:/bin' } = process.env
  return { PATH }
}
