/**
 * The `ports` probe: is a policy in force, is a port held for whom it is fixed, are few enough
 * leases left, is nobody where an earlier revision had them, has the machine nothing against a
 * policy? It reads the broker's table and the machine's facts, and changes nothing. Plans of Ports
 * contracts ask it; no contract writes it.
 */
import { z } from 'zod'
import type { Answer } from '../../core/plan/verdict.ts'
import type { MachineFacts } from '../../core/port/machine-facts.ts'
import { objections } from '../../core/port/objections.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { printOwner, printServicePort } from '../../core/port/port-owner.ts'
import type { PortRange } from '../../core/port/port-policy.ts'
import { isSpare } from '../../core/port/port-states.ts'
import type { PortBroker } from '../../seams/port-broker.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { malformedInput, notYet, passed, terminal } from '../answer/answer.ts'

const NAME = z.string().min(1)

const INPUT = z.union([
  z.strictObject({ machine: z.object({ ranges: z.array(z.looseObject({})) }) }),
  z.strictObject({ policy: NAME, digest: NAME }),
  z.strictObject({
    outdated: NAME,
    digest: NAME,
    of: z.strictObject({ service: NAME, port: NAME }).exactOptional(),
    except: z.array(NAME).exactOptional(),
  }),
  z.strictObject({ retired: NAME }),
  z.strictObject({
    contract: NAME,
    state: z.object({ not: z.array(NAME) }).default({ not: [] }),
    most: z.int().min(0),
  }),
  z.strictObject({
    port: z.int(),
    protocol: z.enum(['tcp', 'udp']),
    addresses: z.array(NAME),
    service: NAME,
    name: NAME,
    state: z.array(NAME),
  }),
])

type Question = z.infer<typeof INPUT>
type Held = Extract<Question, { readonly port: number }>
type Outdated = Extract<Question, { readonly outdated: string }>
type Left = Extract<Question, { readonly most: number }>

/** Asks the broker, and the machine. */
export class PortsProbe implements Probe {
  readonly kind = 'ports'
  readonly #broker: Pick<PortBroker, 'leases' | 'enforced' | 'onChanged'>
  readonly #facts: () => MachineFacts

  constructor(
    broker: Pick<PortBroker, 'leases' | 'enforced' | 'onChanged'>,
    facts: () => MachineFacts,
  ) {
    this.#broker = broker
    this.#facts = facts
  }

  async ask({ input }: Asking): Promise<Answer> {
    const { data: question, error } = INPUT.safeParse(input)
    if (error !== undefined) return malformedInput(z.prettifyError(error))
    if ('machine' in question) return this.#machine(question.machine.ranges)
    if ('outdated' in question) return this.#outdated(question)
    if ('retired' in question) return this.#retired(question.retired)
    if ('policy' in question) return this.#inForce(question.policy, question.digest)
    return 'most' in question ? this.#left(question) : this.#held(question)
  }

  watch(_asking: Asking, changed: () => void): () => void {
    return this.#broker.onChanged(changed)
  }

  #machine(ranges: readonly object[]): Answer {
    const against = objections({ ranges: ranges as readonly PortRange[] }, this.#facts())
    const evidence = { objections: against.map((one) => ({ ...one })) }
    if (against.length === 0) {
      const sentence = 'This machine can grant every port of the policy.'
      return passed({ reason: 'fits', sentence, evidence })
    }
    const sentence = against.map((one) => one.sentence).join(' ')
    return terminal({ reason: against[0]?.reason ?? 'objection', sentence, evidence })
  }

