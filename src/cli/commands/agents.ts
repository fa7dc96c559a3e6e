/** `rampart agents list|remove`: who works in which region for a server. */
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { agentRows } from '../views/agent-lines.ts'
import { withDaemon } from '../workspace.ts'

/** Lists them, a line each. */
export async function runAgentsList(
  parts: CliParts,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return await withDaemon(parts, options, async (client) => {
    const agents = await client.agents()
    if (options.json === true) {
      for (const agent of agents) parts.stdout.write(`${JSON.stringify(agent)}\n`)
      return EXIT.yes
    }
    if (agents.length === 0) {
      parts.stderr.write('No agent works for this server. Next: rampart agent --help\n')
    }
    for (const line of agentRows(agents, parts.nowMs())) parts.stdout.write(`${line}\n`)
    return EXIT.yes
  })
}

/** Lets a region have no agent any more. @throws agent-unknown, agent-connected */
export async function runAgentsRemove(
  parts: CliParts,
  region: string,
  options: WorkspaceOption,
): Promise<number> {
  return await withDaemon(parts, options, async (client) => {
    await client.removeAgent(region)
    parts.stderr.write(`Region ${region} has no agent any more; the server does its stages.\n`)
    return EXIT.yes
  })
}
