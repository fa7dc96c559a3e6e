/**
 * Judges who comes by a proxy of the daemon itself as its fronts would. Fronts let the daemon's process in
 * whatever the rules say, so that without this everybody could come to them through it.
 */
import type { KernelProcesses } from '../../seams/kernel-processes.ts'
import { type Access, AccessJudge } from '../forwarder/access.ts'
import type { MayConnect } from '../forwarder/front.ts'
import { targetOf } from '../forwarder/front-target.ts'

/** A judge by what fronts were told last. */
export function judgeAsFronts(
  plane: { readonly access: Access },
  kernel: KernelProcesses,
): MayConnect {
  const judge = new AccessJudge(kernel)
  let known: Access | undefined
  return (client) => {
    const { access } = plane
    if (access !== known) judge.set(access)
    known = access
    return judge.judge(client, targetOf(client.front))
  }
}
