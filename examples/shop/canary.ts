/**
 * Asks whether a worker really works: sends a test job, waits until the expected worker has done it,
 * prints what it saw as JSON. Exit code 0: yes; 75: not yet; 1: the question could not be asked.
 */
import { optionalSetting, runProgram, setting } from './program.ts'
import { askCanary, openQueue } from './queue.ts'

const NOT_YET = 75

await runProgram('canary', async () => {
  const expected = setting('WORKER_VERSION')
  const boss = await openQueue(setting('DATABASE_URL'), {
    name: 'shop canary',
    works: false,
  })
  const withinMs = Number(optionalSetting('CANARY_WITHIN_MS', '1500'))
  const result = await askCanary(boss, withinMs)
  await boss.stop({ graceful: false })
  const isExpected = result.ok && result.worker === expected
  console.log(JSON.stringify({ ...result, ok: isExpected, expected }))
  if (!result.ok) console.error(`no worker has done the test job within ${withinMs} ms`)
  else if (!isExpected) console.error(`${result.worker} has done the test job, not ${expected}`)
  process.exitCode = isExpected ? 0 : NOT_YET
})
