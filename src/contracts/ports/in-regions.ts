/**
 * A Ports contract in regions: what it does on one machine it does on that of each region, told apart by
 * the region before the names of stages. What cannot be taken back waits for every region.
 */
import type { Need, Plan, Stage } from '../../core/plan/plan.ts'

/** The stages of one machine, in every region; as they are where there is none. */
export function inRegions(
  stages: readonly Stage[],
  regions: readonly string[],
): Pick<Plan, 'groups' | 'stages'> {
  if (regions.length === 0) return { groups: [], stages }
  return {
    groups: regions.map((name) => ({ name, needs: [] })),
    stages: regions.flatMap((region) => stages.map((stage) => placed(stage, region, regions))),
  }
}

function placed(stage: Stage, region: string, regions: readonly string[]): Stage {
  const waitsFor = stage.pivot ? regions : [region]
  const needs = waitsFor.flatMap((there) => stage.needs.map((need) => placedNeed(need, there)))
  return { ...stage, name: `${region}/${stage.name}`, group: region, needs }
}

function placedNeed(need: Need, region: string): Need {
  return { ...need, stage: `${region}/${need.stage}` }
}
