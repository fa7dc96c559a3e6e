/** A health check of compose as a proof: the same command, asked inside the container. */
import { printDuration } from '../../../core/units/duration.ts'
import type { ComponentDraft, Draft } from '../draft/draft.ts'
import { goDurationMs } from '../draft/durations.ts'
import { firmnessOf } from '../draft/firmness.ts'
import { interpolate } from '../draft/interpolate.ts'
import type { Item } from '../source/item.ts'
import type { Service } from './services.ts'

/** What compose takes when a health check does not say. @unit ms, but for the count */
const DEFAULTS = { interval: 30_000, timeout: 30_000, retries: 3 } as const

/** Fills in the proof of a component. */
export function importHealthcheck(
  component: ComponentDraft,
  service: Service,
  how: { readonly compose: readonly string[]; readonly draft: Draft },
): void {
  const check = service.get('healthcheck')
  if (check === undefined) {
    service.item.note(
      'it has no health check here (one of its image is unseen); it must keep running',
    )
    return
  }
  if (check.get('disable')?.flag() === true) {
    check.ignore()
    return
  }
  const words = commandOf(check, how.draft)
  if (words === undefined) return
  const asks = [...how.compose, 'exec', '-T', service.name, ...words]
  const intervalMs = goDurationMs(check.get('interval')) || DEFAULTS.interval
  const timeoutMs = goDurationMs(check.get('timeout')) || DEFAULTS.timeout
  const retries = check.get('retries')?.count() || DEFAULTS.retries
  const startMs = goDurationMs(check.get('start_period'))
  check.get('start_interval')?.lose('on the way up Rampart asks at once, then less and less often')
  component.ready.push({
    name: 'healthy',
    exec: { command: asks },
    ...firmnessOf({ periodMs: intervalMs, timeoutMs, failures: retries }),
  })
  const leastMs = (startMs ?? 0) + retries * (intervalMs + timeoutMs)
  component.deadlineMs = Math.max(60_000, leastMs)
  check.note(
    `its start period and retries became the deadline, ${printDuration(component.deadlineMs)}`,
  )
}

function commandOf(check: Item, draft: Draft): readonly string[] | undefined {
  const test = check.get('test')
  if (test === undefined) return undefined
  const words = test.isList ? test.elements() : [test]
  const texts = words.map((item) => interpolate(item.text() ?? '', { draft, item, unset: '' }))
  const [kind = '', ...rest] = texts
  if (!test.isList) return ['sh', '-c', kind]
  if (kind === 'NONE') return undefined
  if (kind === 'CMD' && rest.length > 0) return rest
  if (kind === 'CMD-SHELL') return ['sh', '-c', rest.join(' ')]
  check.lose('a test begins with CMD, CMD-SHELL or NONE')
  return undefined
}
