/**
 * What every program of the shop does alike: read its settings, say in one sentence why it cannot
 * go on, and stop quickly when it is asked to. Never starts anything of its own.
 */

/** The shop cannot go on, for a reason that a person can act on. */
export class ShopFailure extends Error {
  override readonly name = 'ShopFailure'
}

/** A running program. */
export interface Program {
  /** Writes one line to standard output. */
  say(line: string): void
  /** Registers what is to be closed on stopping; what was opened last is closed first. */
  onStop(close: () => unknown): void
}

/** How a program is run. */
export interface ProgramOptions {
  /** How long closing everything may take. @unit ms @default 250 */
  readonly stopWithinMs?: number
}

/** A setting that the program cannot do without. */
export function setting(name: string): string {
  const value = process.env[name]
  if (value) return value
  throw new ShopFailure(`the variable ${name} is not set; rampart.yaml shows which are needed`)
}

/** A setting that the program can do without; empty counts as not set. */
export function optionalSetting(name: string, otherwise: string): string {
  return process.env[name] || otherwise
}

/** The port to listen on, from the variable PORT. */
export function portSetting(): number {
  const port = Number(setting('PORT'))
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new ShopFailure(`the variable PORT is ${setting('PORT')}; it must be a number up to 65535`)
}

/** Runs a program until it is done, fails, or is told to stop by SIGTERM or SIGINT. */
export async function runProgram(
  name: string,
  main: (program: Program) => Promise<void>,
  options: ProgramOptions = {},
): Promise<void> {
  const closers: (() => unknown)[] = []
  const stopWithinMs = options.stopWithinMs ?? 250
  let stopping = false
  const say = (line: string): void => console.log(`${name}: ${line}`)
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), stopWithinMs).unref()
    say(`stopping, ${signal} received`)
    closeAll(closers).then(
      () => process.exit(0),
      (error: unknown) => fail(name, error),
    )
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  try {
    await main({ say, onStop: (close) => closers.push(close) })
  } catch (error) {
    // Whatever is cut short by stopping is no failure.
    if (stopping) return
    stopping = true
    setTimeout(() => fail(name, error), stopWithinMs)
    await closeAll(closers).catch((other: unknown) => console.error(`${name}: ${sentence(other)}`))
    fail(name, error)
  }
}

async function closeAll(closers: (() => unknown)[]): Promise<void> {
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
}

function fail(name: string, error: unknown): never {
  console.error(`${name}: ${sentence(error)}`)
  process.exit(1)
}

/** What went wrong, for a person: our own failures and the database's in one line, bugs in full. */
function sentence(error: unknown): string {
  if (error instanceof ShopFailure) return error.message
  if (error instanceof AggregateError) return error.errors.map(sentence).join('; ')
  if (error instanceof Error) return 'code' in error ? error.message : String(error.stack)
  return String(error)
}
