/**
 * A server on the network with TLS, everything else of it in memory, that lets agents in only by a
 * certificate of one authority. Agents come as their clients do, with real handshakes.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Entry } from '../../src/core/entry/entry.ts'
import { MemoryRecords } from '../../src/records/memory/memory-records.ts'
import { CLOSED } from '../../src/server/access/access-config.ts'
import { AgentDesk } from '../../src/server/agents/agent-desk.ts'
import { AgentRegister } from '../../src/server/agents/agent-register.ts'
import { RampartClient } from '../../src/server/client/client.ts'
import type { NetDoor } from '../../src/server/net-door.ts'
import type { ServerParts } from '../../src/server/parts.ts'
import { openServer } from '../../src/server/server.ts'
import type { Grant } from '../../src/server/wire/access.ts'
import { type Certificate, makeCertificate, tlsFiles } from './certificates.ts'
import { makeServerParts } from './server-parts.ts'

/** What a note of access says. */
export type AccessEntry = Extract<Entry, { type: 'access.changed' }>

/** A server that serves by TLS. */
export interface CertifiedServer {
  readonly url: string
  /** Whom to trust to believe it. */
  readonly ca: string
  readonly door: NetDoor
  readonly desk: AgentDesk
  /** The secret of a token that the owner of the machine has made. */
  tokenFor(name: string, ...grants: readonly Grant[]): Promise<string>
  /** What the ledger says of access since it was opened. */
  notes(what: string): Promise<readonly AccessEntry[]>
}

/** Opens one; it ends with the test. */
export async function openCertifiedServer(
  t: TestContext,
  authority: Pick<Certificate, 'certificateFile'>,
  more: Partial<ServerParts> = {},
): Promise<CertifiedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-certified-'))
  const own = await makeCertificate(t, { names: ['IP:127.0.0.1'] })
  const { parts: made } = makeServerParts(folder)
  const { clock, random, ledger } = made
  const register = new AgentRegister({ records: new MemoryRecords(clock), clock })
  const desk = new AgentDesk({ register, clock, random })
  const access = { ...CLOSED, areAgentsCertified: true }
  const parts = { ...made, access, agents: { desk, register }, ...more }
  const server = await openServer(parts, { forNetwork: true })
  await parts.engine.start()
  const socket = join(folder, 'daemon.sock')
  await server.listen(socket)
  const { certificateFile: clientCa } = authority
  const tls = { ...tlsFiles(own), clientCa }
  const door = await server.listenOnNetwork({ host: '127.0.0.1', port: 0, tls })
  const owner = new RampartClient(socket)
  t.after(async () => {
    await owner.close()
    desk.close()
    await parts.engine.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    ...{ url: door.url, ca: own.certificate, door, desk },
    async tokenFor(name, ...grants) {
      return (await owner.createToken({ name, grants, lifetimeMs: 30 * 86_400_000 })).secret
    },
    async notes(what) {
      const found: AccessEntry[] = []
      for await (const { entry } of ledger.read('access', 0)) {
        if (entry.type === 'access.changed' && entry.what === what) found.push(entry)
      }
      return found
    },
  }
}
