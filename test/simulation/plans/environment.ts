/** An environment of two regions by hand: eu first, then us; a one-shot between database and API. */
import type { Plan, Stage } from '../../../src/core/plan/plan.ts'
import { commandOf, planOf, probed, stageOf } from '../../support/plan-words.ts'

/** Two regions, the second a wave after the first. */
export function environmentPlan(): Plan {
  return planOf([...region('eu'), ...region('us')], {
    kind: 'Environment',
    name: 'shop',
    groups: [
      { name: 'eu', needs: [] },
      { name: 'us', needs: [{ group: 'eu', until: 'ready' }] },
    ],
  })
}

function region(group: string): readonly Stage[] {
  return [
    thing(group, 'api', [`${group}/schema:completed`, `${group}/db`], { consecutive: 3 }),
    thing(group, 'schema', [`${group}/db`], {}, true),
    thing(group, 'db', [], {}),
  ]
}

function thing(
  group: string,
  component: string,
  needs: readonly string[],
  firmness: { readonly consecutive?: number },
  finishes = false,
): Stage {
  const name = `${group}/${component}`
  return stageOf(name, {
    group,
    needs,
    finishes,
    command: commandOf('start', { name }),
    compensation: commandOf('stop', { name }),
    conditions: [probed('ready', { look: 'thing', name }, firmness)],
  })
}
