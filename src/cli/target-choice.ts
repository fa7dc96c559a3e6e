/** Which of a contract's targets a command is for. */
import { fromOutside } from '../contracts/from-outside.ts'
import { type AnyContract, aimContract } from '../contracts/index.ts'
import type { CliParts } from './cli-parts.ts'
import type { TargetOption } from './options.ts'

/** A target; empty where none is meant. */
export interface Aim {
  readonly target?: string
}

/**
 * The target that was named, else the one that RAMPART_TARGET names. The variable is looked at only
 * where a contract has targets, so that it may be set for a whole machine.
 *
 * @throws target-unknown, target-missing when the contract has others than that
 */
export function aimOf(parts: CliParts, contract: AnyContract, options: TargetOption): Aim {
  const hasTargets = fromOutside(contract).targets.length > 0
  const usual = hasTargets ? parts.settings['RAMPART_TARGET'] : undefined
  const target = options.target ?? (usual === '' ? undefined : usual)
  aimContract(contract, target)
  return target === undefined ? {} : { target }
}

/** The same where none need be said; RAMPART_TARGET does not count, since what is up says it. */
export function namedAim(contract: AnyContract, { target }: TargetOption): Aim {
  if (target === undefined) return {}
  aimContract(contract, target)
  return { target }
}
