/**
 * Tokens: made, shown once, known again, listed, revoked. Only hashes are kept. A token for a machine
 * has a name and grants of its own; one that somebody signed in for has neither, but is that person.
 */
import { z } from 'zod'
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Records } from '../../seams/records.ts'
import { changeRecord, type Precondition } from '../precondition.ts'
import type { Grant, TokenReply, TokenRequest, TokenView } from '../wire/access.ts'
import { etagOf } from '../wire/etags.ts'
import type { AccessAudit, AccessNote } from './audit.ts'
import { GRANTS } from './grants.ts'
import type { Hand } from './hands.ts'
import type { Identity } from './identity.ts'
import { hashOfSecret, isEqualSecret, newId, newSecret } from './secret.ts'
import { Shelf, type Shelved } from './shelf.ts'
import { parseToken, printToken } from './token-text.ts'

/** How many tokens there may be that are not yet forgotten. */
const TOKENS_MAX = 2_000

/** How many of them may be logins of one person: nobody is to use up the room of all. */
export const LOGINS_MAX = 50

/** How long an expired token is still listed; a login is gone once it has expired. @unit ms */
const REMEMBERED_MS = 30 * 86_400_000

/** The shortest time between two notes of a token's use. @unit ms */
const USE_PAUSE_MS = 60_000

/** How the names of tokens begin in the ledger. */
const TOKEN_PREFIX = 'token:'

/** What a token may be called. */
export const TOKEN_NAME: RegExp = /^[a-z0-9][a-z0-9._@-]{0,99}$/

/** A token as it is kept. */
export interface KeptToken {
  readonly hash: string
  readonly name: string
  /** Whom it speaks for; absent: it is a machine of its own. */
  readonly person?: string
  readonly grants: readonly Grant[]
  readonly createdBy: string
  /** Everybody who could have kept a copy: who made it, and who is behind them. */
  readonly behind: readonly string[]
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly revokedAtMs?: number
}

const names = z.array(z.string())

const TOKEN: z.ZodType<KeptToken> = z.object({
  hash: z.string(),
  name: z.string(),
  person: z.string().exactOptional(),
  grants: GRANTS,
  createdBy: z.string(),
  behind: names,
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  revokedAtMs: z.number().exactOptional(),
})

/** Which token bears a name now, and who has ever made one of that name. */
interface NameOwner {
  readonly id: string
  readonly makers: readonly string[]
}

const NAME_OWNER: z.ZodType<NameOwner> = z.object({ id: z.string(), makers: names })
const USE = z.object({ atMs: z.number() })

/** What a token's text is worth. */
export type Recognised =
  | { readonly is: 'known'; readonly id: string; readonly token: KeptToken }
  | {
      readonly is: 'refused'
      readonly why: 'malformed' | 'unknown' | 'expired' | 'revoked'
      /** Whose it was. */
      readonly name?: string
    }

/** Keeps tokens. */
export class TokenStore {
  readonly #clock: Clock
  readonly #audit: AccessAudit
  readonly #tokens: Shelf<KeptToken>
  readonly #names: Shelf<NameOwner>
  readonly #uses: Shelf<{ readonly atMs: number }>
  readonly #usedAtMs = new Map<string, number>()

  constructor(parts: {
    readonly records: Records
    readonly clock: Clock
    readonly audit: AccessAudit
  }) {
    this.#clock = parts.clock
    this.#audit = parts.audit
    this.#tokens = new Shelf(parts.records, 'tokens', TOKEN)
    this.#names = new Shelf(parts.records, 'token-names', NAME_OWNER)
    this.#uses = new Shelf(parts.records, 'token-uses', USE)
  }

