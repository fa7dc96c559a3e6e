/** Readiness and liveness of process-compose as proofs. */
import type { JsonObject } from '../../../core/units/json.ts'
import type { ComponentDraft, Draft } from '../draft/draft.ts'
import { secondsMs } from '../draft/durations.ts'
import { firmnessOf } from '../draft/firmness.ts'
import { interpolate } from '../draft/interpolate.ts'
import { hostText, plain } from '../draft/words.ts'
import type { Item } from '../source/item.ts'

/** Fills in what is probed. */
export function importProbes(
  component: ComponentDraft,
  item: Item,
  about: { readonly ends: boolean; readonly draft: Draft },
): void {
  for (const [key, name] of [
    ['readiness_probe', 'ready'],
    ['liveness_probe', 'alive'],
  ] as const) {
    const probe = item.get(key)
    if (probe === undefined) continue
    if (about.ends) {
      probe.lose('it ends by itself; its exit code is its proof')
      continue
    }
    const question = questionOf(probe, about.draft)
    if (question === undefined) {
      probe.lose('it asks nothing that can be asked here')
      continue
    }
    component.ready.push({ name, ...question, ...firmness(component, probe) })
    probe.note(
      name === 'ready'
        ? 'there a failure restarts the process; here it is a breach'
        : 'it must hold to be ready, too; a failure is a breach instead of a restart',
    )
  }
}

function firmness(component: ComponentDraft, probe: Item): JsonObject {
  probe.get('initial_delay_seconds')?.lose('Rampart asks from the start, and waits for the answer')
  const success = probe.get('success_threshold')
  const passes = success?.count()
  if (passes !== undefined && passes > 1) {
    success?.note('process-compose ignores it; here so many passes in a row are needed')
  }
  const periodMs = secondsMs(probe.get('period_seconds')) ?? 10_000
  const failures = probe.get('failure_threshold')?.count() ?? 3
  component.deadlineMs = Math.max(component.deadlineMs ?? 60_000, periodMs * failures)
  const timeoutMs = secondsMs(probe.get('timeout_seconds')) ?? 1_000
  return firmnessOf({ periodMs, timeoutMs, failures, passes })
}

function questionOf(probe: Item, draft: Draft): JsonObject | undefined {
  const http = probe.get('http_get')
  if (http !== undefined) return { http: httpOf(http, draft) }
  const exec = probe.get('exec')
  const line = exec?.get('command')?.text()
  if (exec === undefined || line === undefined) return undefined
  const cwd = exec.get('working_dir')?.text()
  const command = ['sh', '-c', plain(line.replaceAll('$$', () => '$'))]
  return { exec: { command, ...(cwd === undefined ? {} : { cwd: plain(cwd) }) } }
}

function httpOf(http: Item, draft: Draft): JsonObject {
  const text = (key: string): string | undefined => {
    const written = http.get(key)
    const value = written?.text()
    if (written === undefined || value === undefined) return undefined
    if (value.includes('{{')) written.note('a Go template stands in it, which is not filled in')
    return interpolate(value, { draft, item: written })
  }
  const scheme = (text('scheme') ?? 'http').toLowerCase()
  const port = text('port')
  const path = text('path') ?? '/'
  const host = hostText(text('host'))
  const colon = port === undefined || port === '' ? '' : `:${port}`
  const headers = (http.get('headers')?.members() ?? []).map(([name, value]) => [
    name,
    plain(value.text() ?? ''),
  ])
  const status = http.get('status_code')?.count()
  const url = `${scheme}://${host}${colon}${path.startsWith('/') ? path : `/${path}`}`
  return {
    url: url.replaceAll(' ', '%20'),
    ...(status === undefined ? {} : { status }),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
  }
}
