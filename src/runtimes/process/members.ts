/**
 * The processes that belong to an instance, as the kernel tells: its session and group, everything
 * that carries its mark, and all descendants of these. Never this process itself. A session is only
 * counted when it is certainly ours, since a pid may have been given to somebody else.
 */

import type { KernelProcess } from '../../seams/kernel-processes.ts'
import type { Identity } from './instance.ts'
import type { Kernel } from './kernel/kernel.ts'

/** Whose processes to look for. */
export interface MemberQuery {
  readonly instance: string
  readonly workspace: string
  readonly leader: Identity | undefined
  /** Members seen earlier: while one of them lives in the session, the session is still ours. */
  readonly known: readonly Identity[]
  /** Whether to read the variables of every process (slower, finds those that left the session). */
  readonly byMark: boolean
}

/** Every living member. */
export function findMembers(kernel: Kernel, query: MemberQuery): readonly KernelProcess[] {
  const all = kernel.processes()
  const byPid = new Map(all.map((process) => [process.pid, process]))
  const roots = new Map<number, KernelProcess>()
  if (query.byMark) {
    for (const process of all) {
      if (isMarked(kernel, process.pid, query)) roots.set(process.pid, process)
    }
  }
  for (const identity of query.known) {
    const process = byPid.get(identity.pid)
    if (process?.started === identity.started) roots.set(process.pid, process)
  }
  const { leader } = query
  if (leader !== undefined) {
    const inSession = (process: KernelProcess): boolean =>
      process.sessionId === leader.pid || process.groupId === leader.pid
    const ours = byPid.get(leader.pid)?.started === leader.started
    if (ours || [...roots.values()].some(inSession)) {
      for (const process of all) if (inSession(process)) roots.set(process.pid, process)
    }
  }
  return withDescendants(all, roots)
}

/** Whether a process was started by this instance, or by what it started, as its variables tell. */
export function isMarked(
  kernel: Kernel,
  pid: number,
  query: Pick<MemberQuery, 'instance' | 'workspace'>,
): boolean {
  const variables = kernel.variables(pid)
  return (
    variables?.get('RAMPART_INSTANCE') === query.instance &&
    variables.get('RAMPART_WORKSPACE') === query.workspace
  )
}

function withDescendants(
  all: readonly KernelProcess[],
  roots: ReadonlyMap<number, KernelProcess>,
): readonly KernelProcess[] {
  const children = new Map<number, KernelProcess[]>()
  for (const process of all) {
    const siblings = children.get(process.parentPid)
    if (siblings === undefined) children.set(process.parentPid, [process])
    else siblings.push(process)
  }
  const found = new Map<number, KernelProcess>()
  const waiting = [...roots.values()]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.pid === process.pid || found.has(next.pid)) continue
    found.set(next.pid, next)
    waiting.push(...(children.get(next.pid) ?? []))
  }
  return [...found.values()]
}