  #inForce(contract: string, digest: string): Answer {
    const now = this.#broker.enforced.of(contract)
    const evidence = { digest: now?.digest ?? '' }
    if (now?.digest === digest) {
      return passed({ reason: 'in-force', sentence: `${contract} is in force.`, evidence })
    }
    const what = now === undefined ? 'nothing of it is' : `${now.digest} is`
    return notYet({
      reason: 'not-in-force',
      sentence: `Of ${contract}, ${what} in force.`,
      evidence,
    })
  }

  /** Whoever has, or was promised, a port that the revision in force would not grant them. */
  #outdated({ outdated: contract, digest, of, except = [] }: Outdated): Answer {
    const inForce = this.#inForce(contract, digest)
    if (inForce.verdict !== 'passed') return inForce
    const left = this.#broker.leases().flatMap((lease): readonly OutdatedLease[] => {
      const { rule, owner, state } = lease
      const isOf = of === undefined || (owner.service === of.service && owner.port === of.port)
      if (rule.contract !== contract || !isOf || state === 'cooling' || isSpare(lease)) return []
      if (except.includes(printServicePort(owner))) return []
      const why = this.#broker.enforced.whyOutdated(lease)
      return why === undefined ? [] : [{ lease, why }]
    })
    const evidence = {
      left: left.length,
      leases: left.slice(0, 20).map(({ lease, why }) => ({
        ...{ lease: lease.id, port: lease.claim.port, owner: printOwner(lease.owner), why },
        ...{ state: lease.state, since: new Date(lease.changedAtMs).toISOString() },
        ...(lease.process === undefined ? {} : { pid: lease.process.pid }),
      })),
    }
    if (left.length === 0) {
      const who = of === undefined ? 'Nobody' : `No process of ${of.service} ${of.port}`
      const sentence = `${who} has a port by an earlier revision of ${contract} alone.`
      return passed({ reason: 'none-outdated', sentence, evidence })
    }
    const some = left.slice(0, 3).map(printOutdated).join(' ')
    const more = left.length > 3 ? ` And ${left.length - 3} more.` : ''
    return notYet({ reason: 'outdated-leases', sentence: `${some}${more}`, evidence })
  }

  #retired(contract: string): Answer {
    const earlier = this.#broker.enforced.earlierOf(contract).length
    const evidence = { earlier }
    return earlier === 0
      ? passed({ reason: 'retired', sentence: `${contract} has one revision in force.`, evidence })
      : notYet({
          reason: 'not-retired',
          sentence: `${earlier} earlier revisions of ${contract} are kept.`,
          evidence,
        })
  }

  #left({ contract, state, most }: Left): Answer {
    const left = this.#broker
      .leases()
      .filter((lease) => lease.rule.contract === contract && !state.not.includes(lease.state))
    const evidence = { left: left.length, leases: left.slice(0, 20).map(({ id }) => id) }
    const sentence = `${left.length} leases by ${contract} are left${printSome(left)}.`
    return left.length <= most
      ? passed({ reason: 'few-left', sentence, evidence })
      : notYet({ reason: 'leases-left', sentence, evidence })
  }

  #held({ port, protocol, service, name, state }: Held): Answer {
    const here = this.#broker
      .leases()
      .filter(({ claim }) => claim.port === port && claim.protocol === protocol)
    const own = here.find(({ owner }) => owner.service === service && owner.port === name)
    const evidence = { state: own?.state ?? 'free' }
    if (own !== undefined && state.includes(own.state)) {
      const sentence = `${port} is ${own.state} for ${service} ${name}.`
      return passed({ reason: 'held', sentence, evidence })
    }
    const sentence = `${port} is ${own?.state ?? 'not leased'} for ${service} ${name}${printSome(here)}.`
    return notYet({ reason: 'not-held', sentence, evidence })
  }
}

/** A lease, and why the revision in force would not grant it. */
interface OutdatedLease {
  readonly lease: PortLease
  readonly why: string
}

/** Who, on which port, by which process, since when; and what is different now. */
function printOutdated({ lease, why }: OutdatedLease): string {
  const { claim, owner, process, state, changedAtMs, id } = lease
  const who = process === undefined ? '' : `, process ${process.pid}`
  const since = new Date(changedAtMs).toISOString()
  return `${printOwner(owner)} still has ${claim.port} (${id}${who}, ${state} since ${since}): ${why}`
}

/** The first few, for people. */
function printSome(leases: readonly PortLease[]): string {
  const some = leases
    .slice(0, 3)
    .map(({ claim, state, owner }) => `${claim.port} is ${state}: ${printOwner(owner)}`)
  return some.length === 0 ? '' : ` (${some.join('; ')})`
}
