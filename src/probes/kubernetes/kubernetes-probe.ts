/**
 * The `kubernetes` probe: is an object of a cluster as it should be, by what its controller says of it,
 * and are those behind it ready to be sent traffic? It only reads. Between attempts it holds watches,
 * so that a change is noticed when it happens.
 */
import { resolve } from 'node:path'
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessKubernetes, assessUnloaded } from './assess-kubernetes.ts'
import { ClusterSession } from './cluster-session.ts'
import { HeldWatch } from './held-watch.ts'
import { type KubernetesInput, readKubernetesInput } from './kubernetes-input.ts'
import { KubeConfigs, type LoadedKubeConfig } from './load-kube-config.ts'
import { lookAt } from './look-at.ts'

/** What the probe is opened with. */
export interface KubernetesProbeOptions {
  /** What relative paths are counted from, absolute. */
  readonly folder: string
  /** Where `KUBECONFIG` and `HOME` are looked up. */
  readonly settings: Readonly<Record<string, string>>
}

/** Looks at objects of Kubernetes. */
export class KubernetesProbe implements Probe {
  readonly kind = 'kubernetes'
  readonly #options: KubernetesProbeOptions
  readonly #configs = new KubeConfigs()

  constructor(options: KubernetesProbeOptions) {
    this.#options = options
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readKubernetesInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const loaded = await this.#load(input)
    if ('reason' in loaded) return assessUnloaded(input, loaded)
    const session = new ClusterSession(loaded.config, loaded.server)
    const namespace = input.namespace ?? loaded.namespace
    const seen = await lookAt(session, input, namespace, asking.signal)
    const latencyMs = elapsedMs(startedMs, performance.now())
    return assessKubernetes(input, { ...seen, server: loaded.server, namespace, latencyMs })
  }

  watch(asking: Asking, changed: () => void): () => void {
    const reader = new InputReader(asking.input)
    const input = readKubernetesInput(reader)
    if (reader.mistake !== undefined) return () => undefined
    const held = new HeldWatch(input, () => this.#load(input), changed)
    return () => held.close()
  }

  #load({ kubeconfig, context }: KubernetesInput): Promise<LoadedKubeConfig> {
    const { folder, settings } = this.#options
    const path = kubeconfig === undefined ? undefined : resolve(folder, kubeconfig)
    return this.#configs.load({ path, context, settings, folder })
  }
}
