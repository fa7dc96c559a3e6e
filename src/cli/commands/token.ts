/** `rampart token create|list|revoke`: by what machines and agents are known to a server. */
import type { Grant } from '../../server/wire/access.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { durationOption } from '../duration-option.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { scopeOf, strangeLabel } from '../scope-options.ts'
import { withDaemon, withOwnDaemon, workspaceOf } from '../workspace.ts'

const ROLES = ['viewer', 'operator', 'approver', 'admin', 'agent'] as const
const LIFETIME = '90d'
const DAY_MS = 86_400_000

interface CreateOptions extends JsonOption, WorkspaceOption {
  readonly role?: string
  readonly contract?: readonly string[]
  readonly label?: readonly string[]
  readonly region?: readonly string[]
  readonly expires?: string
}

/** Makes one, and shows its secret this once. */
export async function runTokenCreate(
  parts: CliParts,
  name: string,
  options: CreateOptions,
): Promise<number> {
  const role = ROLES.find((one) => one === options.role)
  if (role === undefined) {
    const sentence = `--role is one of ${ROLES.join(', ')}.`
    return misuse(parts, sentence, `Next: rampart token create ${name} --role operator`)
  }
  if (role === 'agent' && options.region === undefined) {
    const sentence =
      'The token of an agent is for the regions that it works in: --region is missing.'
    return misuse(parts, sentence, `Next: rampart token create ${name} --role agent --region eu`)
  }
  const { contract: contracts, label: labels, region: regions } = options
  const scope = { contracts, labels, regions }
  const strange = strangeLabel(scope)
  if (strange !== undefined) {
    return misuse(
      parts,
      strange,
      `Next: rampart token create ${name} --role ${role} --label team=store`,
    )
  }
  const grants: readonly Grant[] = [{ role, scope: scopeOf(scope) }]
  const lifetimeMs = lifetimeOf(options.expires ?? LIFETIME)
  return await withOwnDaemon(parts, workspaceOf(parts, options), async (client) => {
    const { token, secret } = await client.createToken({ name, grants, lifetimeMs })
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify({ ...token, secret })}\n`)
      return EXIT.yes
    }
    const until = new Date(token.expiresAtMs).toISOString()
    parts.stderr.write(`${token.name} (${token.id}) holds until ${until}.\n`)
    parts.stderr.write('This is the only time that its secret is shown:\n')
    parts.stdout.write(`${secret}\n`)
    return EXIT.yes
  })
}

/** Lists them, without any secret. */
export async function runTokenList(
  parts: CliParts,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return await withDaemon(parts, options, async (client) => {
    for (const token of await client.tokens()) {
      if (options.json === true) {
        parts.stdout.write(`${JSON.stringify(token)}\n`)
        continue
      }
      const { id, name, grants, expiresAtMs, lastUsedAtMs, revokedAtMs } = token
      const roles = grants.map(({ role }) => role).join(', ')
      const isOver = revokedAtMs !== undefined ? 'revoked' : `until ${dayOf(expiresAtMs)}`
      const used = lastUsedAtMs === undefined ? 'never used' : `last used ${dayOf(lastUsedAtMs)}`
      parts.stdout.write(`${id}  ${name}  ${roles}  ${isOver}  ${used}\n`)
    }
    return EXIT.yes
  })
}

/** Ends one at once. @throws token-unknown */
export async function runTokenRevoke(
  parts: CliParts,
  id: string,
  options: WorkspaceOption,
): Promise<number> {
  return await withDaemon(parts, options, async (client) => {
    await client.revokeToken(id)
    parts.stderr.write(`${id} is revoked.\n`)
    return EXIT.yes
  })
}

/** As durations are written, and days, which no contract needs: `90d`, `12h`. */
function lifetimeOf(text: string): number {
  const [, days] = /^(\d{1,3})d$/.exec(text) ?? []
  return days === undefined ? durationOption('--expires', text) : Number(days) * DAY_MS
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}
