import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../../core/units/json.ts'
import { assessObject } from './object-status.ts'

const NOW_MS = Date.parse('2026-11-21T06:00:00Z')

/** An object of a kind, with a status that its controller has given it at its present generation. */
function made(
  kind: string,
  spec: JsonObject,
  status: JsonObject,
  metadata: JsonObject = {},
): JsonObject {
  const [group = '', name = ''] = kind.split('/')
  return {
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    kind: name,
    metadata: { name: 'it', generation: 3, ...metadata },
    spec,
    status: { observedGeneration: 3, ...status },
  }
}

function condition(type: string, status: string, reason = '', message = ''): JsonObject {
  return { type, status, reason, message }
}

function judge(object: JsonObject): string {
  const { word, says, isFinal } = assessObject(object, NOW_MS)
  return `${word}${isFinal === true ? ' for good' : ''}: ${says}`
}

/** Every case is a true sentence: what is found, and what follows. */
function check(cases: readonly (readonly [JsonObject, RegExp])[]): void {
  for (const [object, expected] of cases) {
    assert.match(judge(object), expected, JSON.stringify(object, undefined, 1))
  }
}

const ROLLED_OUT = [
  condition('Available', 'True', 'MinimumReplicasAvailable'),
  condition('Progressing', 'True', 'NewReplicaSetAvailable'),
]
const ALL_THREE = {
  replicas: 3,
  updatedReplicas: 3,
  availableReplicas: 3,
  readyReplicas: 3,
  conditions: ROLLED_OUT,
}

describe('the status of an object', () => {
  it('is Terminating as soon as it is being deleted, whatever else it says', () => {
    const deleted = { deletionTimestamp: '2026-11-21T05:59:00Z' }
    check([
      [made('apps/Deployment', { replicas: 3 }, ALL_THREE, deleted), /^Terminating: .*05:59/],
      [made('/ConfigMap', {}, {}, deleted), /^Terminating/],
    ])
  })

  it('is InProgress while its controller has not seen its generation', () => {
    const ready = [condition('Ready', 'True')]
    check([
      [
        made('apps/Deployment', { replicas: 3 }, { ...ALL_THREE, observedGeneration: 2 }),
        /^InProgress: its controller has seen generation 2, and it is at 3$/,
      ],
      [
        { ...made('apps/Deployment', { replicas: 0 }, {}), status: {} },
        /^InProgress: .* generation 0,/,
      ],
      [
        made('a.example/Widget', {}, { observedGeneration: 2, conditions: ready }),
        /^InProgress: .* 2, /,
      ],
      [{ ...made('a.example/Widget', {}, {}), status: { conditions: ready } }, /^Current/],
    ])
  })

  it('follows the abnormal conditions of any kind', () => {
    const { conditions, ...counts } = ALL_THREE
    const with_ = (one: JsonObject): JsonObject =>
      made('apps/Deployment', { replicas: 3 }, { ...counts, conditions: [...conditions, one] })
    check([
      [
        with_(condition('Stalled', 'True', 'NoQuota', 'no quota\nleft')),
        /^Failed: .* no quota left$/,
      ],
      [with_(condition('Stalled', 'False')), /^Current/],
      [with_(condition('Reconciling', 'True', 'Busy')), /^InProgress: Reconciling is True: Busy$/],
    ])
  })
})

