/** `rampart agent`: work for servers in a region, in the foreground. */
import { resolve } from 'node:path'
import { assertNotExposed, readCertificates, serverUrl } from '../choose-server.ts'
import type { CliParts, RunAgentOptions } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { refuseLogForm } from '../log-form.ts'
import type { WorkspaceOption } from '../options.ts'
import { ownWorkspaceOf } from '../workspace.ts'

interface AgentOptions extends WorkspaceOption {
  readonly region?: string
  readonly server?: readonly string[]
  readonly ca?: string
  readonly certificate?: string
  readonly key?: string
  readonly replace?: boolean
}

const NEXT = 'Next: rampart agent --region eu --server https://rampart.example.org'

const NEXT_CERTIFIED = `${NEXT} --certificate FILE --key FILE`

/** Runs it. @throws server-malformed, token-exposed, certificate-unusable */
export async function runAgent(parts: CliParts, options: AgentOptions): Promise<number> {
  const refused = refuseLogForm(parts, 'agent')
  if (refused !== undefined) return refused
  const { region, ca, certificate, key, replace = false } = options
  const given = options.server ?? []
  const fromSettings = parts.settings['RAMPART_SERVER']
  const servers = given.length > 0 || fromSettings === undefined ? given : [fromSettings]
  if (region === undefined) return misuse(parts, 'An agent works for a region.', NEXT)
  if (servers.length === 0) return misuse(parts, 'An agent works for a server.', NEXT)
  const urls = servers.map(serverUrl)
  for (const url of urls) assertNotExposed(url)
  if ((certificate === undefined) !== (key === undefined)) {
    return misuse(parts, 'A certificate and its key are needed together.', NEXT_CERTIFIED)
  }
  const unseeing = urls.find(({ protocol }) => certificate !== undefined && protocol === 'http:')
  if (unseeing !== undefined) {
    const sentence = `${unseeing.origin} has no TLS, so that it would not see the certificate.`
    return misuse(parts, sentence, NEXT_CERTIFIED)
  }
  const token = parts.settings['RAMPART_TOKEN']
  if (token === undefined) {
    const sentence = 'An agent is known by its token, which is read from RAMPART_TOKEN.'
    const next = `Next: rampart token create agent-${region} --role agent --region ${region}`
    return misuse(parts, sentence, next)
  }
  const trusted = ca === undefined ? {} : { ca: readCertificates(resolve(parts.cwd, ca)) }
  const workspace = ownWorkspaceOf(parts, options)
  const shown = certificateOf(parts, certificate, key)
  const who = { workspace, region, servers, token, ...trusted, ...shown, isReplacing: replace }
  return await parts.runAgent(who)
}

function certificateOf(
  { cwd }: CliParts,
  certificate: string | undefined,
  key: string | undefined,
): Pick<RunAgentOptions, 'certificate'> {
  if (certificate === undefined || key === undefined) return {}
  return { certificate: { certificate: resolve(cwd, certificate), key: resolve(cwd, key) } }
}
