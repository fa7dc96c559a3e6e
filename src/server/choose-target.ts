/**
 * Which target of its contract a ramp is for. What is up for one target is never changed into another
 * one: what only the first of them has would be left running, and nobody would know of it.
 */
import { fromOutside } from '../contracts/from-outside.ts'
import { type AnyContract, aimContract } from '../contracts/index.ts'
import { Fault } from '../core/fault/fault.ts'
import type { RampIndex } from './ramp-index.ts'
import type { OpenRampRequest, RampSummary } from './wire.ts'

/** A target; empty where none is meant. */
export interface Aim {
  readonly target?: string
}

/**
 * The target that is meant: on the way down, when none is named, the one that it was brought up for.
 *
 * @throws target-unknown, target-missing
 * @throws target-mismatch when it is up for another one
 */
export async function chooseTarget(
  index: RampIndex,
  contract: AnyContract,
  { goal, target }: Pick<OpenRampRequest, 'goal' | 'target'>,
): Promise<Aim> {
  if (goal === 'up' || target !== undefined) aimContract(contract, target)
  const last = await index.latest(contract.name, (ramp) => isOf(contract, ramp))
  const standing = last !== undefined && mayStand(last) ? last : undefined
  const named = target === undefined ? {} : { target }
  if (standing === undefined) return named
  const present = standing.contract.target
  if (goal === 'up' || target !== undefined) {
    if (target !== present) throw mismatch(contract.name, present, target)
    return named
  }
  // Should the contract have lost that target since, all of it is taken down.
  const isKnown = fromOutside(contract).targets.some(({ name }) => name === present)
  return present !== undefined && isKnown ? { target: present } : {}
}

function isOf({ kind }: AnyContract, { contract, goal }: RampSummary): boolean {
  return contract.kind === kind && goal !== 'watch'
}

/** Whether something may be running of a ramp that has ended. One under way is the engine's affair. */
function mayStand({ goal, outcome }: RampSummary): boolean {
  if (outcome === undefined) return false
  return goal === 'up' ? outcome !== 'undone' : outcome !== 'reached'
}

function mismatch(name: string, present: string | undefined, wanted: string | undefined): Fault {
  const standing = present === undefined ? 'without a target' : `for ${present}`
  const asked = wanted === undefined ? 'without a target' : `for ${wanted}`
  return new Fault({
    code: 'target-mismatch',
    operation: 'choose the target',
    subject: name,
    hint: `${name} is up ${standing}, so it cannot be ramped ${asked}.`,
  })
}
