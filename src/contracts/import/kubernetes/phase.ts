/** The order that Argo CD gives manifests: hooks before and after, and waves in between. */
import type { Item } from '../source/item.ts'

const WAVE = 'argocd.argoproj.io/sync-wave'
const HOOK = 'argocd.argoproj.io/hook'
const HELM_HOOK = 'helm.sh/hook'
const POLICY = 'argocd.argoproj.io/hook-delete-policy'
const HOOKS: Readonly<Record<string, number>> = {
  PreSync: -1_000_000,
  Sync: 0,
  PostSync: 1_000_000,
  'pre-install': -1_000_000,
  'pre-upgrade': -1_000_000,
  'post-install': 1_000_000,
  'post-upgrade': 1_000_000,
}

/** The place of a manifest in the order; undefined: it does not take part. */
export function phaseOf(manifest: Item): number | undefined {
  const annotations = manifest.at('metadata', 'annotations')
  const wave = annotations?.get(WAVE)
  const number = wave === undefined ? 0 : wave.count()
  if (number === undefined) wave?.lose('a wave is a whole number; 0 is taken')
  annotations?.get(POLICY)?.lose('what a one-shot leaves is its logs and its exit code')
  for (const key of [HOOK, HELM_HOOK]) {
    const hook = annotations?.get(key)
    const names = hook?.text()?.split(',') ?? []
    const name = names[0]?.trim()
    if (name === undefined) continue
    if (names.length > 1) hook?.note(`of several hooks the first one counts, ${name}`)
    const phase = HOOKS[name]
    if (phase !== undefined) return phase + (number ?? 0)
    hook?.note(`what runs at ${name} has no place on the way up, so it is left out`)
    return undefined
  }
  return number ?? 0
}