describe('a Deployment', () => {
  const deployment = (status: JsonObject, spec: JsonObject = {}): JsonObject =>
    made(
      'apps/Deployment',
      { replicas: 3, progressDeadlineSeconds: 600, ...spec },
      { ...ALL_THREE, ...status },
    )

  it('is Current when all replicas are updated, available and ready, and no old one is left', () => {
    check([
      [deployment({}), /^Current: 3 of 3 replicas are ready$/],
      [deployment({ replicas: 2 }), /^InProgress: 2 of 3 replicas are created$/],
      [deployment({ updatedReplicas: 1 }), /^InProgress: 1 of 3 replicas are updated$/],
      [deployment({ replicas: 4 }), /^InProgress: 3 of 4 replicas are wanted; the others must go$/],
      [deployment({ availableReplicas: 2 }), /^InProgress: 2 of 3 replicas are available$/],
      [deployment({ readyReplicas: 2 }), /^InProgress: 2 of 3 replicas are ready$/],
      [deployment({ replicas: 0, updatedReplicas: 0 }, { replicas: 0 }), /^Current: 0 of 0/],
    ])
  })

  it('wants one replica when it does not say how many', () => {
    const one = { replicas: 1, updatedReplicas: 1, availableReplicas: 1, readyReplicas: 1 }
    const object = made('apps/Deployment', {}, { ...one, conditions: ROLLED_OUT })
    check([[object, /^Current: 1 of 1/]])
  })

  it('must say Available, and with a deadline also that its new replicas are', () => {
    const [available, progressing] = ROLLED_OUT as [JsonObject, JsonObject]
    const updating = condition('Progressing', 'True', 'ReplicaSetUpdated')
    check([
      [deployment({ conditions: [progressing] }), /^InProgress: it does not say Available$/],
      [
        deployment({ conditions: [condition('Available', 'False', 'Few'), progressing] }),
        /^InProgress: Available is False: Few$/,
      ],
      [deployment({ conditions: [available] }), /^InProgress: it does not say Progressing$/],
      [
        deployment({
          conditions: [available, condition('Progressing', 'Unknown', 'NewReplicaSetAvailable')],
        }),
        /^InProgress: Progressing is Unknown/,
      ],
      [deployment({ conditions: [available, updating] }), /^InProgress: Progressing is True: Repl/],
      [
        deployment({ conditions: [available] }, { progressDeadlineSeconds: 2_147_483_647 }),
        /^Current/,
      ],
    ])
  })

  it('has failed once its own deadline has passed, but may still recover', () => {
    const late = condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out')
    check([
      [deployment({ readyReplicas: 1, conditions: [late] }), /^Failed: Progressing is False: P/],
    ])
  })

  it('tells why no more replicas can be made', () => {
    const refused = condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota')
    const object = deployment({ replicas: 1, conditions: [...ROLLED_OUT, refused] })
    check([[object, /^InProgress: 1 of 3 replicas are created; ReplicaFailure .* exceeded quota$/]])
  })
})

describe('a StatefulSet', () => {
  const whole = {
    replicas: 3,
    readyReplicas: 3,
    updatedReplicas: 3,
    currentReplicas: 3,
    currentRevision: 'a',
    updateRevision: 'a',
  }
  const set = (status: JsonObject, spec: JsonObject = {}): JsonObject =>
    made('apps/StatefulSet', { replicas: 3, ...spec }, { ...whole, ...status })
  const partition = (at: number): JsonObject => ({
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: at } },
  })

  it('is Current when all are ready and of one revision', () => {
    check([
      [set({}), /^Current: 3 of 3 replicas are ready$/],
      [set({ replicas: 2 }), /^InProgress: 2 of 3 replicas are created$/],
      [set({ readyReplicas: 1 }), /^InProgress: 1 of 3 replicas are ready$/],
      [set({ replicas: 4 }), /^InProgress: 3 of 4 replicas are wanted/],
      [set({ updatedReplicas: 2 }), /^InProgress: 2 of 3 replicas are updated$/],
      [set({ updateRevision: 'b' }), /^InProgress: it goes from revision a to b$/],
      [set({ availableReplicas: 1 }), /^Current/],
      [set({ availableReplicas: 1 }, { minReadySeconds: 5 }), /^InProgress: 1 of 3 .* available$/],
    ])
  })

  it('is Current with a partition once what is above it is updated', () => {
    const moving = { updateRevision: 'b', updatedReplicas: 1 }
    check([
      [set(moving, partition(2)), /^Current: .*, 1 of them updated$/],
      [set(moving, partition(1)), /^InProgress: 1 of 2 replicas are updated$/],
      [set({ ...moving, updatedReplicas: 0 }, partition(5)), /^Current/],
      [set({ ...moving, readyReplicas: 2 }, partition(2)), /^InProgress: 2 of 3 .* ready$/],
    ])
  })

  it('that is updated by hand must be ready all the same, unlike in kstatus', () => {
    const byHand = { updateStrategy: { type: 'OnDelete' } }
    check([
      [set({ updateRevision: 'b', updatedReplicas: 0 }, byHand), /^Current: .*updated by hand$/],
      [set({ readyReplicas: 0 }, byHand), /^InProgress: 0 of 3 replicas are ready$/],
    ])
  })
})

describe('a DaemonSet', () => {
  const whole = {
    desiredNumberScheduled: 2,
    currentNumberScheduled: 2,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
    numberReady: 2,
  }
  const set = (status: JsonObject, spec: JsonObject = {}): JsonObject =>
    made('apps/DaemonSet', spec, { ...whole, ...status })

  it('is Current on every node that it should be on', () => {
    check([
      [set({}), /^Current: 2 of 2 pods are ready$/],
      [made('apps/DaemonSet', {}, {}), /^InProgress: it does not yet say on how many nodes$/],
      [set({ currentNumberScheduled: 1 }), /^InProgress: 1 of 2 pods are scheduled$/],
      [set({ updatedNumberScheduled: 1 }), /^InProgress: 1 of 2 pods are updated$/],
      [set({ numberAvailable: 1 }), /^InProgress: 1 of 2 pods are available$/],
      [set({ numberReady: 1 }), /^InProgress: 1 of 2 pods are ready$/],
    ])
  })

  it('that is updated by hand need not be updated, but ready', () => {
    const byHand = { updateStrategy: { type: 'OnDelete' } }
    check([
      [set({ updatedNumberScheduled: 0 }, byHand), /^Current: .*by hand$/],
      [set({ numberReady: 1 }, byHand), /^InProgress/],
    ])
  })
})

