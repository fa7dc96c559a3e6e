/**
 * What else is there: with several compositions in a repository, most are alternatives of each
 * other, and which of them a program is started with follows from where they lie.
 */
import type { FoundPort } from '../found/found-port.ts'
import { folderOf, isBelow, nameOf } from '../found/paths.ts'
import { realmOf } from './realm.ts'

/** Folders of what a whole project is run with, and which stand for the folder they are in. */
const OF_PROJECT =
  /^(\.?devcontainer|\.?docker|compose|deploy(ment|ments)?|infra(structure)?|ops|devops|local|dev|development|environments?|envs?|config|scripts|build|stack)$/

/** The units of a scan, and how they are to each other. */
export class Surroundings {
  /** Whether everything is started at once, whatever it looks like. */
  readonly isTogether: boolean
  /** The programs that each composition builds. */
  readonly #compositions = new Map<string, Set<string>>()

  readonly #realms = new Map<string, string>()

  constructor(ports: readonly FoundPort[], isTogether = false) {
    this.isTogether = isTogether
    for (const { format, unit, app } of ports) {
      if (format !== 'compose') continue
      const apps = this.#compositions.get(unit) ?? new Set()
      this.#compositions.set(unit, apps)
      if (app !== undefined) apps.add(app)
    }
  }

  /** The realm of a file; asked of every two that may be in conflict, and so remembered. */
  realmOf(file: string): string {
    const known = this.#realms.get(file)
    if (known !== undefined) return known
    const realm = realmOf(file)
    this.#realms.set(file, realm)
    return realm
  }

  /** Whether two units are started together, where nothing else speaks against it. */
  meetingOfUnits(one: FoundPort, other: FoundPort): 'together' | 'likely' | 'perhaps' {
    if (this.isTogether) return 'together'
    const isComposed = this.#compositions.has(one.unit)
    const isOtherComposed = this.#compositions.has(other.unit)
    if (isComposed && isOtherComposed) return this.#meetingOfCompositions(one.unit, other.unit)
    if (!isComposed && !isOtherComposed) return 'together'
    if (this.#compositions.size === 1) return 'together'
    const [composed, plain] = isComposed ? [one, other] : [other, one]
    return isBelow(plain.file, projectOf(composed.unit)) ? 'together' : 'perhaps'
  }

  /** Two that each build a program of the repository are of two programs; others stand for each other. */
  #meetingOfCompositions(one: string, other: string): 'likely' | 'perhaps' {
    const [mine, theirs] = [one, other].map((unit) => this.#compositions.get(unit) ?? new Set())
    const areTwo = mine !== undefined && theirs !== undefined && mine.size > 0 && theirs.size > 0
    return areTwo && [...mine].every((app) => !theirs.has(app)) ? 'likely' : 'perhaps'
  }
}

/** The folder of what is run with a composition. */
function projectOf(unit: string): string {
  let home = unit.slice('compose '.length)
  while (home !== '' && OF_PROJECT.test(nameOf(home))) home = folderOf(home)
  return home
}
