/**
 * People: what was granted to them by name, and what their groups give them by configuration. Read
 * anew with every request, so that a grant that was taken away is gone at once, sessions or not.
 */
import { z } from 'zod'
import type { Clock } from '../../seams/clock.ts'
import type { Records } from '../../seams/records.ts'
import { changeRecord, type Precondition } from '../precondition.ts'
import type { Grant, PersonView } from '../wire/access.ts'
import { etagOf } from '../wire/etags.ts'
import type { AccessAudit } from './audit.ts'
import { GRANTS } from './grants.ts'
import type { Identity } from './identity.ts'
import { Shelf, type Shelved } from './shelf.ts'

/** What is granted by configuration. */
export interface ConfiguredGrants {
  /** By the name of a group at the provider of identities. */
  readonly groups: Readonly<Record<string, readonly Grant[]>>
  /** By the name of a person. */
  readonly people: Readonly<Record<string, readonly Grant[]>>
}

/** What is to be granted by name. */
export interface Granting {
  readonly name: string
  readonly grants: readonly Grant[]
  /** What whoever grants has seen of them; absent: whatever there is. */
  readonly only?: Precondition | undefined
}

interface Granted {
  readonly grants: readonly Grant[]
}

interface Seen {
  readonly groups: readonly string[]
  readonly atMs: number
}

const GRANTED: z.ZodType<Granted> = z.object({ grants: GRANTS })
const SEEN: z.ZodType<Seen> = z.object({ groups: z.array(z.string()), atMs: z.number() })

/** Keeps who may do what by name. */
export class People {
  readonly #clock: Clock
  readonly #audit: AccessAudit
  readonly #configured: ConfiguredGrants
  readonly #granted: Shelf<Granted>
  readonly #seen: Shelf<Seen>

  constructor(parts: {
    readonly records: Records
    readonly clock: Clock
    readonly audit: AccessAudit
    readonly configured: ConfiguredGrants
  }) {
    this.#clock = parts.clock
    this.#audit = parts.audit
    this.#configured = parts.configured
    this.#granted = new Shelf(parts.records, 'people', GRANTED)
    this.#seen = new Shelf(parts.records, 'people-seen', SEEN)
  }

  /** Who somebody is, with the groups of their last sign-in where none are handed in. */
  async identity(name: string, signedInWith?: readonly string[]): Promise<Identity> {
    const granted = await this.#granted.get(name)
    const groups = signedInWith ?? (await this.#seen.get(name))?.value.groups ?? []
    const grants = [...(granted?.value.grants ?? []), ...this.#byConfiguration(name, groups)]
    return { name, kind: 'person', grants, behind: [], groups, by: 'session' }
  }

  /** Notes that somebody has signed in, and which groups they are in. */
  async see(name: string, groups: readonly string[]): Promise<void> {
    await this.#seen.put(name, { groups, atMs: this.#clock.nowMs() })
  }

  /** Undefined when nothing is known of anybody of that name. */
  async find(name: string): Promise<PersonView | undefined> {
    const granted = await this.#granted.get(name)
    const seen = await this.#seen.get(name)
    const isConfigured = Object.hasOwn(this.#configured.people, name)
    if (granted === undefined && seen === undefined && !isConfigured) return undefined
    return this.#view(name, granted, seen?.value)
  }

  /** Everybody of whom something is known, by name. */
  async list(): Promise<readonly PersonView[]> {
    const granted = new Map((await this.#granted.listAll()).map((one) => [one.key, one]))
    const seen = new Map((await this.#seen.listAll()).map(({ key, value }) => [key, value]))
    const configured = Object.keys(this.#configured.people)
    const names = new Set([...granted.keys(), ...seen.keys(), ...configured])
    return [...names].sort().map((name) => this.#view(name, granted.get(name), seen.get(name)))
  }

  /**
   * Grants by name instead of those granted by name before; what groups and configuration give stays.
   *
   * @throws precondition-failed when they were changed since they were looked at
   */
  async grant(by: Identity, { name, grants, only }: Granting): Promise<void> {
    const before = await this.#granted.get(name)
    const version = before?.version ?? 0
    const deed = { operation: 'grant roles', subject: name }
    // `*`, which names no version, holds for whoever is known.
    const mustBeThere = only !== undefined && only.tags === undefined
    const isThere = !mustBeThere || (await this.find(name)) !== undefined
    only?.check(isThere ? etagOf(version) : undefined, deed)
    const roles = grants.map(({ role }) => role).join(', ')
    await this.#audit.note({
      by: by.name,
      what: 'grants.changed',
      subject: name,
      sentence: `${by.name} granted ${name} ${roles === '' ? 'nothing' : roles} by name.`,
      details: JSON.parse(JSON.stringify({ before: before?.value.grants ?? [], after: grants })),
    })
    const now = async () => (await this.#granted.versionOf(name)) ?? 0
    await changeRecord({ only, deed, version: now }, () =>
      this.#granted.put(name, { grants }, { ifVersion: version }),
    )
  }

  #view(name: string, granted: Shelved<Granted> | undefined, seen: Seen | undefined): PersonView {
    const own = granted?.value.grants ?? []
    const grants = [...own, ...this.#byConfiguration(name, seen?.groups ?? [])]
    const lastSeen = seen === undefined ? {} : { lastSeenAtMs: seen.atMs }
    return { name, grants, granted: own, grantsVersion: granted?.version ?? 0, ...lastSeen }
  }

  #byConfiguration(name: string, groups: readonly string[]): readonly Grant[] {
    const { groups: byGroup, people: byName } = this.#configured
    const own = Object.hasOwn(byName, name) ? (byName[name] ?? []) : []
    return own.concat(
      groups.flatMap((group) => (Object.hasOwn(byGroup, group) ? (byGroup[group] ?? []) : [])),
    )
  }
}
