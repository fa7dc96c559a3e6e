/** Which stage waits for which, regions and their waves included, as far as it can be read. */
import type { ComponentSketch, NeedSketch, Sketch } from './sketch.ts'

/** A component in one region. */
export interface StageSketch {
  /** `eu/db`, or `db` without regions. */
  readonly name: string
  readonly region: string | undefined
  readonly component: ComponentSketch
}

/** An edge; without a need it follows from the regions' waves. */
export interface EdgeSketch {
  readonly to: string
  readonly need?: NeedSketch
}

/** The name of a component's stage in a region. */
export function stageName(component: string, region: string | undefined): string {
  return region === undefined ? component : `${region}/${component}`
}

/** Every component in every region it is part of. */
export function stageSketches(sketch: Sketch): readonly StageSketch[] {
  return [...sketch.components.values()].flatMap((component) =>
    component.regions.map((region) => ({
      name: stageName(component.name, region),
      region,
      component,
    })),
  )
}

/** What a stage waits for. Edges to what is not there are left out. */
export function edgesOf(
  stage: StageSketch,
  sketch: Sketch,
  stages: readonly StageSketch[],
): readonly EdgeSketch[] {
  const known = new Set(stages.map(({ name }) => name))
  const own = stage.component.needs.map((need) => ({
    to: stageName(need.component, need.region ?? stage.region),
    need,
  }))
  const after = sketch.regions.get(stage.region ?? '')?.after ?? []
  const waves = stages.filter(({ region }) => region !== undefined && after.includes(region))
  return [...own.filter(({ to }) => known.has(to)), ...waves.map(({ name }) => ({ to: name }))]
}

/** The names of everything that must have come some way before a stage is entered. */
export function neededBy(stage: StageSketch, sketch: Sketch): ReadonlySet<string> {
  const stages = stageSketches(sketch)
  const byName = new Map(stages.map((one) => [one.name, one]))
  const reached = new Set(edgesOf(stage, sketch, stages).map(({ to }) => to))
  for (const name of reached) {
    const next = byName.get(name)
    if (next === undefined) continue
    for (const { to } of edgesOf(next, sketch, stages)) reached.add(to)
  }
  return reached
}
