/** Where an axis of time is marked: at round instants, about five of them. */

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 120_000, 300_000,
  600_000, 1_200_000, 3_600_000, 7_200_000, 14_400_000, 43_200_000, 86_400_000, 172_800_000,
  604_800_000,
]

/** Round instants from 0 on, the last of them well before the end. @unit ms */
export function ticksOf(spanMs: number): readonly number[] {
  const step = STEPS_MS.find((candidate) => spanMs / candidate <= 6) ?? spanMs
  const ticks: number[] = []
  for (let atMs = 0; atMs <= spanMs * 0.96; atMs += step) ticks.push(atMs)
  return ticks
}
