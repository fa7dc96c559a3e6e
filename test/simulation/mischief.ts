/** Mischief: what happens to a run from outside, at random times, while its faults last. */

import { isFault } from '../../src/core/fault/fault.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import { randomWord } from './people.ts'
import { LIFETIME_MS } from './replicas.ts'
import type { Simulation } from './simulation.ts'

/** Sets a timer for everything that will happen to a run. */
export function scheduleMischief(run: Simulation, plans: readonly Plan[]): void {
  const { faults, clock, random } = run
  const times = random.stream('times')
  const some = (least: number, most: number, happen: () => void): void => {
    for (let left = times.between(least, most); left > 0; left--) {
      clock.wakeAt(clock.nowMs() + times.integer(faults.untilMs), happen)
    }
  }
  if (faults.has('engine-crashes')) some(1, 4, () => run.crash())
  if (faults.has('clock-steps-back')) {
    some(1, 3, () => clock.stepBack(times.pick([50, 5_000, 3_600_000])))
  }
  if (faults.has('two-engines')) {
    some(1, 2, () => {
      if (run.alive().length === 1) void run.startEngine()
    })
  }
  if (faults.has('replicas-stop')) some(1, 5, () => stop(run))
  if (faults.has('words')) some(1, 15, () => speak(run, plans))
  some(0, 12, () => shake(run))
  clock.wakeAt(clock.nowMs() + faults.untilMs, () => calm(run))
}

function speak(run: Simulation, plans: readonly Plan[]): void {
  const chance = run.random.stream('people')
  const { engine } = run.alive()[chance.integer(run.alive().length)] ?? {}
  const standings = run.standings.all()
  const standing = standings[chance.integer(standings.length)]
  const plan = plans.find((candidate) => candidate.contract.name === standing?.name)
  if (engine === undefined || standing === undefined || plan === undefined) return
  const { by, word } = randomWord(chance, plan)
  if (run.replicas !== undefined) {
    void run.speak({ ramp: standing.ramp, by, word })
    return
  }
  try {
    engine.say(standing.ramp, by, word)
  } catch (error) {
    // It has ended, or this engine has not taken it up.
    if (!isFault(error, 'ramp-unknown')) throw error
  }
}

/** Stops one engine for a while, mostly for longer than its leases last. */
function stop(run: Simulation): void {
  const { life } = run.running()[run.faults.between(0, 7) % Math.max(1, run.running().length)] ?? {}
  if (life === undefined) return
  life.stop()
  const forMs = run.faults.between(200, 3 * LIFETIME_MS)
  run.clock.wakeAt(run.clock.nowMs() + forMs, () => void life.resume())
}

/** Changes the world without anybody having ordered it. */
function shake(run: Simulation): void {
  const { faults, world, random } = run
  const chance = random.stream('shakes')
  const things = [...world.things.values()]
  const thing = things[chance.integer(things.length)]
  if (faults.strikes('weather-changes', 60)) world.isFair = !world.isFair
  if (thing !== undefined && faults.strikes('thing-crashes', 40)) thing.status = 'crashed'
  if (thing?.status === 'running' && faults.strikes('thing-flaps', 60)) {
    thing.status = 'flapping'
    run.clock.wakeAt(run.clock.nowMs() + chance.between(100, 8_000), () => {
      if (thing.status === 'flapping') thing.status = 'running'
      world.changed()
    })
  }
  world.changed()
}

function calm(run: Simulation): void {
  run.world.isFair = true
  run.world.changed()
}
