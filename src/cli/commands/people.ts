/** `rampart people list|revoke|sign-out`: who has signed in to a server, and sending somebody away. */
import { describeDuration } from '../../core/units/duration.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { tableLines } from '../views/columns.ts'
import { withDaemon } from '../workspace.ts'

/** Lists them, a line each. */
export async function runPeopleList(
  parts: CliParts,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return await withDaemon(parts, options, async (client) => {
    const people = await client.people.list()
    if (options.json === true) {
      for (const person of people) parts.stdout.write(`${JSON.stringify(person)}\n`)
      return EXIT.yes
    }
    if (people.length === 0) parts.stderr.write('Nobody has signed in to this server.\n')
    const rows = people.map(({ name, grants, lastSeenAtMs }) => {
      const roles = grants.map(({ role }) => role).join(', ')
      if (lastSeenAtMs === undefined) return [name, roles || 'nothing', 'never signed in']
      const ago = describeDuration(Math.max(0, Math.round(parts.nowMs() - lastSeenAtMs)))
      return [name, roles || 'nothing', `signed in ${ago} ago`]
    })
    for (const line of tableLines(rows)) parts.stdout.write(`${line}\n`)
    return EXIT.yes
  })
}

/** Takes away what was granted to a person by name; what groups and the file of access give stays. */
export async function runPeopleRevoke(
  parts: CliParts,
  person: string,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return await withDaemon(parts, options, async (client) => {
    const before = await client.people.find(person)
    const left = await client.people.revoke(before)
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify(left)}\n`)
      return EXIT.yes
    }
    const was = before.granted.map(({ role }) => role).join(', ') || 'nothing'
    const still = left.grants.map(({ role }) => role).join(', ')
    parts.stderr.write(`${person} is granted nothing by name any more; it was ${was}.\n`)
    if (still !== '') {
      parts.stderr.write(
        `Their groups, or the server's own file, still give: ${still}.\n` +
          "Next: take them out of the group, or change the server's file of access.\n",
      )
    }
    return EXIT.yes
  })
}

/** Ends what a person is signed in by; their grants stay. @throws person-unknown */
export async function runPeopleSignOut(
  parts: CliParts,
  person: string,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return await withDaemon(parts, options, async (client) => {
    const ended = await client.people.signOut(person)
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify({ name: person, ...ended })}\n`)
      return EXIT.yes
    }
    const { sessions, logins } = ended
    parts.stderr.write(
      `${person} is signed out: ${sessions} of browsers, ${logins} of command lines.\n` +
        'Whoever may still sign in can come again; take their grants away as well to prevent it.\n' +
        `Next: rampart people revoke ${person}\n`,
    )
    return EXIT.yes
  })
}