  /**
   * Makes a token for a machine.
   *
   * @throws token-exists while another of that name may be used
   * @throws limit-reached
   */
  async create(maker: Identity, { name, grants, lifetimeMs }: TokenRequest): Promise<TokenReply> {
    const id = newId()
    const owner = await this.#names.get(name)
    if (owner !== undefined) await this.#assertFree(name, owner.value.id)
    const makers = [...(owner?.value.makers ?? []), maker.name, ...maker.behind]
    const behind = [...new Set(makers)]
    const claimName = async (): Promise<void> => {
      const value = { id, makers: behind }
      await this.#names.put(name, value, { ifVersion: owner?.version ?? 0 }).catch((error) => {
        throw isFault(error, 'record-conflict') ? nameTaken(name, 'Another token') : error
      })
    }
    return this.#make(maker, { id, name, grants, behind, lifetimeMs }, claimName)
  }

  /** Makes a token that is a person: what they may do, it may, for as long as it lasts. */
  createFor(person: Identity, name: string, lifetimeMs: number): Promise<TokenReply> {
    const { name: owner, behind } = person
    const own = { id: newId(), name, grants: [], person: owner, behind, lifetimeMs }
    return this.#make(person, own)
  }

  /** Every token that is not forgotten, by when it was made. */
  async list(): Promise<readonly TokenView[]> {
    const [tokens, uses] = await Promise.all([
      this.#tokens.list({ limit: 5_000 }),
      this.#uses.list({ limit: 5_000 }),
    ])
    const usedAtMs = new Map(uses.map(({ key, value }) => [key, value.atMs]))
    return tokens
      .map((token) => tokenView(token, usedAtMs.get(token.key)))
      .sort((one, other) => one.createdAtMs - other.createdAtMs)
  }

  /** Undefined when there is none. */
  async find(id: string): Promise<TokenView | undefined> {
    const token = await this.#tokens.get(id)
    const use = await this.#uses.get(id)
    return token && tokenView(token, use?.value.atMs)
  }

  /**
   * Refuses a token from now on. Quiet when it is revoked already.
   *
   * @param only what whoever revokes it has seen of it; absent: whatever there is
   * @throws token-unknown, precondition-failed
   */
  async revoke(by: Identity, id: string, only?: Precondition): Promise<void> {
    const token = await this.#tokens.get(id)
    if (token === undefined) throw tokenUnknown(id)
    const { value, version } = token
    const deed = { operation: 'revoke the token', subject: id }
    only?.check(etagOf(version), deed)
    if (value.revokedAtMs !== undefined) return
    const subject = value.person ?? `${TOKEN_PREFIX}${value.name}`
    const sentence = `${by.name} revoked the token ${value.name} (${id}).`
    await this.#audit.note({
      by: by.name,
      what: 'token.revoked',
      subject,
      sentence,
      details: { id },
    })
    const revokedAtMs = this.#clock.nowMs()
    const expiresAtMs = forgottenAtMs(value)
    const now = () => this.#tokens.versionOf(id)
    await changeRecord({ only, deed, version: now }, () =>
      this.#tokens.put(id, { ...value, revokedAtMs }, { ifVersion: version, expiresAtMs }),
    )
  }

  /** Revokes every login of a person that may still be used. @returns how many there were */
  async revokeLoginsOf(by: Identity, person: string): Promise<number> {
    const tokens = await this.#tokens.list({ limit: 5_000 })
    const logins = tokens.filter(({ key, value }) => {
      return value.person === person && this.#judge(key, value).is === 'known'
    })
    for (const { key } of logins) await this.revoke(by, key)
    return logins.length
  }

  /** What a text is worth now. */
  async recognise(text: string): Promise<Recognised> {
    const parsed = parseToken(text)
    if (parsed === undefined) return { is: 'refused', why: 'malformed' }
    const { id, secret } = parsed
    const token = (await this.#tokens.get(id))?.value
    if (token === undefined || !isEqualSecret(token.hash, hashOfSecret(secret))) {
      return { is: 'refused', why: 'unknown' }
    }
    return this.#judge(id, token)
  }

  /** What a token that was recognised before is worth now. */
  async recall(id: string): Promise<Recognised> {
    const token = (await this.#tokens.get(id))?.value
    return token === undefined ? { is: 'refused', why: 'unknown' } : this.#judge(id, token)
  }

  /** Notes that a token was used, at most once a minute. */
  async touch(id: string, token: KeptToken): Promise<void> {
    const nowMs = this.#clock.nowMs()
    const usedAtMs = this.#usedAtMs.get(id)
    if (usedAtMs !== undefined && nowMs - usedAtMs < USE_PAUSE_MS) return
    this.#usedAtMs.set(id, nowMs)
    await this.#uses.put(id, { atMs: nowMs }, { expiresAtMs: forgottenAtMs(token) })
  }

  /** Who is behind a name that stands in the ledger. */
  async handOf(name: string): Promise<Hand> {
    const called = name.slice(TOKEN_PREFIX.length)
    if (!name.startsWith(TOKEN_PREFIX) || !TOKEN_NAME.test(called)) return { name, behind: [] }
    const owner = await this.#names.get(called)
    return { name, behind: owner?.value.makers ?? [] }
  }

  /** Machines whose tokens may approve something, and who is behind them. */
  async approvingHands(): Promise<readonly Hand[]> {
    const tokens = await this.#tokens.list({ limit: TOKENS_MAX })
    return tokens
      .map(({ value }) => value)
      .filter(({ person, grants }) => person === undefined && grants.some(mayApprove))
      .map(({ name, behind }) => ({ name: `${TOKEN_PREFIX}${name}`, behind }))
  }

  #judge(id: string, token: KeptToken): Recognised {
    const name = token.person ?? `${TOKEN_PREFIX}${token.name}`
    if (token.revokedAtMs !== undefined) return { is: 'refused', why: 'revoked', name }
    if (token.expiresAtMs <= this.#clock.nowMs()) return { is: 'refused', why: 'expired' }
    return { is: 'known', id, token }
  }

  async #assertFree(name: string, id: string): Promise<void> {
    const bearer = (await this.#tokens.get(id))?.value
    if (bearer === undefined || bearer.revokedAtMs !== undefined) return
    if (bearer.expiresAtMs <= this.#clock.nowMs()) return
    throw nameTaken(name, `The token ${id}`)
  }

  /**
   * A token is kept before it bears its name, so that whoever wants the same name finds it used. Nobody
   * knows its secret before all of that is noted; what could not be is taken back.
   */
  async #make(
    maker: Identity,
    wanted: Pick<KeptToken, 'name' | 'person' | 'grants' | 'behind'> & {
      readonly id: string
      readonly lifetimeMs: number
    },
    claimName: () => Promise<void> = async () => undefined,
  ): Promise<TokenReply> {
    const { id, lifetimeMs, ...own } = wanted
    await this.#assertRoom(own.person)
    const createdAtMs = this.#clock.nowMs()
    const expiresAtMs = createdAtMs + lifetimeMs
    const secret = newSecret()
    const token = {
      hash: hashOfSecret(secret),
      ...own,
      createdBy: maker.name,
      createdAtMs,
      expiresAtMs,
    }
    const placing = { ifVersion: 0, expiresAtMs: forgottenAtMs(token) }
    const version = await this.#tokens.put(id, token, placing)
    try {
      await claimName()
      await this.#audit.note(creationNote(id, token))
    } catch (error) {
      await this.#tokens.remove(id)
      throw error
    }
    const view = tokenView({ key: id, value: token, version })
    return { token: view, secret: printToken({ id, secret }) }
  }

  async #assertRoom(person: string | undefined): Promise<void> {
    const tokens = await this.#tokens.list({ limit: TOKENS_MAX })
    const own = tokens.filter(({ value }) => person !== undefined && value.person === person)
    if (own.length >= LOGINS_MAX) {
      throw new Fault({
        code: 'limit-reached',
        operation: 'log in',
        subject: person ?? 'tokens',
        hint: `${person} has logged in ${LOGINS_MAX} times; each login is forgotten when it expires.`,
      })
    }
    if (tokens.length < TOKENS_MAX) return
    throw new Fault({
      code: 'limit-reached',
      operation: 'make a token',
      subject: 'tokens',
      hint: `There are ${TOKENS_MAX} tokens; expired ones are forgotten after 30 days.`,
    })
  }
}

