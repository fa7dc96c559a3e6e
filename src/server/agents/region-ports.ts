/**
 * The ports of a region's machine, told by its agent: it keeps the record of them. Nothing is answered in
 * its place, since nobody else knows.
 */
import { Fault } from '../../core/fault/fault.ts'
import type { ServerParts } from '../parts.ts'
import type { ToldPorts } from '../wire/agent-work.ts'
import type { LeaseList, PortStory } from '../wire/ports.ts'
import { inTime } from './everywhere.ts'

type Parts = Pick<ServerParts, 'agents' | 'clock'>

/**
 * What is leased on the machine of a region's agent.
 *
 * @throws agent-unknown, agent-away, ports-unavailable
 */
export async function leasesOfRegion(parts: Parts, region: string): Promise<LeaseList> {
  const { list, refusal } = await askAgent(parts, region, undefined)
  if (list === undefined) throw refused(region, refusal)
  return list
}

/**
 * All that can be told of one port of that machine.
 *
 * @throws agent-unknown, agent-away, ports-unavailable
 */
export async function storyOfRegion(
  parts: Parts,
  region: string,
  port: number,
): Promise<PortStory> {
  const { story, refusal } = await askAgent(parts, region, port)
  if (story?.port !== port) throw refused(region, refusal)
  return story
}

async function askAgent(
  { agents, clock }: Parts,
  region: string,
  port: number | undefined,
): Promise<ToldPorts> {
  const isWorked = await agents?.desk.isWorked(region)
  if (agents === undefined || isWorked !== true) throw unknown(region)
  const told = await inTime(clock, (signal) => agents.desk.ports(region, port, signal))
  if (told === undefined) throw away(region)
  return told
}

function unknown(region: string): Fault {
  return new Fault({
    code: 'agent-unknown',
    operation: 'look at ports',
    subject: region,
    hint: `No agent works for region ${region}; what it has is done by the server: ask without --region.`,
  })
}

function away(region: string): Fault {
  return new Fault({
    code: 'agent-away',
    operation: 'look at ports',
    subject: region,
    hint:
      `The agent of region ${region} does not answer, and it alone knows the ports of its machine; ` +
      'what is leased there stays leased.',
  })
}

function refused(region: string, refusal = 'It was asked for something else.'): Fault {
  return new Fault({
    code: 'ports-unavailable',
    operation: 'look at ports',
    subject: region,
    hint: `The agent of region ${region} tells of none. ${refusal}`,
  })
}
