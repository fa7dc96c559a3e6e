/**
 * `rampart people grant`: a role for a person, by name. It adds to what was granted by name before, so
 * that nobody loses a role that nobody spoke of; `rampart people revoke` takes away.
 */
import { listWords } from '../../contracts/document/describe-value.ts'
import { nearestWord } from '../../contracts/document/nearest-word.ts'
import { isFault } from '../../core/fault/fault.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { PeopleClient } from '../../server/client/people-client.ts'
import type { Grant, PersonView, Role } from '../../server/wire/access.ts'
import { describeGrant, describeGrants } from '../../server/wire/grant-words.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { scopeOf, strangeLabel } from '../scope-options.ts'
import { withOwnDaemon, workspaceOf } from '../workspace.ts'

const ROLES: readonly Role[] = ['viewer', 'operator', 'approver', 'admin']

/** What stands before every name that a provider of identities gives. */
const PREFIX = 'oidc:'

/** What it may be told. */
export type GrantOptions = JsonOption &
  WorkspaceOption & {
    readonly role?: string
    readonly contract?: readonly string[]
    readonly label?: readonly string[]
  }

/** Grants it, and says what they have now and had before. */
export async function runPeopleGrant(
  parts: CliParts,
  person: string,
  options: GrantOptions,
): Promise<number> {
  const grant = grantOf(person, options)
  if ('sentence' in grant) return misuse(parts, grant.sentence, `Next: ${grant.next}`)
  return await withOwnDaemon(parts, workspaceOf(parts, options), async ({ people }) => {
    const before = await lookAt(people, person)
    const isNew = before.granted.every((one) => !isSame(one, grant))
    const now = isNew ? await people.grant(before, [...before.granted, grant]) : before
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify({ ...now, grantedBefore: before.granted })}\n`)
      return EXIT.yes
    }
    parts.stderr.write(`${tellGrant({ grant, isNew, before, now }).join('\n')}\n`)
    return EXIT.yes
  })
}

interface Misused {
  readonly sentence: string
  readonly next: string
}

function grantOf(person: string, options: GrantOptions): Grant | Misused {
  const role = ROLES.find((one) => one === options.role)
  if (role === undefined) return strangeRole(person, options.role)
  const next = (called: string): string => `rampart people grant ${called} --role ${role}`
  if (!person.startsWith(PREFIX) || person === PREFIX) {
    const sentence = `${person} is nobody who could sign in: people are named as oidc:anna@example.org.`
    return { sentence, next: next(`${PREFIX}${person === PREFIX ? 'anna@example.org' : person}`) }
  }
  const { contract: contracts, label: labels } = options
  const scope = { contracts, labels }
  const sentence = strangeLabel(scope)
  if (sentence !== undefined) return { sentence, next: `${next(person)} --label team=store` }
  return { role, scope: scopeOf(scope) }
}

function strangeRole(person: string, role: string | undefined): Misused {
  const words = listWords(ROLES, 'or')
  if (role === undefined) {
    const sentence = `Which role is granted is not said: --role is ${words}.`
    return { sentence, next: `rampart people grant ${person} --role viewer` }
  }
  const nearest = nearestWord(role, ROLES)
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  const sentence = `There is no role ${role} of people; --role is ${words}.${meant}`
  return { sentence, next: `rampart people grant ${person} --role ${nearest ?? 'viewer'}` }
}

/** What is known of them; somebody may be let in who has never been here. */
async function lookAt(people: PeopleClient, name: string): Promise<PersonView> {
  try {
    return await people.find(name)
  } catch (error) {
    if (!isFault(error, 'person-unknown')) throw error
    return { name, grants: [], granted: [], grantsVersion: 0 }
  }
}

function isSame(one: Grant, other: Grant): boolean {
  return keyOf(one) === keyOf(other)
}

/** The order in which patterns were given means nothing. */
function keyOf({ role, scope }: Grant): string {
  const { contracts } = scope
  const sorted = contracts === undefined ? {} : { contracts: [...new Set(contracts)].sort() }
  return digestOf({ role, scope: { ...scope, ...sorted } })
}

interface Told {
  readonly grant: Grant
  readonly isNew: boolean
  readonly before: PersonView
  readonly now: PersonView
}

function tellGrant({ grant, isNew, before, now }: Told): readonly string[] {
  const { name, grants, granted, lastSeenAtMs } = now
  const had = describeGrants(before.granted)
  const lines = isNew
    ? [
        `${name} is granted ${describeGrant(grant)}.`,
        `By name they have now: ${describeGrants(granted)}. Before: ${had}.`,
      ]
    : [
        `${name} was granted ${describeGrant(grant)} before; nothing changes.`,
        `By name they have: ${had}.`,
      ]
  const besides = grants.slice(granted.length)
  if (besides.length > 0) {
    const given = describeGrants(besides)
    lines.push(`Their groups, or the server's own file, give besides: ${given}.`)
  }
  if (lastSeenAtMs === undefined) {
    lines.push('Nobody has signed in by that name yet; it counts once somebody does.')
  }
  const hasMore = granted.length > 1
  lines.push(
    hasMore
      ? `Grants add up. To leave them less, next: rampart people revoke ${name}, and grant again`
      : 'Next: rampart people list',
  )
  return lines
}
