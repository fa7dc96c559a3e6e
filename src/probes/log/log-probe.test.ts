import assert from 'node:assert/strict'
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { askingOf, askOnce, gist } from '../../../test/support/asking.ts'
import { LogProbe } from './log-probe.ts'

interface Files {
  readonly out: string
  readonly err: string
}

async function logFiles(test: TestContext): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-log-'))
  test.after(() => rm(folder, { recursive: true }))
  return { out: join(folder, 'out.log'), err: join(folder, 'err.log') }
}

const INPUT = { pattern: 'listening on (?<host>\\S+):(?P<port>\\d+)', fatal: '^FATAL' }

describe('the log probe', () => {
  it('waits for a line, and gives its captures and its number', async (test) => {
    const self = { ...(await logFiles(test)) }
    const probe = new LogProbe()
    assert.equal(gist(await askOnce(probe, INPUT, { self })), 'failed notYet no-output')
    await writeFile(self.out, 'starting\r\nlistening on ')
    const starting = await askOnce(probe, INPUT, { self })
    assert.equal(gist(starting), 'failed notYet not-found')
    assert.match(starting.sentence, /None of 1 lines matches .* The last one: starting$/)
    await appendFile(self.out, '::1:80')
    assert.equal(gist(await askOnce(probe, INPUT, { self })), 'failed notYet not-found')
    await appendFile(self.out, '80\n')
    const found = await askOnce(probe, INPUT, { self })
    assert.equal(gist(found), 'passed found')
    assert.deepEqual(found.evidence['captures'], { host: '::1', port: '8080' })
    assert.equal(found.evidence['lineNumber'], 2)
    assert.equal(gist(await askOnce(probe, INPUT, { self })), 'passed found')
  })

  it('is terminal at a fatal line, also after the line that was waited for', async (test) => {
    const self = { ...(await logFiles(test)) }
    const probe = new LogProbe()
    await writeFile(self.out, 'listening on a:1\n')
    assert.equal(gist(await askOnce(probe, INPUT, { self })), 'passed found')
    await writeFile(self.err, 'FATAL no route to postgres://app:hunter2@db\n')
    const fatal = await askOnce(probe, INPUT, { self })
    assert.equal(gist(fatal), 'failed terminal fatal-line')
    assert.match(fatal.sentence, /^Line 1 of standard error says: FATAL no route/)
    assert.doesNotMatch(JSON.stringify(fatal), /hunter2/)
  })

  it('looks only at the stream that is asked for, and only at this start', async (test) => {
    const earlier = { ...(await logFiles(test)) }
    const self = { ...(await logFiles(test)) }
    const probe = new LogProbe()
    await writeFile(earlier.out, 'listening on a:1\n')
    await writeFile(self.err, 'listening on a:1\n')
    assert.equal(gist(await askOnce(probe, INPUT, { self: earlier })), 'passed found')
    const input = { ...INPUT, stream: 'out' }
    assert.equal(gist(await askOnce(probe, input, { self })), 'failed notYet no-output')
    assert.equal(gist(await askOnce(probe, INPUT, { self })), 'passed found')
  })

  it('sees through colours, split characters and endless lines', async (test) => {
    const self = { ...(await logFiles(test)) }
    const probe = new LogProbe()
    const input = { pattern: '^grün: (?<word>.+)$' }
    const bytes = Buffer.from(`${'x'.repeat(300_000)}\n\u001b[32mgrün\u001b[0m: schön\n`)
    const half = bytes.indexOf(0xc3) + 1
    await writeFile(self.out, bytes.subarray(0, half))
    assert.equal(gist(await askOnce(probe, input, { self })), 'failed notYet not-found')
    await appendFile(self.out, bytes.subarray(half))
    const found = await askOnce(probe, input, { self })
    assert.deepEqual(found.evidence['captures'], { word: 'schön' })
    assert.equal(found.evidence['lineNumber'], 2)
  })

  it('begins again when the file was begun anew', async (test) => {
    const self = { ...(await logFiles(test)) }
    const probe = new LogProbe()
    await writeFile(self.out, `${'one\n'.repeat(20)}`)
    await askOnce(probe, INPUT, { self })
    await truncate(self.out, 0)
    await appendFile(self.out, 'listening on a:1\n')
    const found = await askOnce(probe, INPUT, { self })
    assert.equal(found.evidence['lineNumber'], 1)
  })

  it('is not held up by a pattern that other engines choke on', async (test) => {
    const self = { ...(await logFiles(test)) }
    await writeFile(self.out, `${'a'.repeat(50_000)}!\n`)
    const startedMs = performance.now()
    const answer = await askOnce(new LogProbe(), { pattern: '^(a+)+$' }, { self })
    assert.equal(gist(answer), 'failed notYet not-found')
    assert.ok(performance.now() - startedMs < 1_000)
  })

  it('tells when a file changes, until nobody watches any more', async (test) => {
    const self = { ...(await logFiles(test)) }
    const probe = new LogProbe()
    const { promise: changed, resolve } = Promise.withResolvers<void>()
    const stopWatching = probe.watch(askingOf(INPUT, { self }), resolve)
    await writeFile(self.err, 'hello\n')
    await changed
    stopWatching()
    stopWatching()
  })

  it('stops reading when aborted, and goes on there the next time', async (test) => {
    const self = { ...(await logFiles(test)) }
    const probe = new LogProbe()
    await writeFile(self.out, 'listening on a:1\n')
    const aborted = await askOnce(probe, INPUT, { self, signal: AbortSignal.abort() })
    assert.equal(gist(aborted), 'failed notYet not-found')
    assert.equal(gist(await askOnce(probe, INPUT, { self })), 'passed found')
  })

  it('errs where there is no process, or no pattern', async () => {
    const probe = new LogProbe()
    assert.equal(gist(await askOnce(probe, INPUT)), 'errored terminal no-process')
    const malformed = await askOnce(probe, { pattern: '(' }, { self: { out: '/nowhere' } })
    assert.equal(gist(malformed), 'errored terminal malformed-input')
  })
})
