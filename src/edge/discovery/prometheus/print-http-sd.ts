/**
 * Who is ready, as Prometheus takes it: groups of targets with their labels.
 *
 * @source https://prometheus.io/docs/prometheus/latest/http_sd/
 */
import type { Endpoint } from '../../../seams/endpoints.ts'
import { oneAddressEach, printTarget } from '../instances.ts'

/** Targets that have the same labels. */
export interface TargetGroup {
  readonly targets: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

/** Words of an endpoint that become labels for relabelling; `service` is also one that stays. */
const WORDS = ['service', 'port', 'instance', 'environment', 'tenant', 'scope'] as const

/** The groups; each process that listens by TCP is one target, whatever addresses it has. */
export function targetGroupsOf(endpoints: readonly Endpoint[]): readonly TargetGroup[] {
  const scrapable = oneAddressEach(endpoints.filter(({ protocol }) => protocol === 'tcp'))
  const groups = Map.groupBy(scrapable, (one) => JSON.stringify(labelsOf(one)))
  return [...groups].map(([labels, group]) => ({
    targets: group.map(printTarget),
    labels: JSON.parse(labels) as TargetGroup['labels'],
  }))
}

function labelsOf(one: Endpoint): TargetGroup['labels'] {
  const given = WORDS.filter((word) => one[word] !== undefined)
  const labels = given.map((word) => [`__meta_rampart_${word}`, one[word]])
  const scheme = one.tls === undefined ? {} : { __scheme__: 'https' }
  return { service: one.service, ...scheme, ...Object.fromEntries(labels) }
}