/** That there is none. */
export function tokenUnknown(id: string): Fault {
  const hint = `No token has the id ${id}.`
  return new Fault({ code: 'token-unknown', operation: 'find the token', subject: id, hint })
}

function nameTaken(name: string, bearer: string): Fault {
  return new Fault({
    code: 'token-exists',
    operation: 'make a token',
    subject: name,
    hint: `${bearer} bears the name ${name}, and may be used until it expires.`,
  })
}

function creationNote(id: string, token: KeptToken): AccessNote {
  const { createdBy, name, person, grants, expiresAtMs } = token
  const roles = grants.map(({ role }) => role).join(', ')
  return {
    by: createdBy,
    what: 'token.created',
    subject: person ?? `${TOKEN_PREFIX}${name}`,
    sentence: `${createdBy} made the token ${name} (${id})${roles === '' ? '' : `: ${roles}`}.`,
    details: { id, grants: JSON.parse(JSON.stringify(grants)), expiresAtMs },
  }
}

function forgottenAtMs({ person, expiresAtMs }: KeptToken): number {
  return person === undefined ? expiresAtMs + REMEMBERED_MS : expiresAtMs
}

function mayApprove({ role }: Grant): boolean {
  return role === 'approver' || role === 'admin'
}

function tokenView({ key, value, version }: Shelved<KeptToken>, lastUsedAtMs?: number): TokenView {
  const { hash: _, behind: __, person, name, ...rest } = value
  const used = lastUsedAtMs === undefined ? {} : { lastUsedAtMs }
  return {
    id: key,
    etag: etagOf(version),
    name: person ?? `${TOKEN_PREFIX}${name}`,
    ...rest,
    ...used,
  }
}
