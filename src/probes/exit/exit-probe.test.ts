import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { askingOf, askOnce, gist } from '../../../test/support/asking.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Processes, ProcessState } from '../../seams/processes.ts'
import { ExitProbe } from './exit-probe.ts'

const SELF = { instance: 'shop/api#1' }

/** Looks at one real child process. */
function looksAt(child: ChildProcess, lastErrors: readonly string[] = []): Processes {
  const startedAtMs = performance.now()
  let endedAtMs: number | undefined
  child.once('exit', () => {
    endedAtMs = performance.now()
  })
  return {
    state: (instance): ProcessState | undefined => {
      if (instance !== SELF.instance) return undefined
      const isRunning = child.exitCode === null && child.signalCode === null
      return {
        status: isRunning ? 'running' : 'exited',
        pid: child.pid ?? 0,
        startedAtMs,
        lastErrors,
        ...(child.exitCode === null ? {} : { code: child.exitCode }),
        ...(child.signalCode === null ? {} : { signal: child.signalCode }),
        ...(endedAtMs === undefined ? {} : { endedAtMs }),
      }
    },
    onEnd: (_instance, ended) => {
      child.once('exit', ended)
      return () => child.off('exit', ended)
    },
  }
}

const clock: Clock = {
  nowMs: () => performance.now(),
  wakeAt: () => ({ cancel: () => undefined }),
}

function run(script: string): ChildProcess {
  return spawn(process.execPath, ['-e', script], { stdio: 'ignore' })
}

describe('the exit probe', () => {
  it('says not yet while the process runs, and passes when it exits as expected', async () => {
    const child = run('process.on("SIGTERM", () => process.exit(3)); setInterval(() => {}, 1000)')
    const probe = new ExitProbe(looksAt(child), clock)
    const running = await askOnce(probe, { expect: [0, 3] }, { self: SELF })
    assert.equal(gist(running), 'failed notYet still-running')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const killed = await askOnce(probe, { expect: [0, 3] }, { self: SELF })
    assert.equal(gist(killed), 'failed terminal killed')
    assert.equal(killed.evidence['signal'], 'SIGKILL')
  })

  it('passes for every listed code and is terminal for another', async () => {
    const child = run('process.exit(3)')
    const probe = new ExitProbe(looksAt(child, ['a', 'boom postgres://app:hunter2@h/d']), clock)
    await once(child, 'exit')
    assert.equal(gist(await askOnce(probe, { expect: [0, 3] }, { self: SELF })), 'passed exited')
    const wrong = await askOnce(probe, { expect: [0] }, { self: SELF })
    assert.equal(gist(wrong), 'failed terminal wrong-code')
    assert.match(wrong.sentence, /exited with 3 after .*; 0 expected\. Its last error: boom/)
    assert.doesNotMatch(JSON.stringify(wrong), /hunter2/)
  })

  it('passes while the process keeps running, and is terminal once it ended with code 0', async () => {
    const child = run('process.stdin.resume(); setInterval(() => {}, 1000)')
    const probe = new ExitProbe(looksAt(child), clock)
    const asking = askingOf({ expect: 'running' }, { self: SELF })
    assert.equal(gist(await probe.ask(asking)), 'passed running')
    const { promise: told, resolve } = Promise.withResolvers<void>()
    const stopWatching = probe.watch(asking, resolve)
    child.kill('SIGTERM')
    await told
    assert.equal(gist(await probe.ask(asking)), 'failed terminal ended')
    stopWatching()
    stopWatching()
  })

  it('is terminal when the process is gone and nobody saw how', async () => {
    const lost: ProcessState = { status: 'lost', pid: 7, startedAtMs: 0 }
    const processes: Processes = { state: () => lost, onEnd: () => () => undefined }
    const probe = new ExitProbe(processes, clock)
    for (const expect of ['running', [0]] as const) {
      assert.equal(gist(await askOnce(probe, { expect }, { self: SELF })), 'failed terminal lost')
    }
  })

  it('errs when there is no process to look at', async () => {
    const processes: Processes = { state: () => undefined, onEnd: () => () => undefined }
    const probe = new ExitProbe(processes, clock)
    assert.equal(gist(await askOnce(probe, { expect: [0] })), 'errored terminal no-process')
    const unknown = await askOnce(probe, { expect: [0] }, { self: SELF })
    assert.equal(gist(unknown), 'errored notYet unknown-process')
    const malformed = await askOnce(probe, { expect: 'walking' }, { self: SELF })
    assert.equal(gist(malformed), 'errored terminal malformed-input')
  })
})
