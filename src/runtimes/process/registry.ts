/**
 * Every start that this workspace remembers, by subject. The folders are the truth: before an order
 * is carried out they are read again, since another daemon may have written to them.
 */
import { Instance } from './instance.ts'
import {
  openSubjectFolder,
  readEnd,
  readInstance,
  readNumbers,
  readSubjects,
} from './instance-folder.ts'
import type { Kernel } from './kernel/kernel.ts'
import { findMembers } from './members.ts'
import type { Supervisor } from './supervisor.ts'

/** Starts of a subject that are kept once they have ended. */
const ENDED_KEPT = 5

/** What the registry needs. */
export interface RegistryNeeds {
  readonly folder: string
  readonly bootId: string
  readonly kernel: Kernel
  readonly supervisor: Supervisor
  readonly nowMs: () => number
  /** Told of every instance that was found on the disk. */
  readonly found: (instance: Instance) => void
}

/** The starts that are known. */
export class Registry {
  readonly #needs: RegistryNeeds
  readonly #bySubject = new Map<string, Instance[]>()
  readonly #highest = new Map<string, number>()
  readonly #byName = new Map<string, Instance>()

  constructor(needs: RegistryNeeds) {
    this.#needs = needs
  }

  get subjects(): readonly string[] {
    return [...this.#bySubject.keys()]
  }

  all(): Iterable<Instance> {
    return this.#byName.values()
  }

  get(name: string): Instance | undefined {
    return this.#byName.get(name)
  }

  /** Reads every subject, as a daemon does when it starts. */
  load(): void {
    for (const subject of readSubjects(this.#needs.folder)) this.refresh(subject)
  }

  /** The starts of a subject, oldest first, those of other daemons included. */
  refresh(subject: string): readonly Instance[] {
    const folder = openSubjectFolder(this.#needs.folder, subject)
    const known = new Set(this.of(subject).map((instance) => instance.record.number))
    for (const number of readNumbers(folder)) {
      this.#highest.set(subject, Math.max(number, this.#highest.get(subject) ?? 0))
      if (known.has(number)) continue
      const found = readInstance(folder, number)
      if (found === undefined) continue
      const instance = new Instance(found)
      this.add(instance)
      this.#settle(instance)
      this.#needs.found(instance)
    }
    return this.of(subject)
  }

  /** The starts of a subject as they were last read. */
  of(subject: string): readonly Instance[] {
    return this.#bySubject.get(subject) ?? []
  }

  /**
   * The number of the next start; numbers are never used twice. As of the last reading: when
   * somebody else has taken it since, making the folder fails, and their start is seen instead of
   * doubled.
   */
  nextNumber(subject: string): number {
    return (this.#highest.get(subject) ?? 0) + 1
  }

  add(instance: Instance): void {
    const instances = this.#bySubject.get(instance.record.subject) ?? []
    instances.push(instance)
    const highest = this.#highest.get(instance.record.subject) ?? 0
    this.#highest.set(instance.record.subject, Math.max(highest, instance.record.number))
    instances.sort((one, other) => one.record.number - other.record.number)
    this.#bySubject.set(instance.record.subject, instances)
    this.#byName.set(instance.name, instance)
  }

  /** Forgets the oldest ended starts of a subject; their folders are for the caller to remove. */
  prune(subject: string): readonly Instance[] {
    const instances = this.#bySubject.get(subject) ?? []
    const ended = instances.filter((instance) => instance.ended !== undefined)
    const pruned = ended.slice(0, Math.max(0, ended.length - ENDED_KEPT))
    for (const instance of pruned) {
      instances.splice(instances.indexOf(instance), 1)
      this.#byName.delete(instance.name)
    }
    return pruned
  }

  /** Finds out what became of an instance that this daemon did not start. */
  #settle(instance: Instance): void {
    const { record } = instance
    const end = readEnd(instance.path)
    if (end !== undefined) instance.end(end)
    if (record.bootId !== this.#needs.bootId) {
      instance.isCleared = true
      const endedAtMs = this.#needs.nowMs()
      return this.#needs.supervisor.end(instance, { status: 'lost', endedAtMs })
    }
    // Also for an ended one: what its processes leave behind is found by its identity.
    this.#needs.supervisor.identify(instance)
    if (end === undefined) this.#needs.supervisor.adopt(instance)
    if (instance.ended === undefined && instance.identity === undefined) this.#search(instance)
  }

  /** The claim is missing, so asks the kernel for a session whose leader carries the mark. */
  #search(instance: Instance): void {
    const { instance: name, workspace } = instance.record
    const query = { instance: name, workspace, leader: undefined, known: [], byMark: true }
    const found = findMembers(this.#needs.kernel, query)
    const leader = found.find((process) => process.pid === process.sessionId)
    if (leader !== undefined) instance.identity = { pid: leader.pid, started: leader.started }
  }
}
