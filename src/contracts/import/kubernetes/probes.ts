/** The probes of a container as proofs, asked of this machine instead of the pod. */
import type { JsonObject } from '../../../core/units/json.ts'
import type { ComponentDraft } from '../draft/draft.ts'
import { secondsMs } from '../draft/durations.ts'
import { firmnessOf } from '../draft/firmness.ts'
import { hostText, plain } from '../draft/words.ts'
import type { Item } from '../source/item.ts'
import { portOf } from './container.ts'

const NAMES = { startupProbe: 'startup', readinessProbe: 'ready', livenessProbe: 'alive' } as const

/** Fills in the proofs of a container and how it ends. */
export function importProbes(
  component: ComponentDraft,
  container: Item,
  pod: { readonly graceMs: number; readonly minReadyMs: number },
): void {
  component.stop = { graceMs: pod.graceMs }
  container.get('lifecycle')?.members()
  for (const [key, name] of Object.entries(NAMES)) {
    const probe = container.get(key)
    if (probe === undefined) continue
    const question = questionOf(container, probe, component)
    if (question === undefined) {
      probe.lose('it asks nothing that can be asked here')
      continue
    }
    const holdMs = name === 'ready' ? pod.minReadyMs : 0
    component.ready.push({ name, ...question, ...firmness(component, { probe, name, holdMs }) })
    if (name === 'alive') {
      probe.note('it must hold to be ready, too; a failure is a breach instead of a restart')
    }
  }
}

function firmness(
  component: ComponentDraft,
  asked: { readonly probe: Item; readonly name: string; readonly holdMs: number },
): JsonObject {
  const { probe, name, holdMs } = asked
  probe.get('initialDelaySeconds')?.lose('Rampart asks from the start, and waits for the answer')
  const periodMs = secondsMs(probe.get('periodSeconds')) ?? 10_000
  const timeoutMs = secondsMs(probe.get('timeoutSeconds')) ?? 1_000
  const failures = probe.get('failureThreshold')?.count() ?? 3
  const passes = probe.get('successThreshold')?.count()
  if (name === 'startup') {
    const deadlineMs = periodMs * failures
    // A start that was proved once is not asked again.
    return { ...firmnessOf({ timeoutMs, passes, deadlineMs }), watch: 'none' }
  }
  component.deadlineMs = Math.max(component.deadlineMs ?? 60_000, periodMs * failures)
  return firmnessOf({ periodMs, timeoutMs, failures, passes, holdMs })
}

function questionOf(
  container: Item,
  probe: Item,
  component: ComponentDraft,
): JsonObject | undefined {
  const http = probe.get('httpGet')
  const tcp = probe.get('tcpSocket')
  const exec = probe.get('exec')
  const grpc = probe.get('grpc')
  if (http !== undefined) return httpOf(container, http)
  if (exec !== undefined) return execOf(exec, component)
  const port = portOf(container, (tcp ?? grpc)?.get('port'))
  if (port === undefined) return undefined
  if (grpc !== undefined) {
    const service = grpc.get('service')?.text()
    const asked = service === undefined ? {} : { service: plain(service) }
    return { grpc: { host: '127.0.0.1', port, ...asked } }
  }
  return { tcp: { host: hostText(tcp?.get('host')?.text()), port } }
}

function execOf(exec: Item, component: ComponentDraft): JsonObject {
  const command = (exec.get('command')?.elements() ?? []).map((word) => plain(word.text() ?? ''))
  const where =
    component.run === undefined ? 'on this machine, not in the pod' : 'beside the process'
  exec.note(`the command is run ${where}`)
  return { exec: { command } }
}

function httpOf(container: Item, http: Item): JsonObject | undefined {
  const port = portOf(container, http.get('port'))
  if (port === undefined) return undefined
  const scheme = (http.get('scheme')?.text() ?? 'HTTP').toLowerCase()
  const path = http.get('path')?.text() ?? '/'
  const host = hostText(http.get('host')?.text())
  const headers = (http.get('httpHeaders')?.elements() ?? []).map((header) => [
    header.get('name')?.text() ?? '',
    plain(header.get('value')?.text() ?? ''),
  ])
  return {
    http: {
      url: plain(`${scheme}://${host}:${port}${path.startsWith('/') ? path : `/${path}`}`),
      // A kubelet takes every answer from 200 to 399, and any certificate.
      status: ['2xx', '3xx'],
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
      ...(scheme === 'https' ? { tls: { insecure: true } } : {}),
    },
  }
}
