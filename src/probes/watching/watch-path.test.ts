import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { watchPath } from './watch-path.ts'

async function scratch(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-watch-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Something to wait for: the next change that is told. */
class Changes {
  #next = Promise.withResolvers<void>()
  count = 0

  readonly tell = (): void => {
    this.count += 1
    this.#next.resolve()
    this.#next = Promise.withResolvers<void>()
  }

  after(act: () => Promise<unknown>): Promise<void> {
    const { promise } = this.#next
    return act().then(() => promise)
  }
}

describe('watching a path', { timeout: 120_000 }, () => {
  it('tells of a file that appears, changes and goes', async (test) => {
    const path = join(await scratch(test), 'evidence.json')
    const changes = new Changes()
    const stop = watchPath(path, changes.tell)
    await changes.after(() => writeFile(path, 'a'))
    await changes.after(() => writeFile(path, 'ab'))
    await changes.after(() => rm(path))
    stop()
  })

  it('tells of a file whose folders are made later, and made again', async (test) => {
    const folder = await scratch(test)
    const path = join(folder, 'one/two/evidence.json')
    const changes = new Changes()
    const stop = watchPath(path, changes.tell)
    await changes.after(() => mkdir(join(folder, 'one')))
    await changes.after(() => mkdir(join(folder, 'one/two')))
    await changes.after(() => writeFile(path, 'a'))
    await changes.after(() => rm(join(folder, 'one'), { recursive: true }))
    await changes.after(() => mkdir(join(folder, 'one/two'), { recursive: true }))
    await changes.after(() => writeFile(path, 'a'))
    stop()
  })

  it('says nothing of other files, nor after it was stopped', async (test) => {
    const folder = await scratch(test)
    const changes = new Changes()
    const stop = watchPath(join(folder, 'wanted'), changes.tell)
    await writeFile(join(folder, 'other'), 'a')
    await changes.after(() => writeFile(join(folder, 'wanted'), 'a'))
    const { count } = changes
    stop()
    stop()
    const later = new Changes()
    const stopLater = watchPath(join(folder, 'wanted'), later.tell)
    await later.after(() => writeFile(join(folder, 'wanted'), 'b'))
    stopLater()
    assert.equal(changes.count, count)
  })
})
