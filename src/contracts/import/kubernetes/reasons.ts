/** Why parts of a manifest have no place in a contract; undefined: nothing is lost without them. */
import type { Path } from '../../document/issue.ts'

const CLUSTER = 'it is about the cluster, not about the process'
const NO_CONTAINER = 'a process of this machine has no container around it'

const LOST: Readonly<Record<string, string>> = {
  readinessGates: 'conditions that controllers set are seen by the cluster only',
  preStop: 'it is not run before the signal; write stop.command if it asks the process to end',
  postStart: 'it is not run after the start',
  resources: NO_CONTAINER,
  volumeMounts: NO_CONTAINER,
  volumes: NO_CONTAINER,
  volumeClaimTemplates: NO_CONTAINER,
  securityContext: NO_CONTAINER,
  imagePullPolicy: NO_CONTAINER,
  imagePullSecrets: NO_CONTAINER,
  workingDir: 'a folder of the image is not there; it runs beside the contract',
  envFrom: 'what it names is not read; write the variables with the component',
  ports: 'ports are asked where they are named; nothing is published',
  containerPort: 'ports are asked where probes name them; nothing is published',
  args: 'arguments without a command belong to the image, which is not run',
  strategy: 'how instances replace each other is for a Rollout',
  updateStrategy: 'how instances replace each other is for a Rollout',
  podManagementPolicy: 'one instance is run',
  parallelism: 'one instance is run',
  completions: 'one instance is run',
  affinity: CLUSTER,
  tolerations: CLUSTER,
  nodeSelector: CLUSTER,
  topologySpreadConstraints: CLUSTER,
  serviceAccountName: CLUSTER,
  priorityClassName: CLUSTER,
  serviceName: CLUSTER,
  restartPolicy: 'an end is a breach, or a retry where retry is written',
  namespace: 'components have no namespaces',
  terminationGracePeriodSeconds: 'of a probe; the grace of the component counts',
  ttlSecondsAfterFinished: 'what a one-shot leaves is its logs and its exit code',
}

/** Words of the API itself. */
const SILENT = new Set([
  'metadata',
  'labels',
  'selector',
  'apiVersion',
  'status',
  'revisionHistoryLimit',
  'protocol',
])

/** Why something unread is lost. */
export function reasonFor(path: Path): string | undefined {
  const key = path.findLast((step) => typeof step === 'string')
  const text = String(key ?? '')
  const known = LOST[text]
  if (known !== undefined) return known
  if (SILENT.has(text)) return undefined
  const isInPorts = path.includes('ports') || path.includes('selector') || path.includes('labels')
  if (isInPorts) return path.includes('ports') ? LOST['ports'] : undefined
  if (path.includes('annotations')) return 'annotations for other tools are not taken over'
  return 'this key is not known'
}
