/** The command line within the test's own process: its streams collect text, its daemon is real. */

import type { CliParts, OutputStream } from '../../src/cli/cli-parts.ts'
import { runCli } from '../../src/cli/program.ts'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { AssertionFailure } from '../../src/core/fault/assert.ts'
import { openCopiedContainers } from '../../src/daemon/copied-containers.ts'
import { transfer } from '../../src/daemon/transfer/transfer.ts'
import { openSystemSockets } from '../../src/ports/keeper/system-sockets.ts'
import { identityOf } from '../../src/runtimes/process/kernel/kernel.ts'
import { openKernel } from '../../src/runtimes/process/kernel/open-kernel.ts'
import { connectDaemon } from '../../src/server/client/connect-daemon.ts'
import { ensureDaemon } from '../../src/server/client/ensure-daemon.ts'
import { findWorkspace } from '../../src/server/client/find-workspace.ts'
import { PROGRAM } from './daemon.ts'
import type { Finished } from './rampart.ts'

/** The version that tests say they are; real daemons are asked whatever theirs is. */
export const TEST_VERSION = '1.2.3-test'

/** Parts that collect what is written. */
export interface CollectingParts extends CliParts {
  stdoutText(): string
  stderrText(): string
  /** As a person's Ctrl-C. */
  interrupt(): void
}

/** Parts for a command called in a folder. */
export function collectingParts(
  cwd: string,
  options: Partial<Pick<CliParts, 'settings' | 'nowMs'>> & { readonly isTTY?: boolean } = {},
): CollectingParts {
  const stdout = collector(options.isTTY)
  const stderr = collector(options.isTTY)
  const interrupts = new Set<() => void>()
  return {
    version: TEST_VERSION,
    cwd,
    settings: options.settings ?? {},
    stdout: stdout.stream,
    stderr: stderr.stream,
    user: 'tester',
    nowMs: options.nowMs ?? (() => Date.now()),
    identify: async (pid) => identityOf(openKernel(), pid),
    openKernel: async () => openKernel(),
    openSockets: openSystemSockets,
    onInterrupt(callback) {
      interrupts.add(callback)
      return () => interrupts.delete(callback)
    },
    onTermination(callback) {
      interrupts.add(callback)
      return () => interrupts.delete(callback)
    },
    findWorkspace,
    connectDaemon: (workspace) => connectDaemon({ workspace }),
    ensureDaemon: (workspace) => ensureDaemon({ workspace, program: PROGRAM }),
    openContainers: async (workspace) => openCopiedContainers(workspace, {}),
    moveStore: (request) =>
      transfer({ ...request, settings: options.settings ?? {}, clock: new SystemClock() }),
    runDaemon: () => Promise.reject(new AssertionFailure('no test runs a daemon in its process')),
    runAgent: () => Promise.reject(new AssertionFailure('no test runs an agent in its process')),
    stdoutText: stdout.text,
    stderrText: stderr.text,
    interrupt: () => {
      for (const callback of interrupts) callback()
    },
  }
}

/** Runs one command in this process. */
export async function runInProcess(
  argv: readonly string[],
  cwd: string,
  settings: CliParts['settings'] = {},
): Promise<Finished> {
  const parts = collectingParts(cwd, { settings })
  const exitCode = await runCli(argv, parts)
  return { exitCode, stdout: parts.stdoutText(), stderr: parts.stderrText() }
}

function collector(isTTY?: boolean): { readonly stream: OutputStream; text(): string } {
  let text = ''
  const write = (more: string): void => {
    text += more
  }
  return { stream: { isTTY, columns: 100, write }, text: () => text }
}
