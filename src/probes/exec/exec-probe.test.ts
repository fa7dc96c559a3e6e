import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { askOnce, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { ExecProbe } from './exec-probe.ts'

const probe = new ExecProbe({
  folder: import.meta.dirname,
  path: process.env['PATH'] ?? '',
  home: '/nonexistent',
})

function shell(script: string, more: JsonObject = {}): JsonObject {
  return { command: ['/bin/sh', '-c', script], ...more }
}

/** Waits until a process that was killed is gone, or a zombie that waits to be reaped. */
async function expectGone(pid: number): Promise<void> {
  assert.ok(pid > 1, `${pid} is no process id`)
  const giveUpMs = performance.now() + 60_000
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    if (stat === '' || /\) [ZX] /.test(stat)) return
    assert.ok(performance.now() < giveUpMs, `process ${pid} is still there: ${stat}`)
  }
}

describe('the exec probe', () => {
  it('maps exit codes to answers', async () => {
    const input = { expect: [0, 4], notYet: [75], terminal: [9] }
    const gists = [
      [0, 'passed exited'],
      [4, 'passed exited'],
      [75, 'failed notYet not-yet'],
      [9, 'failed terminal wrong-code'],
      [1, 'failed notYet wrong-code'],
    ] as const
    for (const [code, expected] of gists) {
      assert.equal(gist(await askOnce(probe, shell(`exit ${code}`, input))), expected)
    }
  })

  it('gives standard output as JSON, with big integers exact', async () => {
    const script = `echo '{"lag": 3, "id": 9007199254740993}'`
    const answer = await askOnce(probe, shell(script, { stdoutJson: true }))
    assert.equal(gist(answer), 'passed exited')
    assert.deepEqual(answer.evidence['json'], { lag: 3, id: '9007199254740993' })
    const broken = await askOnce(probe, shell('echo "{"', { stdoutJson: 'true' }))
    assert.equal(gist(broken), 'failed notYet not-json')
  })

  it('gives a command only what is declared, PATH and HOME', async () => {
    const input = { command: [process.execPath, '-p', 'JSON.stringify(process.env)'] }
    const answer = await askOnce(probe, { ...input, env: { A: 'b' }, stdoutJson: true })
    assert.deepEqual(Object.keys(answer.evidence['json'] ?? {}).sort(), ['A', 'HOME', 'PATH'])
  })

  it('runs in the folder that is asked for', async () => {
    const answer = await askOnce(probe, { command: ['pwd'], cwd: '..' })
    assert.equal(answer.evidence['stdout'], dirname(import.meta.dirname))
  })

  it('is terminal when the command, its permission or its folder is missing', async () => {
    const missing = await askOnce(probe, { command: ['no-such-command-here'] })
    assert.equal(gist(missing), 'errored terminal command-not-found')
    const file = resolve(import.meta.dirname, 'exec-probe.ts')
    const forbidden = await askOnce(probe, { command: [file] })
    assert.equal(gist(forbidden), 'errored terminal not-executable')
    const folder = await askOnce(probe, { command: ['pwd'], cwd: 'no-such-folder' })
    assert.equal(gist(folder), 'errored terminal folder-not-found')
  })

  it('kills the whole group when aborted, and settles at once', async () => {
    const script = 'sleep 61 & echo $! >&2; trap "" TERM; sleep 62'
    const { settleMs, answer } = await settleMsAfterAbort(probe, shell(script), 200)
    assert.equal(gist(answer), 'failed notYet timed-out')
    assert.ok(settleMs < 500, `settled ${settleMs} ms after the abort`)
    await expectGone(Number(answer.evidence['stderr']))
  })

  it('kills what a finished command left behind, also when it holds the pipes', async () => {
    const answer = await askOnce(probe, shell('sleep 63 & echo $!'))
    assert.equal(gist(answer), 'passed exited')
    await expectGone(Number(answer.evidence['stdout']))
  })

  it('stops a command that puts out too much', async () => {
    const answer = await askOnce(probe, { command: ['yes'], outputLimit: 4_096 })
    assert.equal(gist(answer), 'failed notYet output-too-large')
    assert.ok(String(answer.evidence['stdout']).length <= 2_048)
  })

  it('tells the last error, and keeps secrets out', async () => {
    const script = 'echo "cannot reach postgres://app:hunter2@db with $API_TOKEN" >&2; exit 1'
    const answer = await askOnce(probe, shell(script, { env: { API_TOKEN: 'tiger123' } }))
    assert.match(answer.sentence, /Its last error: cannot reach postgres:\/\/app:\*\*\*@db/)
    assert.doesNotMatch(JSON.stringify(answer), /hunter2|tiger123/)
  })

  it('names the signal that ended a command', async () => {
    const answer = await askOnce(probe, shell('kill -SEGV $$'))
    assert.equal(gist(answer), 'failed notYet killed')
    assert.equal(answer.evidence['signal'], 'SIGSEGV')
  })
})
