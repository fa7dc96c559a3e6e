/**
 * What a contract must be so that a server may hold it. A held document stands in the ledger for ever
 * and is shown to whoever may read contracts, so no secret may be in it.
 */
import type { Issue } from './document/issue.ts'
import { fromOutside } from './from-outside.ts'
import type { AnyContract } from './index.ts'

/** Every secret that a contract would give away; empty: it may be held. */
export function heldIssues(contract: AnyContract): readonly Issue[] {
  const { file } = contract
  const { settings, regions, targets } = fromOutside(contract)
  const secrets = new Set(settings.filter(({ secret }) => secret).map(({ name }) => name))
  const places = [
    ...settings.map((one) => ({ ...one, path: `spec.settings.${one.name}` })),
    ...[
      ...regions.map((region) => ({ ...region, at: `spec.regions.${region.name}` })),
      ...targets.map((target) => ({ ...target, at: `spec.targets.${target.name}` })),
    ].flatMap(({ settings: own, at }) =>
      own.map((one) => ({ ...one, path: `${at}.settings.${one.name}` })),
    ),
  ]
  return places
    .filter(({ name, default: value }) => secrets.has(name) && value !== undefined)
    .map(({ path }) => ({
      code: 'contradiction',
      file,
      path,
      message:
        'a secret with a default cannot be held by a server, since its documents are recorded; ' +
        'take the default out and give the value by its variable',
      expected: 'a key "from" and no default',
      found: 'a default',
    }))
}
