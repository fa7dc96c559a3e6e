/**
 * Every start that this workspace remembers, by subject. What lies in the folder is read when the
 * daemon opens; what the engine holds besides (a folder was lost, another daemon has started it) is
 * taken over before an order on the subject is carried out.
 */
import type { Engine } from './engine/engine.ts'
import { Instance } from './instance.ts'
import {
  createInstance,
  openSubjectFolder,
  readInstances,
  readSubjects,
} from './instance-folder.ts'
import { recordIn, subjectLabels } from './labels.ts'
import type { Watcher } from './watcher.ts'

/** Starts of a subject that are kept once they have ended. */
const ENDED_KEPT = 5

/** What the registry needs. */
export interface RegistryNeeds {
  readonly folder: string
  readonly workspace: string
  readonly engine: Engine
}

/** The starts that are known. */
export class Registry {
  readonly #needs: RegistryNeeds
  readonly #bySubject = new Map<string, Instance[]>()
  readonly #byName = new Map<string, Instance>()
  readonly #highest = new Map<string, number>()

  constructor(needs: RegistryNeeds) {
    this.#needs = needs
  }

  all(): Iterable<Instance> {
    return this.#byName.values()
  }

  get(name: string): Instance | undefined {
    return this.#byName.get(name)
  }

  /** The starts of a subject as they were last read, oldest first. */
  of(subject: string): readonly Instance[] {
    return this.#bySubject.get(subject) ?? []
  }

  /** Reads every subject, as a daemon does when it starts. */
  load(): void {
    for (const subject of readSubjects(this.#needs.folder)) this.#read(subject)
  }

  /** The starts of a subject as the engine now tells, oldest first. @throws EngineTrouble */
  async refresh(subject: string, watcher: Watcher): Promise<readonly Instance[]> {
    this.#read(subject)
    const { engine, workspace } = this.#needs
    const listed = await engine.list(subjectLabels(workspace, subject))
    for (const { labels } of listed) await this.#takeOver(subject, labels)
    for (const instance of this.of(subject)) {
      if (instance.ended === undefined) await watcher.settle(instance)
      const isHeld = listed.some(({ id }) => id === instance.made)
      if (instance.ended !== undefined && !isHeld) instance.isCleared = true
    }
    return this.of(subject)
  }

  /** The number of the next start; numbers are never used twice. */
  nextNumber(subject: string): number {
    return (this.#highest.get(subject) ?? 0) + 1
  }

  add(instance: Instance): void {
    const { subject, number } = instance.record
    const instances = [...this.of(subject), instance]
    instances.sort((one, other) => one.record.number - other.record.number)
    this.#bySubject.set(subject, instances)
    this.#byName.set(instance.name, instance)
    this.#highest.set(subject, Math.max(number, this.#highest.get(subject) ?? 0))
  }

  /** Forgets the oldest ended starts of a subject; their folders are for the caller to remove. */
  prune(subject: string): readonly Instance[] {
    const ended = this.of(subject).filter((one) => one.ended !== undefined && one.isCleared)
    const pruned = ended.slice(0, Math.max(0, ended.length - ENDED_KEPT))
    const kept = this.of(subject).filter((instance) => !pruned.includes(instance))
    this.#bySubject.set(subject, kept)
    for (const instance of pruned) this.#byName.delete(instance.name)
    return pruned
  }

  #read(subject: string): void {
    for (const found of readInstances(openSubjectFolder(this.#needs.folder, subject))) {
      if (this.#byName.has(found.record.instance)) continue
      this.add(new Instance(found))
    }
  }

  /** Makes the folder of a container that only the engine remembers. */
  async #takeOver(subject: string, labels: Readonly<Record<string, string>>): Promise<void> {
    const record = recordIn(labels)
    if (record === undefined || record.subject !== subject) return
    if (this.#byName.has(record.instance)) return
    const files = await createInstance(openSubjectFolder(this.#needs.folder, subject), record)
    if (files !== undefined) this.add(new Instance(files))
  }
}
