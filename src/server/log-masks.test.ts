/** What components print of their contract's secrets, as it is served. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { makeServerParts, type SmallServer } from '../../test/support/server-parts.ts'
import { parseContracts, planContract } from '../contracts/index.ts'
import { present } from '../core/fault/assert.ts'
import { LogMasks } from './log-masks.ts'
import { RampIndex } from './ramp-index.ts'
import type { LogLine } from './wire.ts'

interface Trial extends SmallServer {
  readonly clock: { atMs: number }
  /** Opens a ramp of `shop` with this password. @returns its id */
  open(password: string): Promise<string>
  masked(text: string, subject?: string): Promise<string>
}

async function openTrial(t: TestContext): Promise<Trial> {
  const small = makeServerParts()
  const { parts } = small
  await parts.engine.start()
  const index = new RampIndex(parts)
  const clock = { atMs: 1_000 }
  const seam = { ...parts.clock, nowMs: () => clock.atMs, wakeAt: parts.clock.wakeAt }
  const masks = new LogMasks({ ...parts, index, clock: seam })
  t.after(async () => {
    masks.close()
    index.close()
    await parts.engine.close()
  })
  const spec = { components: { api: { run: { command: ['node'] } } }, watch: false }
  const value = { apiVersion: 'rampart/v1', kind: 'Environment', metadata: { name: 'shop' }, spec }
  const contract = present(parseContracts([{ path: 'test', value }]).contracts[0], 'it is valid')
  const plan = planContract(contract, { goal: 'up' })
  const open = async (password: string): Promise<string> => {
    const settings = { values: { password, port: '8080' }, secrets: ['password'], run: {} }
    return await parts.engine.open({ plan, settings, by: 'anna' })
  }
  const masked = async (text: string, subject = 'shop/api'): Promise<string> => {
    const line: LogLine = { subject, stream: 'out', atMs: 1, text }
    return (await masks.masked(line)).text
  }
  return { ...small, clock, open, masked }
}

test('hides what a contract declares secret, however it is written, and nothing else', async (t) => {
  const { open, masked } = await openTrial(t)
  await open('pässwörd & more')
  assert.equal(await masked('port 8080, pässwörd & more!'), 'port 8080, [secret password]!')
  assert.equal(
    await masked(`postgres://me:${encodeURIComponent('pässwörd & more')}@db/shop`),
    'postgres://me:[secret password]@db/shop',
  )
  const other = await masked('pässwörd & more', 'shed/api')
  assert.equal(other, 'pässwörd & more', "another contract's lines are left alone")
})

test('knows the secrets of a ramp that began since, and those of one that is over', async (t) => {
  const { open, masked, clock, world } = await openTrial(t)
  const first = await open('first-secret')
  assert.equal(await masked('first-secret'), '[secret password]')
  world.kept.delete(first)
  await open('second-secret')
  clock.atMs += 5_000
  assert.equal(
    await masked('first-secret and second-secret'),
    '[secret password] and [secret password]',
  )
})
