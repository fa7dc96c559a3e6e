/**
 * The shop's faults, in one place: the variable SHOP_BREAK names the part that shall misbehave, so
 * that one can watch how the fault is found. Without the variable nothing in here has any effect.
 */

import { optionalSetting } from './program.ts'

/** The parts that can be broken. */
export const BREAKABLE_PARTS = [
  'db',
  'schema',
  'replication',
  'worker',
  'api',
  'cache',
  'smoke',
] as const

/** One of the parts that can be broken. */
export type BreakablePart = (typeof BREAKABLE_PARTS)[number]

/** An exception that was asked for. */
class BrokenOnPurpose extends Error {
  override readonly name = 'BrokenOnPurpose'
}

function isBroken(part: BreakablePart): boolean {
  return optionalSetting('SHOP_BREAK', '') === part
}

/** db: the server is given a setting that it refuses to start with. */
export function brokenServerSettings(): readonly string[] {
  return isBroken('db') ? ['-c', 'shared_buffers=plenty'] : []
}

/** schema: the fifth migration asks for a column that no table has. */
export function brokenMigrationSql(version: string): string {
  return isBroken('schema') && version === '0005' ? 'select discount_cents from products;\n' : ''
}

/** replication: the subscription is switched off once the first copy is done, as after a mistake. */
export function isReplicationFrozen(): boolean {
  return isBroken('replication')
}

/** worker: it connects and looks alive, but never takes a job. */
export function isWorkerPaused(): boolean {
  return isBroken('worker')
}

/** cache: only half of the products are warmed. */
export function brokenWarmUp<Product>(products: readonly Product[]): readonly Product[] {
  return isBroken('cache') ? products.slice(0, Math.floor(products.length / 2)) : products
}

/** api: it crashes shortly after it began to listen, as a program with a bad timer would. */
export function crashSoonIfBroken(): void {
  if (!isBroken('api')) return
  setTimeout(() => {
    throw new BrokenOnPurpose('the price list could not be read: unexpected end of file')
  }, 300)
}

/** smoke: each part works, yet orders are charged one cent too much; only the journey shows it. */
export function brokenTotalCents(totalCents: number): number {
  return isBroken('smoke') ? totalCents + 1 : totalCents
}
