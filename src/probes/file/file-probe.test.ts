import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { askingOf, askOnce, askUntilPassed, gist } from '../../../test/support/asking.ts'
import { FileProbe } from './file-probe.ts'

interface Place {
  readonly probe: FileProbe
  readonly folder: string
  readonly path: string
}

async function place(test: TestContext): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-file-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  return { probe: new FileProbe({ folder }), folder, path: join(folder, 'report.json') }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('the file probe', { timeout: 120_000 }, () => {
  it('waits for a file, however late it comes, relative to the workspace', async (test) => {
    const { probe, path } = await place(test)
    const input = { path: 'report.json' }
    const absent = await askOnce(probe, input)
    assert.equal(gist(absent), 'failed notYet absent')
    assert.equal(absent.sentence, 'report.json is not there.')
    await writeFile(path, 'hello')
    const answer = await askOnce(probe, input)
    assert.equal(gist(answer), 'passed present')
    assert.equal(answer.evidence['size'], 5)
    assert.equal(answer.sentence, 'report.json is there, a file of 5 bytes.')
  })

  it('waits until a file is gone', async (test) => {
    const { probe, path } = await place(test)
    const input = { path, absent: true }
    await writeFile(path, '')
    assert.equal(gist(await askOnce(probe, input)), 'failed notYet still-there')
    await rm(path)
    assert.equal(gist(await askOnce(probe, input)), 'passed absent')
  })

  it('is terminal for something of another type, and takes the type that is asked for', async (test) => {
    const { probe, folder, path } = await place(test)
    await mkdir(path)
    assert.equal(gist(await askOnce(probe, { path })), 'failed terminal wrong-type')
    assert.equal(gist(await askOnce(probe, { path, type: 'folder' })), 'passed present')
    const server = createServer()
    const socket = join(folder, 'app.sock')
    server.listen(socket)
    await once(server, 'listening')
    test.after(() => server.close())
    assert.equal(gist(await askOnce(probe, { path: socket, type: 'socket' })), 'passed present')
    const pipe = await askOnce(probe, { path: '/dev/zero', sha256: sha256('') })
    assert.equal(gist(pipe), 'failed terminal wrong-type')
  })

  it('waits for the least size', async (test) => {
    const { probe, path } = await place(test)
    await writeFile(path, 'abc')
    const small = await askOnce(probe, { path, minSize: 4 })
    assert.equal(gist(small), 'failed notYet too-small')
    assert.match(small.sentence, /holds 3 bytes; at least 4 expected/)
    await writeFile(path, 'abcd')
    assert.equal(gist(await askOnce(probe, { path, minSize: '4' })), 'passed present')
  })

  it('passes only once nothing changed for as long as asked, whatever its own time says', async (test) => {
    const { probe, folder, path } = await place(test)
    const input = { path, stableFor: 150 }
    const old = new Date('2001-01-01T00:00:00Z')
    await writeFile(path, 'a')
    await utimes(path, old, old)
    const startedMs = performance.now()
    const answers = await askUntilPassed(probe, () => askingOf(input), 5_000)
    assert.ok(performance.now() - startedMs >= 150)
    assert.equal(gist(answers[0] ?? assert.fail()), 'failed notYet changing')
    // The same size and time, but another file.
    await writeFile(join(folder, 'new'), 'b')
    await utimes(join(folder, 'new'), old, old)
    await rename(join(folder, 'new'), path)
    assert.equal(gist(await askOnce(probe, input)), 'failed notYet changing')
    await askUntilPassed(probe, () => askingOf(input), 5_000)
  })

  it('compares the digest, and reads again only what has changed', async (test) => {
    const { probe, path } = await place(test)
    await writeFile(path, 'one')
    const input = { path, sha256: `sha256:${sha256('two')}` }
    const wrong = await askOnce(probe, input)
    assert.equal(gist(wrong), 'failed notYet wrong-digest')
    assert.equal(wrong.evidence['sha256'], sha256('one'))
    await writeFile(path, 'two')
    assert.equal(gist(await askOnce(probe, input)), 'passed present')
    const again = await askOnce(probe, input, { signal: AbortSignal.abort() })
    assert.equal(gist(again), 'passed present', 'nothing is read when nothing has changed')
  })

  it('gives JSON as evidence, without passwords, and waits while it is half written', async (test) => {
    const { probe, path } = await place(test)
    const input = { path, json: true }
    await writeFile(path, '{"done": tr')
    assert.equal(gist(await askOnce(probe, input)), 'failed notYet not-json')
    await writeFile(path, '{"done": true, "db": "postgres://app:hunter2@db/shop"}')
    const answer = await askOnce(probe, input)
    assert.equal(gist(answer), 'passed present')
    assert.deepEqual(answer.evidence['json'], { done: true, db: 'postgres://app:***@db/shop' })
    assert.doesNotMatch(JSON.stringify(answer), /hunter2/)
  })

  it('matches text, and does not read more than it may', async (test) => {
    const { probe, path } = await place(test)
    await writeFile(path, 'state: warming')
    const input = { path, content: 'state: ready', readLimit: 64 }
    assert.equal(gist(await askOnce(probe, input)), 'failed notYet wrong-content')
    await writeFile(path, 'state: ready')
    assert.equal(gist(await askOnce(probe, input)), 'passed present')
    await writeFile(path, `state: ready${' '.repeat(64)}`)
    assert.equal(gist(await askOnce(probe, input)), 'failed notYet too-large')
  })

  it('says not yet when time is up before a large file is read', async (test) => {
    const { probe, path } = await place(test)
    await writeFile(path, Buffer.alloc(1_000_000))
    const input = { path, sha256: sha256('') }
    const answer = await askOnce(probe, input, { signal: AbortSignal.abort() })
    assert.equal(gist(answer), 'failed notYet timed-out')
  })

  it('errs at a path where nothing can ever be', async (test) => {
    const { probe, folder, path } = await place(test)
    await writeFile(path, '')
    const through = await askOnce(probe, { path: join(path, 'below') })
    assert.equal(gist(through), 'errored terminal impossible-path')
    await symlink('loop', join(folder, 'loop'))
    const loop = await askOnce(probe, { path: join(folder, 'loop') })
    assert.equal(gist(loop), 'errored terminal impossible-path')
    for (const input of [{ path: 'a\0b' }, { path, sha256: 'x' }, { path, content: '(' }]) {
      assert.equal(gist(await askOnce(probe, input)), 'errored terminal malformed-input')
    }
  })

  it('tells when the file appears', async (test) => {
    const { probe, folder } = await place(test)
    const { promise: changed, resolve } = Promise.withResolvers<void>()
    const stopWatching = probe.watch(askingOf({ path: 'later/report.json' }), resolve)
    await mkdir(join(folder, 'later'))
    await writeFile(join(folder, 'later/report.json'), '{}')
    await changed
    stopWatching()
    stopWatching()
  })
})
