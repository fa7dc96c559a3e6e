/**
 * Copies of a component: several starts of it that serve side by side behind one front. Each is a stage
 * of its own that proves itself; they share the component's subject, and their orders say which copy
 * they are about, so that one that runs already as it should is taken over instead of started anew.
 */
import type { Command, Need } from '../../core/plan/plan.ts'
import type { Component } from './definition.ts'
import type { Placement } from './region.ts'

/** How many copies of one component there may be. */
export const COPIES_MAX = 64

/** One start of a component: the only one, or one of its copies. */
export interface Start {
  /** `eu/api`, or `eu/api/2` of the second copy. */
  readonly stage: string
  /** Counted from 1; absent: there is only one. */
  readonly copy?: number
}

/** Every start of a component that a plan has, in the order of the copies. */
export function startsOf({
  stage,
  component,
}: Pick<Placement, 'stage' | 'component'>): readonly Start[] {
  const { copies } = component
  if (copies === undefined) return [{ stage }]
  return Array.from({ length: copies }, (_, place) => ({
    stage: `${stage}/${place + 1}`,
    copy: place + 1,
  }))
}

/** What an order says of the copy that it is about. */
export function copyInput({ copy }: Start): { readonly copy?: number } {
  return copy === undefined ? {} : { copy }
}

/** An order that has to wait its turn: the copies of a component are started one after the other. */
export function inTurn(command: Command, { copies = 1 }: Pick<Component, 'copies'>): Command {
  return copies === 1 ? command : { ...command, timeoutMs: command.timeoutMs * copies }
}

/** The needs of all starts of a component, each having come so far. */
export function needStarts(placement: Placement, until: Need['until']): readonly Need[] {
  return startsOf(placement).map(({ stage }) => ({ stage, until }))
}
