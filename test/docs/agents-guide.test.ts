/** The guide to agents shows what is so: its certificates are made as it says, and let an agent in. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { RampartClient } from '../../src/server/client/client.ts'
import { openssl } from '../support/certificates.ts'
import { openCertifiedServer } from '../support/certified-server.ts'
import { blocksOf } from './markdown-blocks.ts'

const GUIDE = join(import.meta.dirname, '../../docs/guides/agents.md')

test(
  'certificates that are made as the guide says let the agent of their region in',
  openssl,
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'rampart-guide-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const blocks = blocksOf(readFileSync(GUIDE, 'utf8')).filter(({ text }) => /openssl/.test(text))
    assert.equal(blocks.length, 3)
    for (const { text } of blocks) execFileSync('sh', ['-ec', text], { cwd: folder, stdio: 'pipe' })
    const authority = { certificateFile: join(folder, 'agents-ca.pem') }
    const server = await openCertifiedServer(t, authority)
    const certificate = {
      certificate: join(folder, 'agent-eu.pem'),
      key: join(folder, 'agent-eu.key'),
    }
    const scope = { regions: ['eu'] }
    const token = await server.tokenFor('agent-eu', { role: 'agent', scope })
    const client = new RampartClient({ url: server.url, ca: server.ca, token, certificate })
    t.after(() => client.close())
    assert.deepEqual((await client.me()).grants, [{ role: 'agent', scope }])
  },
)
