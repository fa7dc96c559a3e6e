/** Looks at the simulated world, and errs in every way that is switched on. */
import type { Answer } from '../../../src/core/plan/verdict.ts'
import type { Asking, Probe } from '../../../src/seams/probe.ts'
import type { Faults } from '../faults/faults.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import type { World } from './world.ts'

/** The probe of the simulated world. */
export class SimulatedProbe implements Probe {
  readonly kind = 'world'
  readonly #world: World
  readonly #clock: SimulatedClock
  readonly #faults: Faults

  constructor(options: {
    readonly world: World
    readonly clock: SimulatedClock
    readonly faults: Faults
  }) {
    this.#world = options.world
    this.#clock = options.clock
    this.#faults = options.faults
  }

  async ask(asking: Asking): Promise<Answer> {
    const faults = this.#faults
    if (faults.strikes('probe-hangs-for-good', 1)) return new Promise(() => undefined)
    if (faults.strikes('probe-hangs', 5)) {
      await new Promise<void>((resolve) => {
        if (asking.signal.aborted) resolve()
        else asking.signal.addEventListener('abort', () => resolve())
      })
      return this.#answer('errored', 'timed-out', asking)
    }
    await this.#clock.pause(faults.between(0, 8))
    if (faults.strikes('probe-errs', 10)) return this.#answer('errored', 'no-route', asking)
    if (faults.strikes('probe-is-unsure', 10)) return this.#answer('inconclusive', 'thin', asking)
    const truth = this.#look(asking)
    // A lie about who has a port would give it two owners, which no engine can prevent.
    if (asking.input['look'] !== 'port' && faults.strikes('probe-lies', 10)) {
      return this.#answer(truth.verdict === 'passed' ? 'failed' : 'passed', 'lie', asking)
    }
    return truth
  }

  watch(asking: Asking, changed: () => void): () => void {
    if (asking.input['watched'] !== true) return () => undefined
    return this.#world.watch(() => void this.#clock.wakeAt(this.#clock.nowMs(), changed))
  }

  #look(asking: Asking): Answer {
    const { input } = asking
    switch (input['look']) {
      case 'thing':
        return this.#lookAtThing(asking)
      case 'limit': {
        const isReached = this.#world.limit(String(input['limit'])) >= Number(input['atLeast'])
        return this.#answer(isReached ? 'passed' : 'failed', isReached ? 'reached' : 'low', asking)
      }
      case 'port': {
        const owners = [...(this.#world.ports.get(String(input['port'])) ?? [])]
        const isNot = input['notOwner'] !== undefined
        const sought = String(input['notOwner'] ?? input['owner'])
        const isOwned = owners.some((owner) => owner.endsWith(sought)) !== isNot
        return this.#answer(isOwned ? 'passed' : 'failed', isOwned ? 'owned' : 'not-owned', asking)
      }
      case 'fact': {
        const verdict = this.#world.facts.get(String(input['fact']))
        if (verdict !== undefined) return this.#answer(verdict, String(input['fact']), asking)
        return this.#answer(this.#world.isFair ? 'passed' : 'failed', 'weather', asking)
      }
      default:
        return this.#answer(this.#world.isFair ? 'passed' : 'failed', 'weather', asking)
    }
  }

  #lookAtThing(asking: Asking): Answer {
    const thing = this.#world.things.get(String(asking.input['name']))
    if (thing === undefined || thing.status === 'crashed') {
      const outlook = thing === undefined ? 'notYet' : 'terminal'
      return this.#answer('failed', 'gone', asking, outlook)
    }
    const isReady = thing.status === 'running' && this.#clock.goneMs >= thing.readyAtMs
    return this.#answer(isReady ? 'passed' : 'failed', isReady ? 'ready' : 'starting', asking)
  }

  #answer(
    verdict: Answer['verdict'],
    reason: string,
    asking: Asking,
    outlook: Answer['outlook'] = 'notYet',
  ): Answer {
    const { input, self, attempt } = asking
    const sentence = `It was ${reason}, said ${input['password']}.`
    return {
      verdict,
      outlook,
      reason,
      sentence,
      evidence: { askedOf: self['command'] ?? '', attempt, ok: verdict === 'passed' },
    }
  }
}
