/** Who works for a server in which region, a line each: for `status` and `agents list`. */
import { describeDuration } from '../../core/units/duration.ts'
import type { AgentCertificate, AgentView } from '../../server/wire/agents.ts'
import { tableLines } from './columns.ts'
import { MARKS, type Paint } from './paint.ts'

/** A line for each agent. */
export function agentRows(agents: readonly AgentView[], nowMs: number): readonly string[] {
  return tableLines(
    agents.map(({ region, name, status, version, certificate, lastSeenAtMs }) => {
      const ago = describeDuration(Math.max(0, Math.round(nowMs - lastSeenAtMs)))
      const seen = [region, name, status, `version ${version}`, `seen ${ago} ago`]
      return certificate === undefined ? seen : [...seen, untilWhen(certificate, nowMs)]
    }),
  )
}

function untilWhen({ untilMs }: AgentCertificate, nowMs: number): string {
  const left = untilMs - nowMs
  if (left <= 0) return 'certificate has expired'
  return `certificate ends in ${describeDuration(Math.round(left))}`
}

/** A section with a title, and what a lost one means for its region; nothing where there are none. */
export function agentLines(
  agents: readonly AgentView[],
  nowMs: number,
  paint: Paint,
): readonly string[] {
  if (agents.length === 0) return []
  const lines = agentRows(agents, nowMs).map((line, index) => {
    const mood = agents[index]?.status === 'connected' ? 'good' : 'bad'
    return `  ${paint.mood(mood, MARKS[mood])} ${line}`
  })
  const lost = agents.filter(({ status }) => status === 'lost').map(({ region }) => region)
  const wait =
    lost.length === 0
      ? []
      : [`  What is to be done in ${lost.join(' and ')} waits. Next: rampart agent --help`]
  return [paint.bold('Agents'), ...lines, ...wait, '']
}
