import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../test/support/until.ts'
import { SystemClock } from '../clock/system-clock.ts'
import type { Answer } from '../core/plan/verdict.ts'
import type { Asking, Probe } from '../seams/probe.ts'
import { lateProbes } from './late-probe.ts'
import { latelyLoaded } from './lately-loaded.ts'

const ASKING: Asking = { input: {}, self: {}, attempt: 1, signal: new AbortController().signal }

const ANSWER: Answer = {
  verdict: 'passed',
  outlook: 'terminal',
  reason: 'seen',
  sentence: 'It is there.',
  evidence: {},
}

function probes(): ReturnType<typeof latelyLoaded> {
  return latelyLoaded({ folder: '/tmp', settings: {}, clock: new SystemClock() })
}

test('every probe that is loaded late is of the kind it is said to be, and watches if it is said to', async () => {
  for (const { kind, watches, load } of probes()) {
    const probe = await load()
    assert.equal(probe.kind, kind)
    assert.equal(probe.watch !== undefined, watches, kind)
  }
})

test('it is loaded once, when it is asked', async () => {
  let loads = 0
  const made: Probe = { kind: 'seen', ask: async () => ANSWER }
  const load = async (): Promise<Probe> => {
    loads += 1
    return made
  }
  const [late] = lateProbes([{ kind: 'seen', watches: false, load }])
  assert.equal(loads, 0)
  assert.deepEqual(await Promise.all([late?.ask(ASKING), late?.ask(ASKING)]), [ANSWER, ANSWER])
  assert.equal(loads, 1)
})

test('it is loaded after a while also when nobody asks', async () => {
  let isLoaded = false
  const load = async (): Promise<Probe> => {
    isLoaded = true
    return { kind: 'seen', ask: async () => ANSWER }
  }
  lateProbes([{ kind: 'seen', watches: false, load }], 1)
  await until('it is loaded', () => isLoaded)
})

test('whoever could not be loaded says so, and is tried again', async () => {
  let loads = 0
  const load = async (): Promise<Probe> => {
    loads += 1
    if (loads === 1) throw new RangeError('too many files')
    return { kind: 'seen', ask: async () => ANSWER }
  }
  const [late] = lateProbes([{ kind: 'seen', watches: false, load }])
  await assert.rejects(async () => await late?.ask(ASKING), /too many files/)
  assert.deepEqual(await late?.ask(ASKING), ANSWER)
})

test('it is watched once it is loaded, and not when nobody wants that any more', async () => {
  const watched: string[] = []
  const watch = (): (() => void) => {
    watched.push('watched')
    return () => watched.push('let go')
  }
  const load = async (): Promise<Probe> => ({ kind: 'seen', ask: async () => ANSWER, watch })
  const [late] = lateProbes([{ kind: 'seen', watches: true, load }])
  late?.watch?.(ASKING, () => undefined)()
  const stop = late?.watch?.(ASKING, () => undefined)
  await until('it is watched', () => watched.length > 0)
  stop?.()
  assert.deepEqual(watched, ['watched', 'let go'])
})
