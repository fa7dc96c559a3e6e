/** What every runtime keeps of a subject, none of which needs a process. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { graceLeftMs, readAsked, writeAsked } from './asked-to-end.ts'
import { parseExitCode, parseExitFile } from './exit-code.ts'
import { passFence } from './fences.ts'
import { slugOf, subjectOf } from './subject-folder.ts'
import { SubjectQueue } from './subject-queue.ts'
import { failedBySystem } from './system-refusal.ts'

test('a subject and its folder name give each other back, whatever the subject is', () => {
  assert.equal(slugOf('shop/eu/api'), 'shop~eu~api')
  assert.equal(slugOf('../x'), '%2e.~x')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (subject) => {
      const slug = slugOf(subject)
      assert.equal(subjectOf(slug), subject)
      assert.match(slug, /^[a-z0-9_%~-][a-z0-9_.%~-]*$/)
    }),
  )
  assert.equal(subjectOf('draft-1-2%'), undefined)
})

test('an exit code above 128 is the signal it stands for', () => {
  assert.deepEqual(parseExitCode(0), { code: 0 })
  assert.deepEqual(parseExitCode(143), { signal: 'SIGTERM' })
  assert.deepEqual(parseExitCode(134), { signal: 'SIGABRT' })
  assert.deepEqual(parseExitCode(255), { code: 255 })
  assert.equal(parseExitFile('12'), undefined)
  assert.deepEqual(parseExitFile('12\n'), { code: 12 })
})

test('an order that is given again has what is left of its grace', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-asked-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const [order, signal, graceMs] = ['up-1/api/9', 'SIGTERM', 5_000]
  assert.equal(readAsked(folder), undefined)
  writeAsked(folder, { order, signal, untilMs: 6_000.4 })
  const asked = readAsked(folder)
  assert.deepEqual(asked, { order, signal, untilMs: 6_000 })
  const left = [1_000, 3_000, 60_000, 0].map((nowMs) =>
    graceLeftMs(asked, { order, graceMs, nowMs }),
  )
  assert.deepEqual(left, [5_000, 3_000, 0, 5_000])
  assert.equal(graceLeftMs(asked, { order: 'down-1/api/1', graceMs, nowMs: 60_000 }), graceMs)
  writeFileSync(join(folder, 'asked.json'), '{"ord')
  assert.equal(readAsked(folder), undefined)
  writeAsked(join(folder, 'removed'), { order, signal, untilMs: 6_000 })
})

test('a fence never goes back, each ramp for itself', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-fences-'))
  context.after(() => rmSync(folder, { recursive: true }))
  assert.deepEqual(passFence(folder, { ramp: 'up-1', fence: 3 }), {
    allowed: true,
    highest: undefined,
  })
  assert.deepEqual(passFence(folder, { ramp: 'up-1', fence: 3 }), { allowed: true, highest: 3 })
  assert.deepEqual(passFence(folder, { ramp: 'up-2', fence: 1 }), {
    allowed: true,
    highest: undefined,
  })
  assert.deepEqual(passFence(folder, { ramp: 'up-1', fence: 2 }), { allowed: false, highest: 3 })
  assert.deepEqual(passFence(folder, { ramp: 'up-1', fence: 4 }), { allowed: true, highest: 3 })
})

test('fences of copies are apart from each other, and from those of the whole only as they come', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-fences-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const isAllowed = (fence: number, copy?: number): boolean =>
    passFence(folder, { ramp: 'up-1', fence, copy }).allowed
  assert.deepEqual([isAllowed(4, 2), isAllowed(3, 1), isAllowed(2, 1)], [true, true, false])
  assert.deepEqual([isAllowed(3), isAllowed(5), isAllowed(4, 3)], [false, true, false])
  assert.deepEqual([isAllowed(6, 3), isAllowed(4, 2)], [true, false])
  assert.equal(passFence(folder, { ramp: 'up-10', fence: 1 }).allowed, true, 'another ramp')
})

test('tasks of one subject wait for each other, also after a failure; others do not', async () => {
  const queue = new SubjectQueue()
  const order: string[] = []
  const { promise, reject } = Promise.withResolvers<void>()
  const first = queue.run('a', () => promise).catch(() => order.push('a1 failed'))
  const second = queue.run('a', async () => order.push('a2'))
  await queue.run('b', async () => order.push('b'))
  reject(new Error('refused'))
  await Promise.all([first, second])
  assert.deepEqual(order.sort(), ['a1 failed', 'a2', 'b'])
  assert.equal(order[0] === 'b' || order.includes('b'), true)
})

test('tasks about parts of a subject wait for the same part, and for those about all of it', async () => {
  const queue = new SubjectQueue()
  const ended: string[] = []
  const held = ['one', 'two', 'all'].map((name) => ({ name, ...Promise.withResolvers<void>() }))
  const [one, two, all] = held
  const run = (name: string, part?: string): Promise<unknown> =>
    queue.run(
      'a',
      async () => {
        await held.find((gate) => gate.name === name)?.promise
        ended.push(name)
      },
      part,
    )
  const tasks = [run('one', '1'), run('two', '2'), run('one again', '1')]
  two?.resolve()
  await tasks[1]
  assert.deepEqual(ended, ['two'], 'it has waited for nobody')
  tasks.push(run('all'), run('after', '2'))
  one?.resolve()
  await tasks[2]
  assert.deepEqual(ended, ['two', 'one', 'one again'])
  all?.resolve()
  await Promise.all(tasks)
  assert.deepEqual(ended, ['two', 'one', 'one again', 'all', 'after'])
})

test('a refusal of the system is an answer, retryable when it may pass', () => {
  const refusal = Object.assign(new Error('spawn EAGAIN'), { code: 'EAGAIN', syscall: 'spawn' })
  assert.equal(failedBySystem('shop/api', refusal)?.retryable, true)
  const denied = Object.assign(new Error('open'), { code: 'EROFS', syscall: 'open', path: '/x' })
  assert.deepEqual(failedBySystem('shop/api', denied)?.retryable, false)
  assert.equal(failedBySystem('shop/api', new TypeError('our mistake')), undefined)
})
