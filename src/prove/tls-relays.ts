/**
 * The relays of a copy: one before each TLS condition, through which it asks. The condition is the same
 * but for that, and for one more authority that it trusts, made for this copy: so a certificate of ours
 * is wrong in nothing but what it is made wrong in.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import type { Plan } from '../core/plan/plan.ts'
import type { Json, JsonObject } from '../core/units/json.ts'
import { type Authority, makeAuthority } from './certificate.ts'
import { type RelayTarget, TlsRelay } from './tls-relay.ts'

/** A TLS condition of one stage. */
export interface RelayedCondition {
  readonly stage: string
  readonly condition: string
  /** In the document: which component, and which of its TLS conditions. */
  readonly component: string
  readonly place: number
  readonly region?: string
  /** Absent when it asks as it was written, for the reason given. */
  readonly relay?: TlsRelay
  readonly untried?: string
  /** How it asks, but for the port. */
  readonly input: JsonObject
}

/** Asks where a condition asks, once that is known. */
export type FindTarget = (stage: string, condition: string) => Promise<RelayTarget | undefined>

/** All relays of a copy. Whoever opens them closes them. */
export class TlsRelays {
  readonly authority: Authority
  readonly #conditions: readonly RelayedCondition[]

  private constructor(authority: Authority, conditions: readonly RelayedCondition[]) {
    this.authority = authority
    this.#conditions = conditions
  }

  /** Opens a relay for each TLS condition that can ask through one. */
  static async open(plan: Plan, folder: string, target: FindTarget): Promise<TlsRelays> {
    const nowMs = performance.timeOrigin + performance.now()
    const authority = makeAuthority('rampart prove', nowMs)
    const conditions: RelayedCondition[] = []
    for (const placed of tlsConditions(plan)) {
      const { stage, condition, component, place } = placed
      const file = join(folder, `trusted-by-${component}-${place}.pem`)
      const asked = await askable(placed.input, file, authority)
      if ('untried' in asked) {
        conditions.push({ ...placed, ...asked })
        continue
      }
      const relay = await TlsRelay.open(() => target(stage, condition))
      conditions.push({ ...placed, ...asked, relay })
    }
    return new TlsRelays(authority, conditions)
  }

  /** The relay of a condition, or why it has none. */
  find(stage: string, condition: string): RelayedCondition | undefined {
    return this.#conditions.find((one) => one.stage === stage && one.condition === condition)
  }

  /** The contract with its TLS conditions asking through their relays. */
  rewrite(document: Json): Json {
    const { spec, ...rest } = document as JsonObject & { readonly spec: JsonObject }
    const components = Object.entries((spec['components'] ?? {}) as JsonObject).map(
      ([name, component]) => [name, this.#rewriteComponent(name, component as JsonObject)],
    )
    return { ...rest, spec: { ...spec, components: Object.fromEntries(components) } }
  }

  close(): void {
    for (const { relay } of this.#conditions) relay?.close()
  }

  #rewriteComponent(name: string, component: JsonObject): JsonObject {
    const { ready } = component
    if (!Array.isArray(ready)) return component
    let place = -1
    const rewritten = ready.map((condition: Json) => {
      if ((condition as JsonObject)['tls'] === undefined) return condition
      place += 1
      const relayed = this.#conditions.filter(
        (one) => one.component === name && one.place === place && one.relay !== undefined,
      )
      const [first] = relayed
      if (first === undefined) return condition
      const tls = { ...first.input, host: '127.0.0.1', port: portOf(relayed) }
      return { ...(condition as JsonObject), tls }
    })
    return { ...component, ready: rewritten }
  }
}

function portOf(relayed: readonly RelayedCondition[]): Json {
  const [first, ...others] = relayed
  const port = first?.relay?.port ?? 0
  if (first === undefined || others.length === 0) return port
  const chain = others.reduce(
    (rest, { region, relay }) => `region.name == '${region}' ? ${relay?.port} : (${rest})`,
    String(port),
  )
  return `\${${chain}}`
}

function tlsConditions(plan: Plan): readonly RelayedCondition[] {
  return plan.stages.flatMap(({ name: stage, group, conditions }) => {
    const component = group === undefined ? stage : stage.slice(group.length + 1)
    return conditions
      .filter(({ question }) => question.ask === 'probe' && question.probe === 'tls')
      .map(({ name: condition, question }, place) => ({
        stage,
        condition,
        component,
        place,
        ...(group === undefined ? {} : { region: group }),
        input: question.ask === 'probe' ? question.input : {},
      }))
  })
}

/** How a condition asks through a relay; or why it cannot. */
async function askable(
  input: JsonObject,
  file: string,
  { certificate }: Authority,
): Promise<{ readonly input: JsonObject } | { readonly untried: string }> {
  const { address, host, port, ca, servername, ...rest } = input
  if (rest['allAddresses'] !== undefined && rest['allAddresses'] !== false) {
    return { untried: 'it asks every address of a name, and nothing can be put before them' }
  }
  const asked = address === undefined ? String(host) : hostIn(String(address))
  if (asked === undefined) return { untried: 'its address is one template, with its host unknown' }
  const trusted = await authoritiesOf(ca)
  if (trusted === undefined) {
    return { untried: 'the authorities that it trusts are not known before it comes up' }
  }
  await writeFile(file, `${trusted}\n${certificate}`)
  return { input: { ...rest, servername: String(servername ?? asked), ca: file } }
}

/** What stands before the port; undefined where a template is both. */
function hostIn(address: string): string | undefined {
  return /^(.+):(?:\d{1,5}|\$\{[^{}]*\})$/.exec(address)?.[1]
}

async function authoritiesOf(ca: Json | undefined): Promise<string | undefined> {
  if (ca === undefined) return getCACertificates('default').join('\n')
  const text = String(ca)
  if (text.includes('${')) return undefined
  if (text.includes('-----BEGIN')) return text
  return await readFile(text, 'utf8').catch(() => undefined)
}