describe('a ReplicaSet', () => {
  const whole = { replicas: 2, fullyLabeledReplicas: 2, availableReplicas: 2, readyReplicas: 2 }
  const set = (status: JsonObject): JsonObject =>
    made('apps/ReplicaSet', { replicas: 2 }, { ...whole, ...status })

  it('is Current when as many as wanted are there and ready', () => {
    const refused = { conditions: [condition('ReplicaFailure', 'True', 'FailedCreate')] }
    check([
      [set({}), /^Current: 2 of 2 replicas are ready$/],
      [set({ fullyLabeledReplicas: 1 }), /^InProgress: 1 of 2 replicas are labelled$/],
      [set({ availableReplicas: 1 }), /^InProgress: 1 of 2 replicas are available$/],
      [set({ readyReplicas: 1 }), /^InProgress: 1 of 2 replicas are ready$/],
      [set({ replicas: 3 }), /^InProgress: 2 of 3 replicas are wanted/],
      [set(refused), /^InProgress: ReplicaFailure is True: FailedCreate$/],
      [set({ ...refused, readyReplicas: 1 }), /^InProgress: 1 of 2 .* ready; ReplicaFailure/],
    ])
  })
})

describe('a Pod', () => {
  const pod = (status: JsonObject, metadata: JsonObject = {}): JsonObject => {
    const { apiVersion, kind } = made('/Pod', {}, {})
    return { apiVersion, kind, metadata: { name: 'it', ...metadata }, status } as JsonObject
  }
  const waiting = (reason: string, restartCount = 0): JsonObject => ({
    name: 'api',
    restartCount,
    state: { waiting: { reason, message: 'no\nluck' } },
  })

  it('is Current when it is ready, or has ended as it should', () => {
    check([
      [
        pod({ phase: 'Running', conditions: [condition('Ready', 'True')] }),
        /^Current: it is Ready$/,
      ],
      [pod({ phase: 'Succeeded' }), /^Current: it has ended/],
      [pod({ phase: 'Running' }), /^InProgress: it does not say Ready$/],
      [
        pod({ phase: 'Running', conditions: [condition('Ready', 'False', 'ContainersNotReady')] }),
        /^InProgress: Ready is False: ContainersNotReady$/,
      ],
      [pod({}), /^InProgress: it has no phase yet$/],
      [pod({ phase: 'Unknown' }), /^Unknown: its phase is Unknown$/],
    ])
  })

  it('has failed for good in the phase Failed, unlike in kstatus', () => {
    const terminated = {
      name: 'api',
      state: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    }
    check([
      [pod({ phase: 'Failed', reason: 'Evicted' }), /^Failed for good: it has failed, Evicted$/],
      [
        pod({ phase: 'Failed', containerStatuses: [terminated] }),
        /^Failed for good: .* container api exited with 137 \(OOMKilled\)$/,
      ],
    ])
  })

  it('has failed, but may recover, when a container crashes again and again', () => {
    const loop = [waiting('CrashLoopBackOff', 4)]
    check([
      [
        pod({ phase: 'Running', containerStatuses: loop }),
        /^Failed: container api waits: CrashLoopBackOff, after 4 restarts, no luck$/,
      ],
      [pod({ phase: 'Pending', initContainerStatuses: loop }), /^Failed: container api/],
    ])
  })

  it('is InProgress while it waits, telling for what', () => {
    check([
      [pod({ phase: 'Pending' }), /^InProgress: it is Pending$/],
      [
        pod({ phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff')] }),
        /^InProgress: container api waits: ImagePullBackOff, no luck$/,
      ],
    ])
  })

  it('has failed when no node was found for it for 15 s', () => {
    const conditions = [condition('PodScheduled', 'False', 'Unschedulable', '0/3 nodes')]
    const at = (creationTimestamp: string): JsonObject =>
      pod({ phase: 'Pending', conditions }, { creationTimestamp })
    check([
      [at('2026-11-21T05:59:45Z'), /^Failed: PodScheduled is False: Unschedulable, 0\/3 nodes$/],
      [at('2026-11-21T05:59:46Z'), /^InProgress: PodScheduled is False/],
    ])
  })
})

describe('a Job', () => {
  const job = (status: JsonObject): JsonObject => {
    const { apiVersion, kind, metadata } = made('batch/Job', {}, {})
    return { apiVersion, kind, metadata, status } as JsonObject
  }

  it('is Current only when it is complete, unlike in kstatus', () => {
    const done = { succeeded: 1, conditions: [condition('Complete', 'True')] }
    check([
      [job(done), /^Current: it is complete, 1 pods succeeded$/],
      [
        job({ active: 1, startTime: '2026-11-21T05:00:00Z' }),
        /^InProgress: 0 pods succeeded, 1 are active, 0 failed$/,
      ],
      [job({}), /^InProgress/],
      [job({ conditions: [condition('Suspended', 'True')] }), /^InProgress: it is suspended$/],
    ])
  })

  it('has failed for good when it says so', () => {
    const failed = condition('Failed', 'True', 'BackoffLimitExceeded', 'too often')
    check([
      [job({ conditions: [failed] }), /^Failed for good: Failed is True: Backoff.*too often$/],
    ])
  })
})

describe('what is granted', () => {
  it('is Current when a claim is bound and a load balancer has an address', () => {
    const claim = (phase: string): JsonObject => made('/PersistentVolumeClaim', {}, { phase })
    const balancer = (ingress: readonly JsonObject[], clusterIP = '10.0.0.1'): JsonObject =>
      made('/Service', { type: 'LoadBalancer', clusterIP }, { loadBalancer: { ingress } })
    check([
      [claim('Bound'), /^Current/],
      [claim('Pending'), /^InProgress: its phase is Pending$/],
      [claim('Lost'), /^Failed for good/],
      [made('/PersistentVolumeClaim', {}, {}), /^InProgress: its phase is not told yet$/],
      [made('/Service', {}, {}), /^Current: it is there, as ClusterIP$/],
      [balancer([]), /^InProgress/],
      [balancer([{ ip: '192.0.2.1' }]), /^Current/],
      [balancer([{ ip: '192.0.2.1' }], ''), /^InProgress/],
      [made('/Namespace', {}, { phase: 'Active' }), /^Current/],
      [made('/Namespace', {}, { phase: 'Terminating' }), /^Terminating/],
      [made('/Namespace', {}, {}), /^InProgress/],
      [made('/ConfigMap', {}, {}), /^Current: it is there$/],
      [made('rbac.authorization.k8s.io/Role', {}, {}), /^Current/],
    ])
  })

  it('is Current when the definition of a kind is established', () => {
    const definition = (...conditions: JsonObject[]): JsonObject =>
      made('apiextensions.k8s.io/CustomResourceDefinition', {}, { conditions })
    const accepted = condition('NamesAccepted', 'True')
    check([
      [definition(accepted, condition('Established', 'True')), /^Current/],
      [definition(accepted, condition('Established', 'False', 'Installing')), /^InProgress/],
      [definition(accepted, condition('Established', 'False', 'Broken')), /^Failed: Established/],
      [definition(condition('NamesAccepted', 'False', 'Conflict')), /^Failed: NamesAccepted/],
      [definition(accepted, condition('Established', 'Unknown', 'x')), /^InProgress/],
      [definition(), /^InProgress: it is not Established$/],
    ])
  })
})

describe('an object of any other kind', () => {
  const widget = (...conditions: JsonObject[]): JsonObject =>
    made('a.example/Widget', {}, { conditions })

  it('is what its conditions say', () => {
    check([
      [widget(condition('Ready', 'True')), /^Current: it is Ready$/],
      [widget(condition('Ready', 'False', 'Pulling')), /^InProgress: Ready is False: Pulling$/],
      [widget(condition('Ready', 'Unknown')), /^InProgress: Ready is Unknown$/],
      [
        widget(condition('Available', 'True'), condition('Healthy', 'False')),
        /^InProgress: Healthy is False$/,
      ],
      [
        widget(condition('Ready', 'True'), condition('Failed', 'True', 'Broken')),
        /^Failed: .*Broken$/,
      ],
    ])
  })

  it('is InProgress while its condition is of an older generation', () => {
    const stale = { ...condition('Ready', 'True'), observedGeneration: 2 }
    const fresh = { ...condition('Ready', 'True'), observedGeneration: 3 }
    check([
      [widget(stale), /^InProgress: its condition Ready is of generation 2, and it is at 3$/],
      [widget(fresh), /^Current/],
    ])
  })

  it('is Unknown, never Current, when it says nothing of how it is', () => {
    check([
      [widget(), /^Unknown: it has no condition that says how it is$/],
      [widget(condition('Synced', 'True')), /^Unknown: its conditions \(Synced\) do not say/],
      [{ apiVersion: 'a.example/v1', kind: 'Widget', metadata: { name: 'it' } }, /^Unknown/],
      // Of another group, so not the kind that is known.
      [made('a.example/Deployment', { replicas: 1 }, ALL_THREE), /^Current: it is Available$/],
    ])
  })
})
