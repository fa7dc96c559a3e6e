/** `rampart agent`: work for servers in a region, in the foreground. */
import { resolve } from 'node:path'
import { assertNotExposed, readCertificates, serverUrl } from '../choose-server.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import type { WorkspaceOption } from '../options.ts'
import { ownWorkspaceOf } from '../workspace.ts'

interface AgentOptions extends WorkspaceOption {
  readonly region?: string
  readonly server?: readonly string[]
  readonly ca?: string
  readonly replace?: boolean
}

const NEXT = 'Next: rampart agent --region eu --server https://rampart.example.org'

/** Runs it. @throws server-malformed, token-exposed */
export async function runAgent(parts: CliParts, options: AgentOptions): Promise<number> {
  const { region, ca, replace = false } = options
  const given = options.server ?? []
  const fromSettings = parts.settings['RAMPART_SERVER']
  const servers = given.length > 0 || fromSettings === undefined ? given : [fromSettings]
  if (region === undefined) return misuse(parts, 'An agent works for a region.', NEXT)
  if (servers.length === 0) return misuse(parts, 'An agent works for a server.', NEXT)
  for (const server of servers) assertNotExposed(serverUrl(server))
  const token = parts.settings['RAMPART_TOKEN']
  if (token === undefined) {
    const sentence = 'An agent is known by its token, which is read from RAMPART_TOKEN.'
    const next = `Next: rampart token create agent-${region} --role agent --region ${region}`
    return misuse(parts, sentence, next)
  }
  const trusted = ca === undefined ? {} : { ca: readCertificates(resolve(parts.cwd, ca)) }
  const workspace = ownWorkspaceOf(parts, options)
  const who = { workspace, region, servers, token, ...trusted, isReplacing: replace }
  return await parts.runAgent(who)
}
