/** `rampart agent`: work for servers in a region, in the foreground. */
import { resolve } from 'node:path'
import { readCertificates } from '../choose-server.ts'
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

/** Runs it. */
export async function runAgent(parts: CliParts, options: AgentOptions): Promise<number> {
  const { region, ca, replace = false } = options
  const given = options.server ?? []
  const fromSettings = parts.settings['RAMPART_SERVER']
  const servers = given.length > 0 || fromSettings === undefined ? given : [fromSettings]
  if (region === undefined) return misuse(parts, 'An agent works for a region.', NEXT)
  if (servers.length === 0) return misuse(parts, 'An agent works for a server.', NEXT)
  const wrong = servers.find((server) => !isServer(server))
  if (wrong !== undefined) {
    const sentence = `${wrong} is no address of a server: https://…, or http://… on this machine.`
    return misuse(parts, sentence, NEXT)
  }
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

/** Whether what is sent there can be read by nobody else on the way. */
function isServer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  const isHere = ['localhost', '[::1]'].includes(hostname) || hostname.startsWith('127.')
  return protocol === 'https:' || (protocol === 'http:' && isHere)
}
