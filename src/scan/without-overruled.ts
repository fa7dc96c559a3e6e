/** Defaults of programs that are told otherwise elsewhere: in a configuration file, on another line. */
import type { FoundPort } from './found/found-port.ts'

/** The ports without defaults of a program that some other place sets, for the same folder. */
export function withoutOverruled(ports: readonly FoundPort[]): readonly FoundPort[] {
  const told = new Set(
    ports.filter((port) => port.stance === 'claim' && isTold(port)).flatMap((port) => keyOf(port)),
  )
  const settled = settledByScripts(ports)
  return ports.filter((port) => {
    if (port.stance !== 'claim') return true
    if (SETTINGS.test(port.format)) return !keyOf(port).some((key) => settled.has(key))
    return isTold(port) || !keyOf(port).some((key) => told.has(key))
  })
}

/** Files of settings, which the words of a command come before. */
const SETTINGS = /^(vite|astro|nuxt|webpack|rsbuild|vue)$/

/** Programs that every script tells a port of its own: what a file of settings says is never used. */
function settledByScripts(ports: readonly FoundPort[]): ReadonlySet<string> {
  const settled = new Set<string>()
  const open = new Set<string>()
  for (const { stance, app, tool, profiles, confidence } of ports) {
    if (stance !== 'claim' || app === undefined || tool === undefined) continue
    const key = `${app}\n${tool}`
    if (confidence === 'default') open.add(key)
    else if (profiles !== undefined) settled.add(key)
  }
  return new Set([...settled].filter((key) => !open.has(key)))
}

function isTold({ confidence }: FoundPort): boolean {
  return confidence === 'explicit' || confidence === 'interpolated'
}

/** A script with a port of its own overrules nothing but itself: only a file that is always read does. */
function keyOf({ app, tool, profiles, confidence }: FoundPort): readonly string[] {
  if (app === undefined || tool === undefined) return []
  const isOfOneScript = confidence !== 'default' && profiles !== undefined
  return isOfOneScript ? [] : [`${app}\n${tool}`]
}
