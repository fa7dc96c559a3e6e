/** The dashboard of a server in this process, with everything in memory: for plans that no contract gives. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Plan } from '../../src/core/plan/plan.ts'
import { openServer } from '../../src/server/server.ts'
import type { Role, TokenReply } from '../../src/server/wire/access.ts'
import { makeServerParts } from '../support/server-parts.ts'
import { builtDashboard } from './built-dashboard.ts'
import { askAt } from './served.ts'

/** What a test does with it. */
export interface SmallDashboard {
  readonly url: string
  /** Makes a token of an admin, or of that role everywhere. @returns its secret */
  token(name: string, role?: Role): Promise<string>
  /** Opens a ramp. @returns its id */
  open(plan: Plan, by: string): Promise<string>
}

/** Opens it; it is closed when the test ends. */
export async function openSmallDashboard(t: TestContext): Promise<SmallDashboard> {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-approvals-'))
  const { parts, troubles } = makeServerParts(folder)
  const { engine } = parts
  const server = await openServer(parts, { forNetwork: true, dashboard: await builtDashboard() })
  await engine.start()
  const socket = join(folder, 'daemon.sock')
  await server.listen(socket)
  const { url } = await server.listenOnNetwork({ host: '127.0.0.1', port: 0 })
  t.after(async () => {
    await engine.close()
    await server.close()
    assert.deepEqual(troubles, [], 'nothing went wrong by a bug of ours')
    rmSync(folder, { recursive: true, force: true })
  })
  const token = async (name: string, role: Role = 'admin'): Promise<string> => {
    const grants = [{ role, scope: {} }]
    const body = { name, grants, lifetimeMs: 3_600_000 }
    return (await askAt<TokenReply>(socket, '/v1/tokens', body)).secret
  }
  const open = (plan: Plan, by: string): Promise<string> =>
    engine.open({ plan, by, settings: { values: {}, secrets: [], run: {} } })
  return { url, token, open }
}
